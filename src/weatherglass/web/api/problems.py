"""Errors as RFC 9457 problem details: every answer that is not a success says what is the matter in the same form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from weatherglass.config.errors import ConfigError
from weatherglass.engine.errors import EngineError
from weatherglass.jobs.errors import JobError, UnknownAccount
from weatherglass.jobs.project.configuration import Outdated
from weatherglass.state.errors import NotFound, StateError, Taken, TooMany, Unfit
from weatherglass.store.errors import StoreError

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger("weatherglass.api")


class Mistake(BaseModel):
    """One part of a request that cannot be used."""

    at: str = Field(description="Where: body, query, path or header, then names and places, separated by dots.")
    message: str


class ProblemDetails(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(default="about:blank", description="A URI that names the kind of problem.")
    title: str
    status: int
    detail: str = ""
    instance: str = Field(default="", description="The request's id, which the service's log knows too.")
    errors: list[Mistake] = Field(default_factory=list)


class Problem(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


def answer(
    request_id: str,
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    errors: list[Mistake] | None = None,
) -> JSONResponse:
    """The response to a problem."""
    body = ProblemDetails(
        title=HTTPStatus(status).phrase, status=status, detail=detail, instance=request_id, errors=errors or []
    )
    return JSONResponse(body.model_dump(), status, headers, MEDIA_TYPE)


_STATUS: dict[type[Exception], int] = {
    UnknownAccount: 404,
    NotFound: 404,
    Taken: 409,
    Unfit: 422,
    ConfigError: 422,
    JobError: 409,
    Outdated: 412,
    StateError: 503,
    StoreError: 503,
    EngineError: 503,
}


def install(api: FastAPI) -> None:
    """Have every exception answered as a problem."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(TooMany, _too_many)
    for kind in _STATUS:
        api.add_exception_handler(kind, _known)
    api.add_exception_handler(Exception, _unknown)


def _id(request: Request) -> str:
    return str(request.scope.get("request_id", ""))


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(_id(request), error.status, error.detail, error.headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_allowed(request))
    return answer(_id(request), error.status_code, str(error.detail), headers)


def _allowed(request: Request) -> list[str]:
    """The methods of a path; the router itself names those of the first route only."""
    path = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
    matching = (route.methods for route in request.app.state.routes if route.path_regex.match(path))
    return sorted(set().union(*matching))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = [Mistake(at=".".join(map(str, one["loc"])), message=one["msg"]) for one in error.errors()]
    return answer(_id(request), 422, "the request cannot be used as it is", errors=mistakes)


async def _too_many(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooMany)
    return answer(_id(request), 429, str(error), {"Retry-After": str(error.wait)})


async def _known(request: Request, error: Exception) -> Response:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    if status >= 500:
        log.error("cannot serve", error=str(error), path=request.url.path)
    headers: dict[str, Any] = {"Retry-After": "10"} if status == 503 else {}
    return answer(_id(request), status, str(error), headers)


async def _unknown(request: Request, error: Exception) -> Response:
    # the exception itself is raised again behind this answer, and logged with its trace
    return answer(_id(request), 500, f"a mistake of the service itself ({type(error).__name__}); its log says more")
