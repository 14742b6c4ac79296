"""What every request gets: an id, a line in the log, its part in the figures, and headers that protect."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weatherglass.web.figures import Figures

HEADER = b"x-request-id"
_LEGAL = re.compile(r"[A-Za-z0-9._-]{1,64}")
_INTAKE = ("/v1/", "/i/v0/", "/capture", "/e/", "/e", "/batch")
"""Addresses that are asked thousands of times a second: only what goes wrong there is a line in the log."""

PROTECTING = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Set where an answer does not set its own: a page loads more than nothing, and says so itself."""
_PROTECTING = [(name.encode(), value.encode()) for name, value in PROTECTING.items()]
_SECURE = (b"strict-transport-security", b"max-age=31536000")

_ids = random.Random()  # noqa: S311 - an id is no secret; the system's own randomness lets go of the interpreter
log = structlog.get_logger("weatherglass.request")


class Requests:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = _Answered(send, _id(scope), scope.get("scheme") == "https")
        scope["request_id"] = answered.request_id
        often = scope["path"].startswith(_INTAKE)
        if not often:
            structlog.contextvars.bind_contextvars(request_id=answered.request_id)
        begun = time.perf_counter()
        try:
            await self._app(scope, receive, answered.send)
        except Exception:
            log.exception("failed", request_id=answered.request_id, method=scope["method"], path=_said(scope))
            raise
        finally:
            seconds = time.perf_counter() - begun
            self._figures.request(scope["method"], _route(scope), answered.status, seconds)
            if not often or answered.status >= 500:
                _tell(scope, answered, seconds)
            if not often:
                structlog.contextvars.unbind_contextvars("request_id")


class _Answered:
    """Adds to the answer's headers what is not there."""

    __slots__ = ("_secure", "_send", "request_id", "status")

    def __init__(self, send: Send, request_id: str, secure: bool) -> None:
        self._send = send
        self._secure = secure
        self.request_id = request_id
        self.status = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = message.get("headers", ())
            names = {name for name, _ in given}
            headers = [*given, (HEADER, self.request_id.encode())]
            headers += [pair for pair in _PROTECTING if pair[0] not in names]
            if self._secure and _SECURE[0] not in names:
                headers.append(_SECURE)
            message = {**message, "headers": headers}
        await self._send(message)


def _id(scope: Scope) -> str:
    """The id that the sender has given the request, or one of ours."""
    for name, value in scope["headers"]:
        if name == HEADER and _LEGAL.fullmatch(given := value.decode("latin-1")):
            return str(given)
    return f"{_ids.getrandbits(64):016x}"


def _tell(scope: Scope, answered: _Answered, seconds: float) -> None:
    facts: dict[str, Any] = {"method": scope["method"], "path": _said(scope), "status": answered.status}
    log.info("answered", request_id=answered.request_id, **facts, milliseconds=round(seconds * 1000, 1))


def _route(scope: Scope) -> str:
    """The pattern of the address, of which there are few; ids are no part of it."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if path else "other"


def _said(scope: Scope) -> str:
    """The address as the log has it: who is erased must not live on in a log, so ids are not in it."""
    route = _route(scope)
    return str(scope["path"]) if route == "other" else route
