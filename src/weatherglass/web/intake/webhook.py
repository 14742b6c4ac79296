"""Segment's webhook destination: one message a request, or with batching a list of them."""

from __future__ import annotations

import hashlib
import hmac
import json
from enum import Enum, auto
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weatherglass.web.intake.answers import DONE, refused
from weatherglass.web.intake.door import Door, Refusal, headers_of

PATH = "/webhooks/segment"
SIGNED_KEY = "webhook"
"""The key's name under which signed messages without a write key are kept."""
_UNSIGNED_DELETE = (
    "asks to erase somebody, and is not signed, so it was left out: set WEATHERGLASS_WEBHOOK_SECRET to the shared "
    "secret of the destination; a write key may only send events, and whoever visits a website may know it"
)
_ADVICE = (
    "with batching X-Signature covers the first event only, so the others were left out: switch batching off, "
    "or send `Authorization: Bearer <write key>` as a header of the destination"
)


class Trust(Enum):
    """How much of a delivery is believed."""

    ALL = auto()
    EVENTS = auto()
    """It came with a write key only: it may send events, and erase nobody."""
    FIRST = auto()
    """The signature covers the first message."""


def routes(door: Door) -> list[Route]:
    """The routes of this part."""
    return [Route(PATH, _endpoint(door), methods=["POST"])]


def _endpoint(door: Door) -> Any:
    async def deliver(request: Request) -> Response:
        body, key, headers = b"", "", headers_of(request.scope)
        try:
            body = await door.body(headers, request.receive, door.settings.batch_bytes)
            door.check_text(body)
            said, readable = await door.read(msgspec.json.decode, body)
            if not isinstance(said, (dict, list)) or not said:
                raise Refusal(400, "expected a message, or a list of messages", "json")
            key, kept = await _let_in(door, request, body, said)
            messages = said if isinstance(said, list) else [said]
            if kept is Trust.FIRST:
                messages, readable = messages[:1], msgspec.json.encode(messages[:1])
                await door.note(Refusal(200, _ADVICE, "unsigned"), "webhook", headers, body, key)
            elif kept is Trust.EVENTS and any(map(_erases, messages)):
                messages = [one for one in messages if not _erases(one)]
                readable = msgspec.json.encode(messages)
                await door.note(Refusal(200, _UNSIGNED_DELETE, "unsigned"), "webhook", headers, body, key)
            if messages:
                await door.keep("webhook", key, readable)
        except Refusal as refusal:
            await door.note(refusal, "webhook", headers, body, key)
            return refused(refusal, {})
        return DONE

    return deliver


def _erases(message: Any) -> bool:
    return isinstance(message, dict) and message.get("type") == "delete"


async def _let_in(door: Door, request: Request, body: bytes, said: Any) -> tuple[str, Trust]:
    """The key of a delivery, and how much of it is believed. Errors: Refusal 401."""
    secret = door.settings.webhook_secret
    signature = request.headers.get("x-signature", "")
    has_key = "authorization" in request.headers
    key = await door.key_of(headers_of(request.scope), None) if has_key else SIGNED_KEY
    if not secret:
        if not has_key:
            raise Refusal(401, "send `Authorization: Bearer <write key>`, or set WEATHERGLASS_WEBHOOK_SECRET", "key")
        return key, Trust.EVENTS
    first = said[0] if isinstance(said, list) else said
    if signed(secret, signature, body):
        return key, Trust.ALL
    if not (signed(secret, signature, msgspec.json.encode(first)) or signed(secret, signature, _compact(first))):
        raise Refusal(401, "X-Signature is not that of this message under the shared secret", "signature")
    if has_key or not isinstance(said, list) or len(said) == 1:
        return key, Trust.ALL
    return key, Trust.FIRST


def signed(secret: str, signature: str, message: bytes) -> bool:
    """Whether a hex HMAC-SHA1 is that of a message."""
    expected = hmac.new(secret.encode(), message, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def _compact(message: Any) -> bytes:
    """A message as JavaScript writes it."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
