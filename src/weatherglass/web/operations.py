"""What operators and their machines ask: is it there, is it ready."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def healthz(_: Request) -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


def routes() -> list[Route]:
    """The routes of this part."""
    return [Route("/healthz", healthz)]
