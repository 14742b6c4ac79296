"""What every request gets: an id, a line in the log, its part in the figures, and headers that protect."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weatherglass.web.figures import Figures

HEADER = "x-request-id"
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
        given = Headers(scope=scope).get(HEADER, "")
        answered = _Answered(send, given if _LEGAL.fullmatch(given) else f"{_ids.getrandbits(64):016x}", scope)
        scope["request_id"] = answered.request_id
        structlog.contextvars.bind_contextvars(request_id=answered.request_id)
        begun = time.perf_counter()
        try:
            await self._app(scope, receive, answered.send)
        except Exception:
            log.exception("failed", method=scope["method"], path=_said(scope))
            raise
        finally:
            self._finish(scope, answered.status, time.perf_counter() - begun)
            structlog.contextvars.unbind_contextvars("request_id")

    def _finish(self, scope: Scope, status: int, seconds: float) -> None:
        self._figures.request(scope["method"], _route(scope), status, seconds)
        if status < 500 and scope["path"].startswith(_INTAKE):
            return
        facts: dict[str, Any] = {"method": scope["method"], "path": _said(scope), "status": status}
        log.info("answered", **facts, milliseconds=round(seconds * 1000, 1))


class _Answered:
    """Adds to the answer's headers what is not there."""

    def __init__(self, send: Send, request_id: str, scope: Scope) -> None:
        self._send = send
        self._secure = scope.get("scheme") == "https"
        self.request_id = request_id
        self.status = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            headers[HEADER] = self.request_id
            for name, value in PROTECTING.items():
                headers.setdefault(name, value)
            if self._secure:
                headers.setdefault("strict-transport-security", "max-age=31536000")
            message = {**message, "headers": headers.raw}
        await self._send(message)


def _route(scope: Scope) -> str:
    """The pattern of the address, of which there are few; ids are no part of it."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if path else "other"


def _said(scope: Scope) -> str:
    """The address as the log has it: who is erased must not live on in a log, so ids are not in it."""
    route = _route(scope)
    return str(scope["path"]) if route == "other" else route
