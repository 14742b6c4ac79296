"""The way in: a message is let in, kept in the log, and only then answered for."""

from __future__ import annotations

import base64
import binascii
import time
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope

from weatherglass.events.redacting import Redactor
from weatherglass.intake.commits import Commits, Full
from weatherglass.intake.entries import packed
from weatherglass.intake.lenient import mended
from weatherglass.intake.log import LogUnavailable
from weatherglass.intake.rejects import Refused
from weatherglass.jobs.live.store import Live
from weatherglass.state import StateError
from weatherglass.web.intake.keys import KeyId, Keys, NoTokens, Tokens
from weatherglass.web.settings import Settings

RETRY_FULL, RETRY_DISK = "1", "5"
"""Seconds after which a sender may come again."""
SAMPLE = 2000
LARGE = 64 * 1024
"""Bytes of a body that is not taken apart on the event loop."""
FAILED_SECONDS = 30
"""How long a disk is taken to be full: who sends no messages to a service that is not ready would never hear more."""
MOST_STREAMS = 16
"""Parts that a body may be compressed in; each is a copy of those behind it."""
Headers = dict[bytes, bytes]
"""By name, in small letters."""
T = TypeVar("T")
Whose = TypeVar("Whose")
UNSHOWN = b"(not shown: it cannot be read, so nothing could be left out of it)"


class Refusal(Exception):
    """A request that is not let in; the message says why."""

    def __init__(self, status: int, message: str, code: str, retry_after: str = "") -> None:
        self.status, self.message, self.code, self.retry_after = status, message, code, retry_after
        super().__init__(message)


