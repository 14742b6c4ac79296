"""Segment's HTTP tracking API, as Segment's and RudderStack's libraries speak it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from weatherglass.events.wire import CALLS
from weatherglass.intake.calls import IMPORT
from weatherglass.web.intake.answers import DONE, preflight, refused
from weatherglass.web.intake.door import Door, Headers, Refusal, headers_of

SHORT = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias"}
"""The addresses that analytics.js uses."""
BATCHES = {"batch": "batch", "b": "batch", "import": IMPORT}


class Call(msgspec.Struct):
    """What is looked at of a single call before it is kept."""

    writeKey: str | None = None  # noqa: N815 - the wire's names


class Batch(Call, kw_only=True):
    """What is looked at of a batch before it is kept; its calls are taken apart behind the answer."""

    batch: msgspec.Raw


_LIST = ord("[")
_call = msgspec.json.Decoder(Call)
_batch = msgspec.json.Decoder(Batch)


def routes(door: Door) -> list[Route]:
    """The routes of this part."""
    names = {name: name for name in CALLS} | SHORT | BATCHES
    endpoints = {path: _Endpoint(door, kind) for path, kind in names.items()}
    # some write a slash at the end; a browser that asks whether it may send follows no redirect
    return [
        Route(f"/v1/{path}{end}", endpoint, methods=METHODS)
        for end in ("", "/")
        for path, endpoint in endpoints.items()
    ]


METHODS = ["POST", "OPTIONS"]


class _Endpoint:
    """Takes in the calls of one address."""

    def __init__(self, door: Door, kind: str) -> None:
        self._door = door
        self._kind = kind
        settings = door.settings
        single = kind in CALLS
        self._most = settings.call_bytes if single else settings.batch_bytes
        self._decode: Callable[[bytes], Call | Batch] = _call.decode if single else _decode_batch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI application."""
        preflighting = scope["method"] == "OPTIONS"
        headers = headers_of(scope)
        cors = self._door.cors(headers)
        answer = preflight(cors) if preflighting else await self._answer(headers, cors, receive)
        await answer(scope, receive, send)

    async def _answer(self, headers: Headers, cors: dict[str, str], receive: Receive) -> Response:
        door, body, key = self._door, b"", ""
        try:
            body = await door.body(headers, receive, self._most)
            door.check_text(body)
            said, body = await door.read(self._decode, body)
            key = await door.key_of(headers, said.writeKey)
            await door.keep(self._kind, key, body)
        except Refusal as refusal:
            await door.note(refusal, self._kind, headers, body, key)
            return refused(refusal, cors)
        return DONE if not cors else Response(DONE.body, media_type="application/json", headers=cors)


def _decode_batch(body: bytes) -> Batch:
    found = _batch.decode(body)
    if memoryview(found.batch)[0] != _LIST:
        raise msgspec.ValidationError("Expected `array` - at `$.batch`")
    return found
