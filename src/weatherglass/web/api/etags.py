"""ETags: an answer that the asker has already is not sent again."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weatherglass.web.api.problems import Problem


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(header: str, tag: str) -> bool:
    """Whether a list of tags, as in If-None-Match, names one."""
    return any(part.strip().removeprefix("W/") in {tag, "*"} for part in header.split(","))


def check(header: str | None, body: bytes) -> None:
    """Errors: Problem 412 where a change was asked for of something that has changed since (If-Match)."""
    if header is not None and not matches(header, etag(body)):
        raise Problem(412, "it has changed since you read it; read it again before you change it")


class ETags:
    """Wraps an ASGI application: GETs that answer JSON get a tag of what they say, if they have none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        tagged = _Tagged(send, Headers(scope=scope).get("if-none-match", ""))
        await self._app(scope, receive, tagged.send)


class _Tagged:
    """Holds back a JSON answer until all of it is there."""

    def __init__(self, send: Send, known: str) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if message["status"] == 200 and kind.startswith("application/json"):
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start, bytes(self._body))

    async def _finish(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(raw=list(start["headers"]))
        tag = headers.setdefault("etag", etag(body))
        headers.setdefault("cache-control", "private, no-cache")
        if self._known and matches(self._known, tag):
            del headers["content-length"]
            del headers["content-type"]
            await self._send({"type": "http.response.start", "status": 304, "headers": headers.raw})
            await self._send({"type": "http.response.body", "body": b""})
            return
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})
