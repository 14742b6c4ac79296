"""The REST API as one ASGI application, to be mounted under /api/v1."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from weatherglass import __version__
from weatherglass.web.api import (
    accounts,
    alerts,
    audit,
    cards,
    catalogue,
    channels,
    credentials,
    decisions,
    desk,
    explanation,
    exports,
    jobs,
    notes,
    outcomes,
    overrides,
    people,
    playbooks,
    plays,
    portfolio,
    problems,
    rules,
    scorecards,
    sessions,
    subjects,
    tasks,
)
from weatherglass.web.api.access import Reader, scope_of
from weatherglass.web.api.etags import ETags
from weatherglass.web.api.idempotency import Idempotency
from weatherglass.web.api.openapi import completed
from weatherglass.web.api.paths import Segments
from weatherglass.web.api.service import Service

PREFIX = "/api/v1"
SCOPE = "x-scope"
"""The member of an operation in the document that says which scope a token needs at least."""
ROUTERS: tuple[APIRouter, ...] = (
    portfolio.router,
    accounts.router,
    explanation.router,
    cards.router,
    catalogue.router,
    scorecards.router,
    outcomes.router,
    overrides.router,
    decisions.router,
    notes.router,
    rules.router,
    alerts.router,
    channels.router,
    playbooks.router,
    plays.router,
    tasks.router,
    exports.router,
    credentials.router,
    people.router,
    sessions.router,
    audit.router,
    jobs.router,
    subjects.router,
    desk.router,
)


def api(service: Service) -> ASGIApp:
    """The API of an open service."""
    made = described()
    made.state.service = service
    return Segments(ETags(Idempotency(made, service.state)))


def described() -> FastAPI:
    """The API with all its routes, and nothing behind them."""
    made = FastAPI(title="Weatherglass", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    problems.install(made)
    for router in ROUTERS:
        made.include_router(router)
    made.state.routes = [route for router in ROUTERS for route in router.routes]

    @made.get("/openapi.json", include_in_schema=False)
    def openapi(_: Reader) -> JSONResponse:
        return JSONResponse(description(made))

    return made


def description(made: FastAPI) -> dict[str, Any]:
    """The OpenAPI document."""
    if made.openapi_schema is None:
        about = "Account health scores and everything behind them. Times are UTC, days those of the workspace's zone."
        document = get_openapi(title=made.title, version=made.version, description=about, routes=made.routes)
        document["servers"] = [{"url": PREFIX}]
        for route in made.state.routes:
            for method in route.methods:
                document["paths"][route.path_format][method.lower()][SCOPE] = scope_of(route.dependant)
        made.openapi_schema = completed(document)
    return made.openapi_schema
