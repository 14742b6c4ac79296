"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from weatherglass.state import sessions as kept
from weatherglass.web.api.access import COOKIE, signed_in
from weatherglass.web.api.people import Person
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["session"])
SignedIn = Annotated[kept.Session, Depends(signed_in)]


class SignIn(Asked):
    """Who signs in."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1024)


class Session(Told):
    """A signed-in person. Changes made with the session's cookie need `csrf` in the header X-CSRF-Token."""

    person: Person
    csrf: str
    begun_at: Moment
    ends_at: Moment


@router.post("/session", responses={401: {}, 403: {}, 429: {}})
def sign_in(service: Serving, asked: SignIn, request: Request, response: Response) -> Session:
    """Sign in; the answer sets the session's cookie. After five failures in a row one has to wait."""
    if not service.passwords:
        raise Problem(403, "passwords are switched off here; sign in on the page, by single sign-on")
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    done = service.state.sessions.sign_in(asked.email, asked.password, address, agent)
    if done is None:
        raise Problem(401, "wrong address or password")
    session, cookie = done
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, cookie, path="/", httponly=True, samesite="lax", secure=secure)
    response.headers["Cache-Control"] = "no-store"
    return Session.model_validate(session)


@router.get("/session", responses={401: {}})
def get_session(session: SignedIn) -> Session:
    """Who is signed in."""
    return Session.model_validate(session)


@router.delete("/session", status_code=204, responses={401: {}, 403: {}})
def sign_out(service: Serving, session: SignedIn, response: Response) -> None:
    """Sign out."""
    service.state.sessions.end(session)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
