"""Addresses of pages and forms: who may ask for what, and what is said where it cannot be had."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from weatherglass.config.errors import ConfigError
from weatherglass.engine import EngineError
from weatherglass.jobs.errors import JobError, UnknownAccount
from weatherglass.jobs.project.configuration import Outdated
from weatherglass.state import Scope, StateError
from weatherglass.state.errors import NotFound, Taken, TooMany, Unfit
from weatherglass.web.api.access import COOKIE
from weatherglass.web.pages import forms
from weatherglass.web.pages.outdated import refused
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit

Needs = Scope | Literal["nobody"]
"""The right that a page needs; `nobody` has to be signed in for it."""
Handler = Callable[[Visit], Response]
log = structlog.get_logger("weatherglass.page")


@dataclass(frozen=True)
class Door:
    """One address of the pages."""

    path: str
    handler: Handler
    needs: Needs = "read"
    method: Literal["GET", "POST"] = "GET"
    reader: Callable[[Request], Awaitable[forms.Form]] = forms.read
    """What reads the form; one that takes files is asked only for people who may send them."""

    def route(self, site: Site) -> Route:
        """The door as a route of the application."""

        async def endpoint(request: Request) -> Response:
            if self.reader is not forms.read:
                refused = await run_in_threadpool(self._refused, site, request)
                if refused is not None:
                    return refused
            try:
                form = await self.reader(request) if self.method == "POST" else forms.Form()
            except forms.BadForm as error:
                return await run_in_threadpool(_sorry, Visit(site, request, None), 400, "Bad form", str(error))
            try:
                return await run_in_threadpool(self._answer, site, request, form)
            finally:
                form.close()

        return Route(self.path, endpoint, methods=[self.method], name=f"{self.method} {self.path}")

    def _refused(self, site: Site, request: Request) -> Response | None:
        """What is answered before anything of the form is read; None for those who may send it."""
        visit = Visit(site, request, None)
        try:
            forms.check_origin(request)
            cookie = request.cookies.get(COOKIE)
            session = site.service.state.sessions.of(cookie) if cookie else None
            visit = Visit(site, request, session)
            if session is None:
                return _to_sign_in(visit)
            return None if self.needs == "nobody" or visit.may(self.needs) else _forbidden(visit, self.needs)
        except Exception as error:  # noqa: BLE001 - as for every other answer
            return _failed(visit, error)

    def _answer(self, site: Site, request: Request, form: forms.Form) -> Response:
        visit = Visit(site, request, None, form)
        try:
            cookie = request.cookies.get(COOKIE)
            session = site.service.state.sessions.of(cookie) if cookie else None
            known = "" if session is None else site.service.configuration.version
            visit = Visit(site, request, session, form, known)
            if self.needs != "nobody" and session is None:
                return _to_sign_in(visit)
            if self.method == "POST":
                visit.check_form()
            if self.needs != "nobody" and not visit.may(self.needs):
                return _forbidden(visit, self.needs)
            return self.handler(visit)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person reads a page and the log has the rest
            return _failed(visit, error)


def lost(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers for an address that no page has: a page for people, a line for programs."""

    async def endpoint(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return await run_in_threadpool(_lost, site, request, status)
        headers = error.headers if isinstance(error, HTTPException) else None
        return PlainTextResponse(HTTPStatus(status).phrase, status, headers)

    return endpoint


def _lost(site: Site, request: Request, status: int) -> Response:
    visit = Visit(site, request, None)
    try:
        cookie = request.cookies.get(COOKIE)
        visit = Visit(site, request, site.service.state.sessions.of(cookie) if cookie else None)
        told = "This address takes what a form sends: open the form's page again." if status == 405 else NO_PAGE
        return _sorry(visit, status, "Not found" if status == 404 else "No page", told)
    except Exception as error:  # noqa: BLE001 - as for every other answer
        return _failed(visit, error)


NO_PAGE = "There is no page at this address."


def _to_sign_in(visit: Visit) -> Response:
    if visit.request.method != "GET":
        return _sorry(visit, 401, "Signed out", "Your session is over. Sign in, and do it again.")
    if visit.partial:
        return Response(status_code=204, headers={"hx-redirect": "/login", "cache-control": "no-store"})
    path = visit.request.url.path
    query = visit.request.url.query
    where = path + (f"?{query}" if query else "")
    target = "/login" if where == "/" else f"/login?next={quote(where)}"
    return RedirectResponse(target, 303, {"cache-control": "no-store"})


def _forbidden(visit: Visit, needs: Needs) -> Response:
    assert visit.session is not None
    who = {"write": "CSMs and admins", "admin": "admins"}.get(needs, "people")
    return _sorry(visit, 403, "Not for your role", f"This is for {who}; you are a {visit.session.person.role}.")


_KNOWN: tuple[tuple[type[Exception], int, str], ...] = (
    (forms.ForeignForm, 403, "Not sent from here"),
    (UnknownAccount, 404, "Not found"),
    (NotFound, 404, "Not found"),
    (Taken, 409, "Taken already"),
    (TooMany, 429, "Wait a little"),
    (Unfit, 422, "That does not fit"),
    (ConfigError, 422, "That does not fit"),
    (JobError, 422, "That cannot be done"),
    (StateError, 503, "The state cannot be reached"),
    (EngineError, 503, "The store cannot be read"),
)


def _failed(visit: Visit, error: Exception) -> Response:
    if isinstance(error, Outdated):
        return refused(visit, error)
    for kind, status, title in _KNOWN:
        if isinstance(error, kind):
            text = str(error)
            return _sorry(visit, status, title, text[:1].upper() + text[1:])
    log.error("page failed", path=visit.request.url.path, exc_info=error)
    number = str(visit.request.scope.get("request_id", ""))
    return _sorry(visit, 500, "Something broke", f"The log has the details under request {number}.")


def _sorry(visit: Visit, status: int, title: str, told: str) -> Response:
    template = "parts/sorry.html" if visit.partial else "sorry.html"
    return visit.show(template, status=status, title=title, told=told)
