"""Settings: people and their roles, keys and tokens, jobs, and the audit log."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.responses import Response

from weatherglass.state import Unfit
from weatherglass.state.credentials import Credentials
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit

ROLES = {"viewer": "reads everything", "csm": "also sets tiers", "admin": "also manages people, keys and scorecards"}
SENDS = {"events": "events only, for websites and apps", "intake": "events, and rows of all tables"}
SCOPES = {"read": "reads everything", "write": "also sends rows and sets tiers", "admin": "may do everything"}
TABS = (
    ("/settings", "People"),
    ("/settings/keys", "Keys and tokens"),
    ("/settings/channels", "Channels"),
    ("/settings/playbooks", "Playbooks"),
    ("/settings/segments", "Segments"),
    ("/settings/jobs", "Jobs"),
    ("/settings/audit", "Audit log"),
)
SIZE = 50
JOBS = {"score": "Score every account now", "snapshot": "Publish the snapshot"}
GRACE = dt.timedelta(days=1)


def show_settings(visit: Visit, template: str, here: str = "", **facts: Any) -> Response:
    """A page of the settings, below their tabs. here: the tab that it belongs to, where it is not its own."""
    return visit.show(template, "settings", tabs=TABS, here=here or visit.request.url.path, **facts)


def people_page(visit: Visit) -> Response:
    """Everyone, also those who may no longer sign in."""
    found = visit.site.service.state.people.all()
    teams = sorted({one.team for one in found if one.team})
    return show_settings(visit, "settings/people.html", people=found, roles=ROLES, teams=teams)


def add_person(visit: Visit) -> Response:
    """Let someone in."""
    form = visit.form
    made = visit.site.service.state.people.create(
        visit.actor, form.text("email"), form.text("name"), _role(form.text("role")), form.secret("password") or None
    )
    return visit.go("/settings", f"{made.name} may sign in as {made.role}.")


def change_person(visit: Visit) -> Response:
    """Another role, another team, another password, or locked out."""
    form, people = visit.form, visit.site.service.state.people
    number = _number(form.text("person"))
    before = people.get(number)
    done = form.text("do")
    if done == "role":
        people.change(visit.actor, number, role=_role(form.text("role")))
        said = f"{before.name} is {form.text('role')} now."
    elif done == "team":
        team = people.change(visit.actor, number, team=form.text("team")).team
        said = f"{before.name} is in the team {team} now." if team else f"{before.name} is in no team now."
    elif done == "password":
        people.set_password(visit.actor, number, form.secret("password"))
        said = f"{before.name} has another password, and was signed out everywhere."
    elif done in {"lock", "unlock"}:
        people.change(visit.actor, number, active=done == "unlock")
        said = f"{before.name} may {'sign in again' if done == 'unlock' else 'no longer sign in'}."
    else:
        raise Unfit("choose what is to be changed")
    return visit.go("/settings", said)


def _role(text: str) -> Any:
    if text not in ROLES:
        raise Unfit(f"a role is one of {', '.join(ROLES)}")
    return text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def keys_page(visit: Visit) -> Response:
    """Write keys and API tokens."""
    return _keys(visit, "", "")


def _keys(visit: Visit, secret: str, name: str) -> Response:
    state = visit.site.service.state
    kinds = (("key", "Write keys", state.keys.all()), ("token", "API tokens", state.tokens.all()))
    told = {"key": SENDS, "token": SCOPES}
    return show_settings(visit, "settings/keys.html", kinds=kinds, secret=secret, named=name, scopes=told)


def change_key(visit: Visit) -> Response:
    """Make, rotate or revoke one; a new secret stands on this page and nowhere again."""
    form, kind = visit.form, _kind(visit)
    done, number = form.text("do"), _number(form.text("number"))
    if done == "revoke":
        gone = kind.revoke(visit.actor, number)
        return visit.go("/settings/keys", f"{gone.name} counts no longer.")
    if done == "rotate":
        made, secret = kind.rotate(visit.actor, number, GRACE)
    elif done == "make":
        made, secret = kind.create(visit.actor, form.text("name"), form.text("scope") or None)
    else:
        raise Unfit("choose what is to be done")
    return _keys(visit, secret, made.name)


def _kind(visit: Visit) -> Credentials:
    state = visit.site.service.state
    return state.tokens if visit.form.text("kind") == "token" else state.keys


def jobs_page(visit: Visit) -> Response:
    """The ledger of jobs, the newest first."""
    found = visit.site.service.state.ledger.all(None, SIZE)
    return show_settings(visit, "settings/jobs.html", jobs=found, kinds=JOBS)


def ask_job(visit: Visit) -> Response:
    """Have something done now."""
    kind = visit.form.text("kind")
    if kind not in JOBS:
        raise Unfit(f"a job is one of {', '.join(JOBS)}")
    visit.site.service.runner.ask(visit.actor, kind, {})
    return visit.go("/settings/jobs", f"{JOBS[kind]}: asked for.")


def audit_page(visit: Visit) -> Response:
    """Everything that people and programs have changed, page by page."""
    before = _number(visit.asked("before")) or None
    found = visit.site.service.state.audit.entries(before, SIZE + 1)
    following = found[SIZE - 1].id if len(found) > SIZE else None
    return show_settings(visit, "settings/audit.html", entries=found[:SIZE], following=following, before=before)


DOORS = (
    Door("/settings", people_page, "admin"),
    Door("/settings/people", add_person, "admin", "POST"),
    Door("/settings/person", change_person, "admin", "POST"),
    Door("/settings/keys", keys_page, "admin"),
    Door("/settings/keys", change_key, "admin", "POST"),
    Door("/settings/jobs", jobs_page, "admin"),
    Door("/settings/jobs", ask_job, "admin", "POST"),
    Door("/settings/audit", audit_page, "admin"),
)
