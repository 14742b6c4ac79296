"""Write keys and API tokens: made, rotated, revoked; a secret is shown once."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from weatherglass.state import credentials as kept
from weatherglass.web.api.access import Admin
from weatherglass.web.api.paths import Number
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["keys"])
NO_STORE = {"Cache-Control": "no-store"}


class Credential(Told):
    """A write key (`intake`: events and rows; `events`: events only) or an API token, without its secret."""

    id: int
    kind: Literal["write key", "token"]
    name: str
    scope: Literal["intake", "events", "read", "write", "admin"]
    hint: str = Field(description="The end of the secret.")
    created_at: Moment
    created_by: str
    expires_at: Moment | None
    last_used_at: Moment | None = Field(description="To the minute.")
    revoked_at: Moment | None
    former_until: Moment | None = Field(description="Until when the secret before the last rotation counts.")


class Created(Credential):
    """The same with its secret, which is not shown again."""

    secret: str


class Credentials(Told):
    """By id."""

    items: list[Credential]


class _Request(Asked):
    name: str = Field(min_length=1, max_length=200, description="By which people know what uses it.")


class KeyRequest(_Request):
    """A new write key."""

    scope: Literal["intake", "events"] = Field(
        default="intake",
        description="`events` for what strangers can read, websites and apps: it sends no rows of tables.",
    )


class TokenRequest(_Request):
    """A new API token."""

    scope: Literal["read", "write", "admin"]
    expires_at: AwareDatetime | None = None


class RotationRequest(Asked):
    """A new secret."""

    grace_hours: float = Field(default=24, ge=0, le=24 * 90, description="How long the old secret still counts.")


def _created(response: Response, made: tuple[kept.Credential, str]) -> Created:
    response.headers.update(NO_STORE)
    return Created(**Credential.model_validate(made[0]).model_dump(mode="python"), secret=made[1])


@router.post("/keys", status_code=201)
def create_key(service: Serving, by: Admin, asked: KeyRequest, response: Response) -> Created:
    """A new write key."""
    return _created(response, service.state.keys.create(by, asked.name, asked.scope))


@router.post("/tokens", status_code=201)
def create_token(service: Serving, by: Admin, asked: TokenRequest, response: Response) -> Created:
    """A new API token."""
    expires = None if asked.expires_at is None else asked.expires_at.astimezone(dt.UTC).replace(tzinfo=None)
    return _created(response, service.state.tokens.create(by, asked.name, asked.scope, expires))


def _add_routes(kind: Literal["keys", "tokens"]) -> None:
    """The routes that write keys and tokens have alike."""

    def of(service: Service) -> kept.Credentials:
        return service.state.keys if kind == "keys" else service.state.tokens

    @router.get(f"/{kind}")
    def list_credentials(service: Serving, _: Admin) -> Credentials:
        """All of them, revoked ones too."""
        return Credentials(items=[Credential.model_validate(one) for one in of(service).all()])

    @router.get(f"/{kind}/{{credential}}")
    def get_credential(service: Serving, _: Admin, credential: Number) -> Credential:
        """One of them."""
        return Credential.model_validate(of(service).get(credential))

    @router.post(f"/{kind}/{{credential}}/rotation")
    def rotate_credential(
        service: Serving, by: Admin, credential: Number, asked: RotationRequest, response: Response
    ) -> Created:
        """A new secret in place of the old one."""
        return _created(response, of(service).rotate(by, credential, dt.timedelta(hours=asked.grace_hours)))

    @router.delete(f"/{kind}/{{credential}}")
    def revoke_credential(service: Serving, by: Admin, credential: Number) -> Credential:
        """Refuse it from now on."""
        return Credential.model_validate(of(service).revoke(by, credential))


_add_routes("keys")
_add_routes("tokens")
