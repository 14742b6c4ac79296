"""A visit of a page: who comes, what they may do, what they have filled in, and how they are answered."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from weatherglass.reports import wording
from weatherglass.state import Actor, Scope
from weatherglass.state.sessions import Session
from weatherglass.web.api.access import COOKIE
from weatherglass.web.pages.forms import ForeignForm, Form, check_origin
from weatherglass.web.pages.pen import environment
from weatherglass.web.pages.site import Site

FORM_COOKIE = "weatherglass_form"
"""Before anyone is signed in: what a form has to know."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "vary": "HX-Request, Cookie",
    # with no-referrer a browser sends our own forms from the origin `null`
    "referrer-policy": "same-origin",
}
MENU = (
    ("today", "/", "Today", "read"),
    ("portfolio", "/portfolio", "Portfolio", "read"),
    ("cohorts", "/cohorts", "Cohorts", "read"),
    ("scorecard", "/scorecard", "Scorecard", "read"),
    ("data", "/data", "Data", "read"),
    ("report", "/report", "Report", "read"),
    ("settings", "/settings", "Settings", "admin"),
)


class NotAllowed(Exception):
    """Someone who is signed in asks for what their role may not."""


@dataclass(frozen=True)
class Visit:
    """One request, and who makes it."""

    site: Site
    request: Request
    session: Session | None
    form: Form = field(default_factory=Form)
    configuration: str = ""
    """The version of weatherglass.yml when the visit began: what is shown is not older."""

    @property
    def actor(self) -> Actor:
        """Who acts. Only for pages that need someone signed in."""
        assert self.session is not None
        return self.session.actor.within(str(self.request.scope.get("request_id", "")))

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of a page; a step back in the history wants it whole."""
        headers = self.request.headers
        return "hx-request" in headers and "hx-history-restore-request" not in headers

    def asked(self, name: str) -> str:
        """A parameter of the address; empty where it is not there."""
        return self.request.query_params.get(name, "").strip()

    def given(self, name: str) -> str:
        """A field of the form, else a parameter of the address."""
        return self.form.text(name) or self.asked(name)

    @property
    def made_from(self) -> str:
        """The version of weatherglass.yml that a form was made from: that of its page, through all its previews."""
        return self.form.text("made_from") or self.configuration

    @property
    def versions(self) -> tuple[str]:
        """That from which a change of weatherglass.yml is sent."""
        return (self.form.text("made_from"),)

    def may(self, scope: Scope) -> bool:
        return self.session is not None and self.session.actor.may(scope)

    def check_form(self) -> None:
        """Errors: ForeignForm where the form is not one of ours."""
        check_origin(self.request)
        given = self.form.secret("csrf") or self.request.headers.get("x-csrf-token", "")
        if self.session is not None:
            good = self.session.proves(given)
        else:
            known = self.request.cookies.get(FORM_COOKIE, "")
            good = bool(known) and hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogatepass"))
        if not good:
            raise ForeignForm("this form is out of date, or another site's: open the page again and send it from there")

    def show(self, template: str, page: str = "", status: int = 200, **facts: Any) -> Response:
        """A page, or the part of one that its template is."""
        fresh = None
        csrf = self.session.csrf if self.session else self.request.cookies.get(FORM_COOKIE, "")
        if self.session is None and not csrf:
            csrf = fresh = secrets.token_urlsafe(24)
        text = environment().get_template(template).render(**self._told(page, csrf), **facts)
        answer = HTMLResponse(text, status, HEADERS)
        if fresh is not None:
            secure = self.request.url.scheme == "https"
            answer.set_cookie(FORM_COOKIE, fresh, path="/", httponly=True, samesite="strict", secure=secure)
        return answer

    def _told(self, page: str, csrf: str) -> Mapping[str, Any]:
        menu = [(key, where, text) for key, where, text, scope in MENU if self.may(scope)]  # type: ignore[arg-type]
        return {
            "page": page,
            "csrf": csrf,
            "made_from": self.made_from,
            "person": None if self.session is None else self.session.person,
            "may": self.may,
            "passwords": self.site.service.passwords,
            "menu": menu,
            "looks": self.site.looks,
            "workspace": wording.clean(self.site.project.name) or "Weatherglass",
            "zone": self.site.project.timezone,
            "asked": self.asked,
            "partial": self.partial,
        }

    def go(self, where: str, said: str = "") -> Response:
        """Send the browser to another page, with a sentence to show there."""
        mark = "&" if "?" in where else "?"
        target = f"{where}{mark}said={quote(said)}" if said else where
        return RedirectResponse(target, 303, {"cache-control": "no-store"})

    def let_in(self, cookie: str, where: str) -> Response:
        """Send the browser on with the session's cookie."""
        answer = self.go(where)
        secure = self.request.url.scheme == "https"
        answer.set_cookie(COOKIE, cookie, path="/", httponly=True, samesite="lax", secure=secure)
        answer.delete_cookie(FORM_COOKIE, path="/", httponly=True, samesite="strict")
        return answer
