"""What was refused of late, and why, and the newest score of an account: for those who connect a sender."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weatherglass.intake.calls import moment
from weatherglass.web.intake.door import Door, Refusal, headers_of


def routes(door: Door) -> list[Route]:
    """The routes of this part: API tokens see everything, a write key why its own were refused."""

    async def rejects(request: Request) -> Response:
        headers, key = headers_of(request.scope), request.query_params.get("key")
        try:
            whole = await door.token_of(headers) is not None
            if not whole:
                key = await door.key_of(headers, None)
        except Refusal as refusal:
            return _refused(refusal)
        return JSONResponse(_view(door, key, samples=whole))

    async def newest(request: Request) -> Response:
        try:
            if await door.token_of(headers_of(request.scope)) is None:
                raise Refusal(401, "send an API token as `Authorization: Bearer ...`", "key")
        except Refusal as refusal:
            return _refused(refusal)
        row = _newest(door, request.path_params["account_id"])
        if row is None:
            return _problem(404, "Not Found", "no such account has a score of the open day")
        return JSONResponse({name: _written(value) for name, value in row.items()})

    return [Route("/api/v1/intake/rejects", rejects), Route("/api/v1/newest/{account_id:path}", newest)]


def _newest(door: Door, account_id: str) -> dict[str, Any] | None:
    """The row of an account by its id, or by the id that redacting has made of it."""
    found, redacting = door.live.newest.of(account_id), door.live.redactor
    return found if found is not None or redacting is None else door.live.newest.of(redacting.text(account_id))


def _view(door: Door, key: str | None, *, samples: bool) -> dict[str, Any]:
    """samples: a write key that stands in a website shall not show its visitors what others have sent."""
    counts = [
        {"key": name, "code": code, "count": count}
        for (name, code), count in sorted(door.live.rejects.counts().items())
        if key in (None, name)
    ]
    last = [
        {**asdict(one), "received": moment(one.received), "sample": one.sample if samples else None}
        for one in door.live.rejects.last(key)
    ]
    return {"counts": counts, "last": last}


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _refused(refusal: Refusal) -> Response:
    if refusal.status == 401:
        return _problem(401, "Unauthorized", refusal.message, {"www-authenticate": 'Bearer realm="weatherglass"'})
    return _problem(refusal.status, "Service Unavailable", refusal.message, {"retry-after": refusal.retry_after})


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(body, status, headers, "application/problem+json")