class Door:
    """Lets messages of one service in. `open` it on the event loop, and `close` it there."""

    def __init__(self, live: Live, keys: Keys, settings: Settings, tokens: Tokens | None = None) -> None:
        self.live = live
        self.tokens = tokens or NoTokens()
        self.settings = settings
        self._keys = keys
        self._redacting = live.redactor
        self._commits: Commits | None = None
        origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
        self._any_origin = "*" in origins
        self._origins = frozenset(origins)

    def open(self) -> None:
        """Begin to let messages in."""
        self._commits = Commits(self.live.log, self.settings.queue_bytes)

    def close(self) -> None:
        """Let no more in."""
        if self._commits is not None:
            self._commits.close()

    @property
    def failure(self) -> str:
        """Why the disk did not take a message a moment ago; empty when it did, or none has come since."""
        known = self._commits is not None and time.monotonic() - self._commits.failed_at < FAILED_SECONDS
        return self._commits.failure if self._commits is not None and known else ""

    async def keep(self, kind: str, key: KeyId, body: bytes) -> None:
        """Have a message safe on disk. Errors: Refusal, 429 when too much waits and 503 when the disk fails."""
        assert self._commits is not None
        if self.live.waiting > self.settings.backlog_bytes:
            raise Refusal(429, "the store is behind; come again later", "overload", RETRY_FULL)
        if self._redacting is not None:
            body = await self._redacted(self._redacting, kind, body)
        try:
            await self._commits.keep(packed(time.time_ns() // 1000, kind, key, body))
        except Full:
            raise Refusal(429, "too much is waiting; come again later", "overload", RETRY_FULL) from None
        except LogUnavailable as error:
            raise Refusal(503, f"the intake log cannot be written: {error}", "disk", RETRY_DISK) from None
        if not self.live.arrived.is_set():
            self.live.arrived.set()

    @staticmethod
    async def _redacted(redacting: Redactor, kind: str, body: bytes) -> bytes:
        try:
            if len(body) > LARGE:
                return await run_in_threadpool(redacting.body, kind, body)
            return redacting.body(kind, body)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Refusal(400, f"not what is expected here: {error}", "json") from None

    async def body(self, headers: Headers, receive: Receive, most: int) -> bytes:
        """A request's body, unpacked. Errors: Refusal when it is larger than `most`."""
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > most:
            raise Refusal(400, f"the body is larger than {most:,} bytes", "size")
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            message, body = await _rest(receive, body, most)
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the sender hung up", "size")
        if len(body) > most:
            raise Refusal(400, f"the body is larger than {most:,} bytes", "size")
        encoding = headers.get(b"content-encoding")
        return body if encoding is None else _unpacked(body, encoding.decode("latin-1").strip(), most)

    @staticmethod
    def check_text(body: bytes) -> None:
        """Errors: Refusal for bytes that are not UTF-8: what reads the log later must be able to."""
        try:
            str(body, "utf-8")
        except UnicodeDecodeError:
            raise Refusal(400, "the body is not UTF-8", "encoding") from None

    async def read(self, decode: Callable[[bytes], T], body: bytes) -> tuple[T, bytes]:
        """What a body says, and as which JSON it is kept. Errors: Refusal for what is not what is expected."""
        try:
            return decode(body), body
        except (msgspec.DecodeError, RecursionError) as error:
            refusal = Refusal(400, f"not what is expected here: {error}", "json")
        found = mended(body) if len(body) <= LARGE else await run_in_threadpool(mended, body)
        if found is body:
            raise refusal
        try:
            return decode(found), found
        except (msgspec.DecodeError, RecursionError):
            raise refusal from None

    async def key_of(self, headers: Headers, written: str | None) -> KeyId:
        """The write key that a request comes with. written: that of its body.

        Errors: Refusal 401 when there is none, or it is not known; 503 when nobody can tell.
        """
        given = [secret for secret in (secret_of(headers), written) if secret]
        for secret in given:
            key = self._keys.at_hand(secret)
            if key is None:
                # not on the event loop: a database that does not answer would keep everybody waiting
                key = await _told(self._keys.write_key, secret)
            if key is not None:
                return key
        raise Refusal(401, "the write key is not known" if given else "a write key is required", "key")

    async def token_of(self, headers: Headers) -> tuple[str, str] | None:
        """The name and the scope of the API token that a request comes with; None without one. Errors: Refusal 503."""
        secret = secret_of(headers)
        return await _told(self.tokens.token, secret) if secret else None

    async def writer_of(self, headers: Headers) -> KeyId:
        """Who sends rows: a write key for more than events, or an API token that may write.

        Errors: Refusal 401, 403, 503.
        """
        token = await self.token_of(headers)
        if token is None:
            key = await self.key_of(headers, None)
            if not await _told(self._keys.sends_rows, secret_of(headers)):
                raise Refusal(403, f"{key} sends events only: rows need another write key", "scope")
            return key
        name, right = token
        if right == "read":
            raise Refusal(403, f"{name} may only read", "scope")
        return name

    async def note(self, refusal: Refusal, kind: str, headers: Headers, body: bytes, key: KeyId = "") -> None:
        """Have a refusal seen in the debug view. key: whose request it was, where that is known already."""
        sample = self._sample(kind, body)[:SAMPLE].decode(errors="replace")
        received, whose = time.time_ns() // 1000, key or await self._header_key(headers)
        self.live.rejects.add(Refused(whose, received, kind, "", refusal.message, "", sample, refusal.code))

    async def _header_key(self, headers: Headers) -> KeyId:
        """The write key of the header; empty where there is none: a body that cannot be read names no key."""
        try:
            return await self.key_of(headers, None)
        except Refusal:
            return ""

    def _sample(self, kind: str, body: bytes) -> bytes:
        if self._redacting is None:
            return body
        try:
            return self._redacting.body(kind, body)
        except (msgspec.MsgspecError, RecursionError):
            return UNSHOWN

    def cors(self, headers: Headers) -> dict[str, str]:
        """The headers that let a browser's page send."""
        given = headers.get(b"origin")
        if not given:
            return {}
        origin = given.decode("latin-1")
        if not (self._any_origin or origin in self._origins):
            return {}
        return {"access-control-allow-origin": "*" if self._any_origin else origin, "vary": "origin"}


async def _rest(receive: Receive, first: bytes, most: int) -> tuple[Message, bytes]:
    """The last message of a body that comes in parts, and all of it, or so much that it is too much."""
    parts, size, message = [first], len(first), await receive()
    while True:
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most or not message.get("more_body"):
            return message, b"".join(parts)
        message = await receive()


async def _told(who: Callable[[str], Whose | None], secret: str) -> Whose | None:
    """Whose a secret is, by who may have to ask a database. Errors: Refusal 503."""
    try:
        return await run_in_threadpool(who, secret)
    except StateError as error:
        raise Refusal(503, f"nobody can tell whose key this is: {error}", "state", RETRY_DISK) from None


def headers_of(scope: Scope) -> Headers:
    """The headers of a request."""
    return dict(scope["headers"])


def secret_of(headers: Headers) -> str:
    """The secret that a request's Authorization header holds; empty when there is none."""
    given = headers.get(b"authorization")
    return authorized(given) if given else ""


@lru_cache(1024)
def authorized(header: bytes) -> str:
    """The secret of an Authorization header: a Basic user, with or without the colon, or a Bearer token."""
    scheme, _, given = header.decode("latin-1").partition(" ")
    given = given.strip()
    if scheme.lower() == "bearer":
        return given
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _unpacked(body: bytes, encoding: str, most: int) -> bytes:
    if encoding.lower() in ("", "identity"):
        return body
    windows = {"gzip": 31, "x-gzip": 31, "deflate": 15}
    if encoding.lower() not in windows:
        raise Refusal(400, f"the encoding {encoding!r} is not known; gzip is", "encoding")
    unpacked, rest = b"", body
    for _ in range(MOST_STREAMS):
        unpacking = zlib.decompressobj(windows[encoding.lower()])
        try:
            unpacked += unpacking.decompress(rest, most + 1 - len(unpacked))
        except zlib.error:
            raise Refusal(400, "the body is not what its content-encoding says", "encoding") from None
        if len(unpacked) > most:
            raise Refusal(400, f"the body is larger than {most:,} bytes", "size")
        if not unpacking.eof:
            raise Refusal(400, "the compressed body is cut off", "encoding")
        # what was compressed in parts comes as several streams, one after the other
        rest = unpacking.unused_data
        if not rest:
            return unpacked
    raise Refusal(400, f"the body is compressed in more than {MOST_STREAMS} parts", "encoding")
