"""What operators and their machines ask: is it there, is it ready, how does it do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from weatherglass.jobs.live.store import Live
from weatherglass.state import State, StateError
from weatherglass.web.figures import Figures

Endpoint = Callable[[Request], Awaitable[Response]]


async def healthz(_: Request) -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


def routes(live: Live, state: State | None, figures: Figures, unsafe: Callable[[], str]) -> list[Route]:
    """The routes of this part; all but /healthz need an API token with the scope read.

    unsafe: why the disk takes no messages; empty when it does.
    """
    found = [Route("/healthz", healthz)]
    if state is not None:
        found.append(Route("/readyz", _guarded(state, _ready(live, state, unsafe))))
        found.append(Route("/metrics", _guarded(state, _metrics(figures))))
    return found


def _ready(live: Live, state: State, unsafe: Callable[[], str]) -> Endpoint:
    async def readyz(_: Request) -> Response:
        why = {} if live.ready else {"scores": "the first pass is not done"}
        if failure := unsafe():
            why["intake"] = failure
        if live.trouble:
            why["store"] = live.trouble
        try:
            await run_in_threadpool(state.ledger.all, None, 1)
        except StateError as error:
            why["state"] = str(error)
        return JSONResponse({"ready": not why, "why": why}, 503 if why else 200)

    return readyz


def _metrics(figures: Figures) -> Endpoint:
    async def metrics(request: Request) -> Response:
        body, kind = await run_in_threadpool(figures.written, request.headers.get("accept", ""))
        return Response(body, headers={"content-type": kind})

    return metrics


def _guarded(state: State, endpoint: Endpoint) -> Endpoint:
    async def asked(request: Request) -> Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            found = await run_in_threadpool(state.tokens.check, token) if kind.lower() == "bearer" else None
        except StateError as error:
            return JSONResponse({"ready": False, "why": {"state": str(error)}}, 503)
        if found is None:
            headers = {"www-authenticate": 'Bearer realm="weatherglass"'}
            return PlainTextResponse("send an API token as `Authorization: Bearer ...`\n", 401, headers)
        return await endpoint(request)

    return asked
