"""What is held of a person or an account, and the end of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.encoders import jsonable_encoder
from pydantic import Field

from weatherglass.jobs.privacy.erasing import Subject, erase_served
from weatherglass.jobs.privacy.holding import held
from weatherglass.state import NotFound
from weatherglass.web.api.access import Admin
from weatherglass.web.api.paths import plain
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Told

router = APIRouter(tags=["privacy"])
Kind = Annotated[Literal["users", "accounts"], Path(description="Users of the product, or accounts.")]
Id = Annotated[str, Path(min_length=1, description="The id that the product knows them by; `%2F` is a slash.")]


class Held(Told):
    """Everything that is held, by table."""

    kind: Literal["users", "accounts"]
    id: str
    tables: dict[str, list[dict[str, Any]]]


@router.get("/held/{kind}/{subject}")
def get_held(
    service: Serving, _: Admin, kind: Kind, subject: Id, events: Annotated[int, Query(ge=0, le=100_000)] = 10_000
) -> Held:
    """What they may ask for: every row that is held of them, and their newest events."""
    who = _subject(kind, subject)
    tables = service.live.read(lambda store: held(store, service.state, who, events, service.live.redactor))
    if not tables:
        raise NotFound(f"nothing is held of {who.kind} {who.id!r}")
    return Held(kind=kind, id=who.id, tables=jsonable_encoder(tables))


class Receipt(Told):
    """That somebody was erased; who knows the id can prove that it was this one."""

    erased: Literal["user", "account"]
    sha256: str = Field(description="SHA-256 of `user:ID` or `account:ID`.")
    at: dt.datetime
    by: str
    events: int
    rows: int
    state: int
    receipt: str = Field(description="The file on the service's disk.")


@router.delete("/held/{kind}/{subject}")
def erase_held(service: Serving, by: Admin, kind: Kind, subject: Id) -> Receipt:
    """Erase them from events, facts, roll-ups, history, log and state; scores follow before the answer comes."""
    return Receipt.model_validate(erase_served(service.live, service.state, _subject(kind, subject), by))


def _subject(kind: str, subject: str) -> Subject:
    return Subject("user" if kind == "users" else "account", plain(subject))
