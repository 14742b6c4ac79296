"""What was refused of late, and why: the view for those who connect a sender."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weatherglass.intake.calls import moment
from weatherglass.web.intake.door import Door, Refusal, authorized
from weatherglass.web.intake.keys import Tokens


def routes(door: Door, tokens: Tokens | None) -> list[Route]:
    """The routes of this part. tokens: who may look; without any, each write key may see its own."""

    async def rejects(request: Request) -> Response:
        secret = authorized(request.headers.get("authorization"))
        key: str | None = request.query_params.get("key")
        if tokens is None or not secret or not tokens.may_read(secret):
            try:
                key = door.key_of(request, None)
            except Refusal as refusal:
                headers = {"www-authenticate": 'Bearer realm="weatherglass"'}
                return JSONResponse({"status": 401, "title": refusal.message}, 401, headers, "application/problem+json")
        return JSONResponse(_view(door, key))

    return [Route("/api/v1/intake/rejects", rejects)]


def _view(door: Door, key: str | None) -> dict[str, Any]:
    counts = [
        {"key": name, "code": code, "count": count}
        for (name, code), count in sorted(door.live.rejects.counts().items())
        if key in (None, name)
    ]
    last = [{**asdict(one), "received": moment(one.received)} for one in door.live.rejects.last(key)]
    return {"counts": counts, "last": last}
