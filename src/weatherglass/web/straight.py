"""Addresses that are asked thousands of times a second, found by their whole text ahead of all patterns."""

from __future__ import annotations

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class Straight:
    """Wraps an ASGI application: what is for one of some addresses without parameters goes straight to its endpoint.

    An endpoint has to make an answer of every mistake itself. Other methods than the route's go the ordinary way.
    """

    def __init__(self, app: ASGIApp, routes: dict[str, Route]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get(scope["path"]) if scope["type"] == "http" else None
        if route is None or scope["method"] not in (route.methods or ()):
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        await route.app(scope, receive, send)
