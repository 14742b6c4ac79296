"""Signing in, with a password or at the provider of single sign-on, signing out, and the first admin."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from starlette.responses import Response

from weatherglass.state import StateError, TooMany, Unfit
from weatherglass.state.actor import SERVICE
from weatherglass.state.errors import NotFound, Taken
from weatherglass.state.identities import Identities
from weatherglass.web.api.access import COOKIE
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit
from weatherglass.web.sso.pending import SECONDS
from weatherglass.web.sso.refused import Refused
from weatherglass.web.sso.sign_on import BACK

WAY_COOKIE = "weatherglass_way"
"""On the way to the provider and back: which browser it was that began."""
log = structlog.get_logger("weatherglass.signing")


def sign_in_page(visit: Visit) -> Response:
    """The form; whoever is signed in already goes on."""
    if visit.session is not None:
        return visit.go(_inside(visit.asked("next")))
    if not visit.site.service.state.people.all():
        return visit.show("locked.html")
    return _form(visit, _inside(visit.asked("next")))


def _form(visit: Visit, following: str, wrong: str = "", email: str = "", status: int = 200) -> Response:
    way = visit.site.service.sign_on
    other = None if way is None else way.name
    return visit.show("login.html", status=status, next=following, email=email, wrong=wrong, other=other)


def sign_in(visit: Visit) -> Response:
    """Check address and password."""
    if not visit.site.service.passwords:
        return _form(visit, _inside(visit.form.text("next")), "Passwords are switched off here.", status=403)
    email, password = visit.form.text("email"), visit.form.secret("password")
    following = _inside(visit.form.text("next"))
    address, agent = _from(visit)
    try:
        done = visit.site.service.state.sessions.sign_in(email[:320], password[:1024], address, agent)
    except TooMany as error:
        return _form(visit, following, _capital(error), email, 429)
    if done is None:
        wrong = "No one signs in with this address and this password."
        return _form(visit, following, wrong, email, 401)
    return visit.let_in(done[1], following)


def to_provider(visit: Visit) -> Response:
    """Send the browser to the provider of single sign-on."""
    way, following = visit.site.service.sign_on, _inside(visit.asked("next"))
    if way is None:
        raise NotFound("there is no single sign-on here")
    try:
        where, attempt = way.begin(following, str(visit.request.base_url))
    except Refused as error:
        log.warning("single sign-on", error=str(error))
        return _form(visit, following, _capital(error), status=502)
    answer = visit.go(where)
    secure = visit.request.url.scheme == "https"
    # lax, because it is another site that sends the browser back
    answer.set_cookie(
        WAY_COOKIE, attempt.cookie, int(SECONDS), path="/login", httponly=True, samesite="lax", secure=secure
    )
    return answer


def from_provider(visit: Visit) -> Response:
    """Somebody comes back from the provider."""
    service = visit.site.service
    if service.sign_on is None:
        raise NotFound("there is no single sign-on here")
    try:
        known, following = service.sign_on.finish(visit.request.query_params, visit.request.cookies.get(WAY_COOKIE, ""))
        person = Identities(service.state).person(known, create=service.sign_on.creates)
    except (Refused, Unfit, NotFound, Taken) as error:
        log.warning("single sign-on", error=str(error))
        answer = _form(visit, "/", _capital(error), status=403)
    else:
        answer = visit.let_in(service.state.sessions.begin(person, *_from(visit))[1], following)
    answer.delete_cookie(WAY_COOKIE, path="/login", httponly=True, samesite="lax")
    return answer


def sign_out(visit: Visit) -> Response:
    """End the session."""
    assert visit.session is not None
    visit.site.service.state.sessions.end(visit.session)
    answer = visit.go("/login")
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return answer


def enter(visit: Visit) -> Response:
    """The address that the terminal shows signs in, as long as the process runs."""
    state = visit.site.service.state
    number = visit.site.codes.lets_in(visit.asked("code"))
    if number is None:
        told = "This address is of another run of the service, or of none. Sign in, or look at the terminal."
        return visit.show("sorry.html", status=403, title="Not this time", told=told)
    if visit.session is not None and visit.session.person.id == number:
        return visit.go("/")
    return visit.let_in(state.sessions.begin(state.people.get(number), *_from(visit))[1], "/")


def setup_page(visit: Visit) -> Response:
    """The first-run wizard's first step: the admin."""
    return _setup(visit, "", 200)


def _setup(visit: Visit, wrong: str, status: int) -> Response:
    code = visit.asked("code") or visit.form.text("code")
    if visit.site.service.state.people.all():
        told = "The first admin is there already. Sign in, or have an admin let you in."
        return visit.show("sorry.html", status=403, title="Already set up", told=told)
    if not visit.site.codes.is_setup(code):
        return visit.show("locked.html", status=403)
    kept = {name: visit.form.text(name) for name in ("name", "email")}
    return visit.show("setup.html", status=status, code=code, wrong=wrong, kept=kept)


def setup(visit: Visit) -> Response:
    """Make the first admin, and sign them in."""
    state, form = visit.site.service.state, visit.form
    if state.people.all() or not visit.site.codes.is_setup(form.text("code")):
        return _setup(visit, "", 403)
    password = form.secret("password") if visit.site.service.passwords else None
    if password is not None and password != form.secret("again"):
        return _setup(visit, "The two passwords differ.", 422)
    try:
        person = state.people.create(SERVICE, form.text("email"), form.text("name"), "admin", password)
    except (Unfit, StateError) as error:
        return _setup(visit, _capital(error), 422)
    return visit.let_in(state.sessions.begin(person, *_from(visit))[1], "/connect")


def _from(visit: Visit) -> tuple[str, str]:
    client = visit.request.client
    return (client.host if client else ""), visit.request.headers.get("user-agent", "")


def _capital(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _inside(where: str) -> str:
    """An address of ours; another becomes the first page."""
    parts = urlsplit(where)
    ours = where.startswith("/") and not where.startswith(("//", "/\\")) and not parts.netloc and "\\" not in where
    return where if ours and where.isprintable() else "/"


DOORS = (
    Door("/login", sign_in_page, "nobody"),
    Door("/login", sign_in, "nobody", "POST"),
    Door("/login/sso", to_provider, "nobody"),
    Door(BACK, from_provider, "nobody"),
    Door("/logout", sign_out, "read", "POST"),
    Door("/enter", enter, "nobody"),
    Door("/setup", setup_page, "nobody"),
    Door("/setup", setup, "nobody", "POST"),
)
