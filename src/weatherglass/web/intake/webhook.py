"""Segment's webhook destination: one message a request, or with batching a list of them."""

from __future__ import annotations

import hashlib
import hmac
import json
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
_ADVICE = (
    "with batching X-Signature covers the first event only, so the others were left out: switch batching off, "
    "or send `Authorization: Bearer <write key>` as a header of the destination"
)


def routes(door: Door) -> list[Route]:
    """The routes of this part."""
    return [Route(PATH, _endpoint(door), methods=["POST"])]


def _endpoint(door: Door) -> Any:
    async def deliver(request: Request) -> Response:
        body, key = b"", ""
        try:
            body = await door.body(headers_of(request.scope), request.receive, door.settings.batch_bytes)
            door.check_text(body)
            try:
                said = msgspec.json.decode(body)
            except (msgspec.DecodeError, RecursionError) as error:
                raise Refusal(400, f"not JSON: {error}", "json") from None
            if not isinstance(said, (dict, list)) or not said:
                raise Refusal(400, "expected a message, or a list of messages", "json")
            key, kept = _let_in(door, request, body, said)
            await door.keep("webhook", key, kept)
            if kept is not body:
                door.note(Refusal(200, _ADVICE, "unsigned"), "webhook", key, body)
        except Refusal as refusal:
            door.note(refusal, "webhook", key, body)
            return refused(refusal, {})
        return DONE

    return deliver


def _let_in(door: Door, request: Request, body: bytes, said: Any) -> tuple[str, bytes]:
    """The key of a delivery, and what of it is kept. Errors: Refusal 401."""
    secret = door.settings.webhook_secret
    signature = request.headers.get("x-signature", "")
    has_key = "authorization" in request.headers
    key = door.key_of(headers_of(request.scope), None) if has_key else SIGNED_KEY
    if not secret:
        if not has_key:
            raise Refusal(401, "send `Authorization: Bearer <write key>`, or set WEATHERGLASS_WEBHOOK_SECRET", "key")
        return key, body
    first = said[0] if isinstance(said, list) else said
    if signed(secret, signature, body):
        return key, body
    if not (signed(secret, signature, msgspec.json.encode(first)) or signed(secret, signature, _compact(first))):
        raise Refusal(401, "X-Signature is not that of this message under the shared secret", "signature")
    if has_key or not isinstance(said, list) or len(said) == 1:
        return key, body
    return key, msgspec.json.encode(said[:1])


def signed(secret: str, signature: str, message: bytes) -> bool:
    """Whether a hex HMAC-SHA1 is that of a message."""
    expected = hmac.new(secret.encode(), message, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())


def _compact(message: Any) -> bytes:
    """A message as JavaScript writes it."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
