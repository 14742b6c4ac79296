"""Idempotency keys: a write that is sent twice with the same `Idempotency-Key` is done once and answered alike."""

from __future__ import annotations

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from weatherglass.state import State, StateError
from weatherglass.state.answers import AnotherRequest, Answer, StillAtWork
from weatherglass.web.api.problems import answer

HEADER = "idempotency-key"
LONGEST_KEY = 255
LONGEST_BODY = 4 * 1024 * 1024
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REPEATED = "idempotency-replayed"

_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})


class Idempotency:
    """Wraps an ASGI application."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        key = headers.get(HEADER)
        who = headers.get("authorization") or headers.get("cookie")
        if key is None or who is None or scope["method"] not in WRITES:
            await self._app(scope, receive, send)
            return
        refused = answer(str(scope.get("request_id", "")), 422, f"{HEADER} has 1 to {LONGEST_KEY} printable characters")
        if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
            await refused(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            await answer(str(scope.get("request_id", "")), 413, "the body is too large")(scope, receive, send)
            return
        whose = hashlib.sha256(who.encode("latin-1")).hexdigest()
        target = f"{scope['method']} {scope['path']}?".encode() + scope.get("query_string", b"")
        await self._once(
            _Write(scope, receive, send, body), whose, key, hashlib.sha256(target + b"\0" + body).hexdigest()
        )

    async def _once(self, write: _Write, whose: str, key: str, request: str) -> None:
        answers, request_id = self._state.answers, str(write.scope.get("request_id", ""))
        try:
            before = await run_in_threadpool(answers.begin, whose, key, request)
        except (StillAtWork, AnotherRequest) as error:
            status = 409 if isinstance(error, StillAtWork) else 422
            await answer(request_id, status, str(error))(write.scope, write.again, write.send)
            return
        except StateError as error:
            await answer(request_id, 503, str(error))(write.scope, write.again, write.send)
            return
        if before is not None:
            await _repeat(before, write)
            return
        try:
            await self._app(write.scope, write.again, write.noting)
        except BaseException:
            await run_in_threadpool(answers.drop, whose, key)
            raise
        kept = write.kept()
        if kept is None:
            await run_in_threadpool(answers.drop, whose, key)
        else:
            await run_in_threadpool(answers.keep, whose, key, kept)


class _Write:
    """A request whose body was read, and what is answered to it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        self.scope = scope
        self.send = send
        self._receive = receive
        self._body: bytes | None = body
        self._status = 500
        self._headers = Headers()
        self._answer = bytearray()

    async def again(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def noting(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = Headers(raw=message["headers"])
        elif message["type"] == "http.response.body":
            self._answer += message.get("body", b"")
        await self.send(message)

    def kept(self) -> Answer | None:
        """What to answer next time; None where another try may come out differently.

        A secret is shown once: an answer that must not be stored is not, and the next one says so.
        """
        if self._status >= 500 or self._status in {401, 403, 409, 412, 428, 429}:
            return None
        headers = {name: value for name, value in self._headers.items() if name in _KEPT_HEADERS}
        if "no-store" in self._headers.get("cache-control", ""):
            told = "this was done the first time; the answer held a secret and is not shown again"
            return Answer(409, {"content-type": "application/problem+json"}, bytes(answer("", 409, told).body))
        return Answer(self._status, headers, bytes(self._answer))


async def _repeat(before: Answer, write: _Write) -> None:
    headers = MutableHeaders(before.headers)
    headers[REPEATED] = "true"
    headers["content-length"] = str(len(before.body))
    await write.send({"type": "http.response.start", "status": before.status, "headers": headers.raw})
    await write.send({"type": "http.response.body", "body": before.body})


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too large."""
    found = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(found)
        found += message.get("body", b"")
        if len(found) > LONGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(found)
