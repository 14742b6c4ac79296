"""Today: who needs someone, in order, with the reason and a first step; taking, putting off, done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.account import account
from weatherglass.jobs.views.attention import FORMULA, Attention, Ranking, ranking
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.reasons import Reason, reasons, silent_users
from weatherglass.jobs.views.setting_aside import RULE, Aside, seen, set_aside
from weatherglass.jobs.views.standing import Standing
from weatherglass.reports import wording
from weatherglass.state import Unfit
from weatherglass.state.decisions import KINDS, LONGEST, Decision
from weatherglass.web.pages.advice import advice
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.whose import Whose, whose

Why = tuple[Reason | None, tuple[int, int] | None]
"""Of an account: the reason, and how many of its regular users are gone, of how many."""
SIZE = 20
MOST_PAGES = 500
MOST_ASIDE = 100
MOST_OWNERS = 200
TOGETHER = 500
"""Accounts whose reasons are worked out in one go."""
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Found:
    """A page of the list with its reasons."""

    list: Attention
    reasons: dict[str, Reason]
    silent: dict[str, tuple[int, int]]


def today(visit: Visit) -> Response:
    """The list of whom it is asked for: mine, my team's, one owner's, or everyone's."""
    chosen = whose(visit, visit.site.remembered("owners", owners))
    page = _page(visit.asked("page"))
    facts: dict[str, Any] = {"formula": FORMULA, "rule": RULE, "advice": advice, "whose": chosen}
    if chosen.nobody:
        return visit.show("today.html", "today", **facts, found=None, why="nobody")
    decisions = visit.site.service.state.decisions.current()
    try:
        aside = _aside(visit, decisions)
        found = _list(visit, chosen, page, aside)
    except UnknownAccount:
        return visit.show("today.html", "today", **facts, found=None, why="empty")
    shown = [row["account_id"] for row in found.list.rows]
    facts |= {
        "found": found,
        "why": "",
        "number": page,
        "pages": min(MOST_PAGES, max(1, -(-found.list.accounts // SIZE))),
        "taken": {one.account_id: one for one in decisions if one.kind == "taken"},
        "back": aside.back,
        "decided": {one.account_id: one for one in decisions},
        "hidden": _hidden(visit, chosen, aside),
        "tasks": visit.site.service.state.tasks.first_of(shown),
        "today": visit.site.today(),
        "usual": visit.site.today() + WEEK,
        "latest": visit.site.today() + LONGEST,
    }
    return visit.show("parts/needs.html" if visit.partial else "today.html", "today", **facts)


def _aside(visit: Visit, decisions: list[Decision]) -> Aside:
    alerts, day = visit.site.service.state.episodes.last_opened(), visit.site.today()
    put = tuple(one.id for one in decisions)
    known = tuple(sorted((account, day) for account, day in alerts.items()))
    question = ("aside", put, hash(known), day)
    return visit.site.remembered(question, lambda standing: set_aside(standing, decisions, alerts, day))


def _list(visit: Visit, chosen: Whose, page: int, aside: Aside) -> Found:
    return listed(visit.site, chosen.names, page, tuple(sorted(aside.hidden)))


def listed(site: Site, names: tuple[str, ...], page: int, hidden: tuple[str, ...]) -> Found:
    """A page of the list of some owners, or of everyone."""
    found = _ranking(site, names).page(page, SIZE, hidden)
    shown = [row["account_id"] for row in found.rows]
    why = _why(site, shown, found.as_of, found.versus)
    return Found(found, {one: reason for one, (reason, _) in why.items() if reason is not None}, _silent(why))


def _ranking(site: Site, names: tuple[str, ...]) -> Ranking:
    return site.remembered(("today", names), lambda standing: ranking(standing, Choice(owner=names)))


def _why(site: Site, shown: list[str], day: dt.date, before: dt.date) -> dict[str, Why]:
    # who puts one account off has the reasons of the others already
    return site.remembered_each("reason", shown, lambda standing, asked: _reasons(standing, asked, day, before))


def _reasons(standing: Standing, asked: list[str], day: dt.date, before: dt.date) -> dict[str, Why]:
    why = reasons(standing.store, asked, day, before, standing.at_hand) if standing.open_day is None else {}
    silent = silent_users(standing.store, asked, day)
    return {one: (why.get(one), silent.get(one)) for one in asked}


def _silent(why: dict[str, Why]) -> dict[str, tuple[int, int]]:
    return {one: silent for one, (_, silent) in why.items() if silent is not None}


def _hidden(visit: Visit, chosen: Whose, aside: Aside) -> list[tuple[Decision, dict[str, Any]]]:
    """The decisions that keep accounts of this choice from the list, the last made first, with who it is."""
    if not aside.hidden:
        return []
    rows = visit.site.look(lambda standing: _called(standing, list(aside.hidden)))
    mine = [
        (one, rows[name])
        for name, one in aside.hidden.items()
        if name in rows and (not chosen.names or rows[name]["owner"] in chosen.names)
    ]
    return sorted(mine, key=lambda pair: -pair[0].id)[:MOST_ASIDE]


def _called(standing: Standing, accounts: list[str]) -> dict[str, dict[str, Any]]:
    query = "SELECT account_id, name, owner FROM accounts WHERE list_contains(?, account_id)"
    return {row["account_id"]: row for row in standing.store.engine.arrow(query, [accounts]).to_pylist()}


def owners(standing: Standing) -> list[str]:
    """Whose accounts there are."""
    rows = standing.store.engine.rows("SELECT DISTINCT owner FROM accounts WHERE owner <> '' ORDER BY 1 LIMIT 500")
    return [owner for (owner,) in rows]


def warm(site: Site) -> None:
    """Everyone's list and each owner's: the order, and the reasons of those on top."""
    known = site.remembered("owners", owners)[:MOST_OWNERS]
    found = [_ranking(site, names) for names in ((), *((one,) for one in known))]
    shown = [row["account_id"] for one in found for row in one.page(1, SIZE).rows]
    for low in range(0, len(shown), TOGETHER):
        _why(site, list(dict.fromkeys(shown[low : low + TOGETHER])), found[0].as_of, found[0].versus)


def _page(text: str) -> int:
    return min(MOST_PAGES, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def decide(visit: Visit) -> Response:
    """Take an account, put it off until a day, or say that it is done."""
    account_id, kind = visit.form.secret("id"), visit.form.text("do")
    if kind not in KINDS:
        raise Unfit(f"an account of Today is {', '.join(KINDS)}")
    known, now = visit.site.look(lambda standing: (account(standing.store, account_id), seen(standing, account_id)))
    made = visit.site.service.state.decisions.make(
        visit.actor, account_id, kind, now, visit.site.today(), day_of(visit.form.text("until"))
    )
    name = wording.clean(known.attributes["name"], 60) or wording.clean(account_id, 60)
    said = f"{name} is yours." if kind == "taken" else f"{name} is {kind}, and back on {wording.day(made.until)}."
    return visit.go(_back(visit, undo=str(made.id)), said)


def undo(visit: Visit) -> Response:
    """Take a decision back."""
    done = visit.site.service.state.decisions.undo(visit.actor, number_of(visit.form.text("decision")))
    return visit.go(_back(visit), f"It is not {done.kind} any more.")


def _back(visit: Visit, **more: str) -> str:
    """The list that the form stood on."""
    given = {name: visit.form.text(name) for name in ("whose", "owner", "page")} | more
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"/?{asked}" if asked else "/"


def number_of(text: str) -> int:
    """A number of a row; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def day_of(text: str) -> dt.date | None:
    """A day that can be believed."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year < 2100 else None


DOORS = (
    Door("/", today),
    Door("/today/decide", decide, "write", "POST"),
    Door("/today/undo", undo, "write", "POST"),
)
