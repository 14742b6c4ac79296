"""Who asks, and whether they may: API tokens of programs, sessions of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from weatherglass.state import Actor, Scope
from weatherglass.state.sessions import Session
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving

COOKIE = "weatherglass_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(scheme_name="token", description="An API token (`weatherglass keys`).", auto_error=False)
_cookie = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description=f"The session of a signed-in person; changes also need its `{CSRF_HEADER}` header.",
    auto_error=False,
)

Token = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
Cookie = Annotated[str | None, Depends(_cookie)]


def signed_in(request: Request, service: Serving, cookie: Cookie) -> Session:
    """The session of a request. Errors: Problem 401 without one, 403 for a change that another site may have asked."""
    found = service.state.sessions.of(cookie) if cookie else None
    if found is None:
        raise Problem(401, "sign in first")
    _check_origin(request, found)
    return found


def _actor(request: Request, service: Serving, token: Token, cookie: Cookie) -> Actor:
    request_id = str(request.scope.get("request_id", ""))
    if token is not None:
        if service.local.is_it(token.credentials):
            return service.local.actor.within(request_id)
        found = service.state.tokens.check(token.credentials)
        if found is None:
            raise _unknown("this token is not known, or it was revoked or has expired")
        scope: Scope = found.scope  # type: ignore[assignment]
        return Actor("token", found.id, found.name, scope, request_id, f"token:{found.id}")
    if cookie is not None:
        return signed_in(request, service, cookie).actor.within(request_id)
    raise _unknown("send an API token as `Authorization: Bearer ...`, or sign in")


def _unknown(detail: str) -> Problem:
    return Problem(401, detail, {"WWW-Authenticate": 'Bearer realm="weatherglass"'})


def _check_origin(request: Request, session: Session) -> None:
    if request.method in SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Problem(403, "this change comes from another site")
    if not session.proves(request.headers.get(CSRF_HEADER, "")):
        raise Problem(403, f"a change needs the session's {CSRF_HEADER}; GET /api/v1/session says it")


def needs(scope: Scope) -> Callable[[Actor], Actor]:
    """A dependency: the actor of a request, who has a right. Errors: Problem 401, 403."""

    def allowed(actor: Annotated[Actor, Depends(_actor)]) -> Actor:
        if not actor.may(scope):
            raise Problem(403, f"this needs the right to {scope}, and {actor.name} may only {actor.scope}")
        return actor

    _SCOPES[allowed] = scope
    return allowed


_SCOPES: dict[Callable[..., Any], Scope] = {}


def scope_of(dependant: Dependant) -> Scope | None:
    """The right that a route needs; None where it asks for no more than a session, or for nothing."""
    return next((_SCOPES[one.call] for one in dependant.dependencies if one.call in _SCOPES), None)


Reader = Annotated[Actor, Depends(needs("read"))]
Writer = Annotated[Actor, Depends(needs("write"))]
Admin = Annotated[Actor, Depends(needs("admin"))]
