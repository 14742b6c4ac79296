"""Signing in and out, and the first admin."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from weatherglass.state import StateError, TooMany, Unfit
from weatherglass.state.actor import SERVICE
from weatherglass.web.api.access import COOKIE
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit


def sign_in_page(visit: Visit) -> Response:
    """The form; whoever is signed in already goes on."""
    if visit.session is not None:
        return visit.go(_inside(visit.asked("next")))
    if not visit.site.service.state.people.all():
        return visit.show("locked.html")
    return visit.show("login.html", next=_inside(visit.asked("next")), email="", wrong="")


def sign_in(visit: Visit) -> Response:
    """Check address and password."""
    email, password = visit.form.text("email"), visit.form.secret("password")
    following = _inside(visit.form.text("next"))
    address, agent = _from(visit)
    try:
        done = visit.site.service.state.sessions.sign_in(email[:320], password[:1024], address, agent)
    except TooMany as error:
        return visit.show("login.html", status=429, next=following, email=email, wrong=_capital(error))
    if done is None:
        wrong = "No one signs in with this address and this password."
        return visit.show("login.html", status=401, next=following, email=email, wrong=wrong)
    return visit.let_in(done[1], following)


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
    if form.secret("password") != form.secret("again"):
        return _setup(visit, "The two passwords differ.", 422)
    try:
        person = state.people.create(SERVICE, form.text("email"), form.text("name"), "admin", form.secret("password"))
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
    Door("/logout", sign_out, "read", "POST"),
    Door("/enter", enter, "nobody"),
    Door("/setup", setup_page, "nobody"),
    Door("/setup", setup, "nobody", "POST"),
)
