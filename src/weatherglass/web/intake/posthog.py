"""PostHog's capture addresses."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from weatherglass.web.intake.answers import preflight, refused
from weatherglass.web.intake.door import Door, Refusal, headers_of

PATHS = ("/i/v0/e", "/capture", "/e", "/track", "/batch")
METHODS = ["POST", "OPTIONS"]

_DONE = b'{"status":1}'


def routes(door: Door) -> list[Route]:
    """The routes of this part; PostHog's libraries write them with a slash at the end, people without."""
    endpoint = _endpoint(door)
    return [Route(f"{path}{end}", endpoint, methods=METHODS) for path in PATHS for end in ("/", "")]


def _endpoint(door: Door) -> Any:
    async def capture(request: Request) -> Response:
        headers = headers_of(request.scope)
        cors = door.cors(headers)
        if request.method == "OPTIONS":
            return preflight(cors)
        body, key = b"", ""
        try:
            body = await door.body(headers, request.receive, door.settings.posthog_bytes)
            body = _plain(body, request, door.settings.posthog_bytes)
            door.check_text(body)
            said, body = await door.read(msgspec.json.decode, body)
            key = await door.key_of(headers, _written(said))
            await door.keep("posthog", key, body)
        except Refusal as refusal:
            await door.note(refusal, "posthog", headers, body, key)
            return refused(refusal, cors)
        return Response(_DONE, media_type="application/json", headers=cors)

    return capture


def _plain(body: bytes, request: Request, most: int) -> bytes:
    """A body without the wrappings of PostHog's browser library: gzip without a header that says so, base64, a form."""
    if body[:5] == b"data=":
        try:
            body = base64.b64decode(parse_qs(body.decode(errors="replace"))["data"][0], validate=False)
        except (KeyError, binascii.Error):
            raise Refusal(400, "the form holds no `data` in base64", "encoding") from None
    if request.query_params.get("compression", "").startswith("gzip") and body[:2] == b"\x1f\x8b":
        try:
            unpacking = zlib.decompressobj(31)
            body = unpacking.decompress(body, most + 1)
        except zlib.error:
            raise Refusal(400, "the body is not gzip", "encoding") from None
        if len(body) > most:
            raise Refusal(400, f"the body is larger than {most:,} bytes", "size")
    return body


def _written(said: Any) -> str | None:
    """The key that a body holds."""
    first = said[0] if isinstance(said, list) and said else said
    if not isinstance(first, dict):
        raise Refusal(400, "expected an event, a list of events or a batch", "json")
    properties = first.get("properties")
    for place in (first, properties if isinstance(properties, dict) else {}):
        for name in ("api_key", "token"):
            if isinstance(place.get(name), str):
                return str(place[name])
    return None
