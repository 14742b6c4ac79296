"""Rows of accounts, tickets and all other tables but events, one or many at a time."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from weatherglass.events.table import Table
from weatherglass.events.tables import TABLES
from weatherglass.jobs.incoming.validating import Validator
from weatherglass.web.intake.door import Door, Refusal, headers_of

SHOWN = 100
"""How many mistakes an answer lists."""


def routes(door: Door, validator: Validator) -> list[Route]:
    """The routes of this part."""
    return [
        Route(f"/api/v1/{table.name}", _endpoint(door, validator, table), methods=["POST"])
        for table in TABLES
        if table.name != "events"
    ]


def _endpoint(door: Door, validator: Validator, table: Table) -> Any:
    async def upsert(request: Request) -> Response:
        body, key, headers = b"", "", headers_of(request.scope)
        try:
            body = await door.body(headers, request.receive, door.settings.posthog_bytes)
            door.check_text(body)
            key = await door.writer_of(headers)
            rows, body = await door.read(_rows, body)
            mistakes = await run_in_threadpool(validator.mistakes, table, rows)
            if mistakes:
                await door.note(Refusal(422, str(mistakes[0][1]), mistakes[0][1].code), table.name, headers, body, key)
                return _unfit(mistakes)
            await door.keep(table.name, key, body)
        except Refusal as refusal:
            await door.note(refusal, table.name, headers, body, key)
            return _problem(refusal)
        return JSONResponse({"taken": len(rows)}, 202)

    return upsert


def _rows(body: bytes) -> list[bytes]:
    """The objects of a body. Errors: msgspec.DecodeError, and Refusal for an empty list."""
    if body.lstrip()[:1] == b"[":
        rows = [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    else:
        msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        rows = [body]
    if not rows:
        raise Refusal(400, "the list is empty", "json")
    return rows


def _unfit(mistakes: list[tuple[int, Any]]) -> Response:
    errors = [
        {
            "at": ".".join(["body", str(row - 1), *([one.column] if one.column else [])]),
            "message": f"{one.reason}; {one.mend}",
        }
        for row, one in mistakes[:SHOWN]
    ]
    detail = f"{len(mistakes):,} rows cannot be used, so none was taken"
    return _details(422, "Unprocessable Content", detail, {}, errors)


def _problem(refusal: Refusal) -> Response:
    titles = {
        400: "Bad Request",
        401: "Unauthorized",
        403: "Forbidden",
        429: "Too Many Requests",
        503: "Service Unavailable",
    }
    headers = {"retry-after": refusal.retry_after} if refusal.retry_after else {}
    if refusal.status == 401:
        headers["www-authenticate"] = 'Bearer realm="weatherglass"'
    return _details(refusal.status, titles.get(refusal.status, ""), refusal.message, headers, [])


def _details(status: int, title: str, detail: str, headers: dict[str, str], errors: list[dict[str, str]]) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": errors}
    return JSONResponse(body, status, headers, "application/problem+json")
