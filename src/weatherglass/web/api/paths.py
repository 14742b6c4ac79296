"""Ids in paths: any text may be an account's id, slashes too."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, Path
from starlette.types import ASGIApp, Receive, Scope, Send

from weatherglass.web.api.service import Serving

_SLASH = "\uf8f0"
"""Stands for a slash within a segment while the path is taken apart; nobody's id has it."""

Number = Annotated[int, Path(ge=1, lt=2**31)]
"""The id of a row of the state."""


class Segments:
    """Wraps an ASGI application: `%2F` is part of a segment and does not end it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path", b"").partition(b"?")[0]
        if scope["type"] == "http" and b"%2F" in raw.upper():
            parts = (unquote(part.decode("latin-1")).replace("/", _SLASH) for part in raw.split(b"/"))
            scope = {**scope, "path": "/".join(parts)}
        await self._app(scope, receive, send)


def plain(part: str) -> str:
    """A part of a path as it was meant."""
    return part.replace(_SLASH, "/")


def _account_id(
    service: Serving,
    account_id: Annotated[str, Path(min_length=1, description="The account's id; `%2F` is a slash.")],
) -> str:
    return service.known_as(plain(account_id))


AccountId = Annotated[str, Depends(_account_id)]
