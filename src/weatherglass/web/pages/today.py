"""Today: who needs someone, in order, with the reason and a first step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.attention import FORMULA, Attention, attention
from weatherglass.jobs.choosing import Choice
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.reasons import Reason, reasons, silent_users
from weatherglass.jobs.standing import Standing
from weatherglass.web.pages.advice import advice
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit

SIZE = 20
MOST_PAGES = 500


@dataclass(frozen=True)
class Found:
    """A page of the list with its reasons."""

    list: Attention
    reasons: dict[str, Reason]
    silent: dict[str, tuple[int, int]]


def today(visit: Visit) -> Response:
    """The list of whom it is asked for: mine, one owner's, or everyone's."""
    person = visit.session.person if visit.session else None
    owners = visit.site.remembered("owners", _owners)
    mine = tuple(one for one in owners if person and one.casefold().strip() in _names(person))
    whose = visit.asked("whose") or ("mine" if mine else "all")
    chosen = mine if whose == "mine" else (visit.asked("owner"),) if whose == "owner" else ()
    page = _page(visit.asked("page"))
    facts: dict[str, Any] = {
        "formula": FORMULA,
        "advice": advice,
        "whose": whose,
        "owners": owners,
        "mine": mine,
        "owner": visit.asked("owner"),
    }
    if whose == "mine" and not mine:
        return visit.show("today.html", "today", **facts, found=None, why="nobody")
    question = ("today", chosen, page)
    try:
        found = visit.site.remembered(question, lambda standing: _found(standing, Choice(owner=chosen), page))
    except UnknownAccount:
        return visit.show("today.html", "today", **facts, found=None, why="empty")
    pages = min(MOST_PAGES, max(1, -(-found.list.accounts // SIZE)))
    shown: dict[str, Any] = {"found": found, "why": "", "number": page, "pages": pages}
    return visit.show("today.html", "today", **facts, **shown)


def _found(standing: Standing, choice: Choice, page: int) -> Found:
    listed = attention(standing, choice, page, SIZE)
    shown = [row["account_id"] for row in listed.rows]
    why = reasons(standing.store, shown, listed.as_of, listed.versus) if standing.open_day is None else {}
    return Found(listed, why, silent_users(standing.store, shown, listed.as_of))


def _owners(standing: Standing) -> list[str]:
    rows = standing.store.engine.rows("SELECT DISTINCT owner FROM accounts WHERE owner <> '' ORDER BY 1 LIMIT 500")
    return [owner for (owner,) in rows]


def _names(person: Any) -> set[str]:
    return {person.email.casefold(), person.name.casefold().strip(), person.email.casefold().partition("@")[0]}


def _page(text: str) -> int:
    return min(MOST_PAGES, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


DOORS = (Door("/", today),)
