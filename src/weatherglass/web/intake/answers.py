"""The answers that tracking libraries understand."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from weatherglass.web.intake.door import Refusal

DONE = Response(b'{"success":true}', media_type="application/json")
"""All went well. One answer serves all requests."""


def refused(refusal: Refusal, headers: dict[str, str]) -> Response:
    """The answer to a request that was not let in."""
    told = dict(headers)
    if refusal.retry_after:
        told["retry-after"] = refusal.retry_after
    if refusal.status == 429:
        told["x-ratelimit-reset"] = refusal.retry_after
    if refusal.status == 401:
        told["www-authenticate"] = 'Basic realm="write key"'
    body = msgspec.json.encode({"success": False, "code": refusal.code, "message": refusal.message})
    return Response(body, refusal.status, told, "application/json")


def preflight(cors: dict[str, str]) -> Response:
    """The answer to a browser that asks whether it may send."""
    told = {
        "access-control-allow-methods": "POST, OPTIONS",
        "access-control-allow-headers": "authorization, content-type, content-encoding, x-requested-with",
        "access-control-max-age": "86400",
    }
    return Response(status_code=204, headers={**cors, **told} if cors else {})
