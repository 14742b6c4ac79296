"""Renewals ahead with two opinions, the score's and a person's; and who was right where they disagreed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from weatherglass.jobs.acting.renewing import Ahead, opinion, renewals
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.standing import Standing
from weatherglass.reports import wording
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.today import owners
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.whose import Whose, whose

SPANS = (30, 60, 90, 120, 365)
USUAL = 120
"""Days ahead."""
SIZE = 50
MOST_DECIDED = 50
LONGEST_NOTE = 2000


def renewals_page(visit: Visit) -> Response:
    """The renewals of the next days, the soonest first."""
    chosen = whose(visit, visit.site.remembered("owners", owners))
    days, number = _days(visit.asked("days")), _number(visit.asked("page"))
    facts: dict[str, Any] = {"whose": chosen, "days": days, "spans": SPANS, "given": {"days": _given(days)}}
    opinions = visit.site.service.state.plays.opinions()
    try:
        found = visit.site.look(lambda standing: renewals(standing, opinions, days))
    except UnknownAccount:
        return visit.show("renewals.html", "today", **facts, found=None)
    mine = [one for one in found.renewals if _is_of(one, chosen)]
    pages = max(1, -(-len(mine) // SIZE))
    number = min(number, pages)
    decided = found.disagreements[:MOST_DECIDED]
    ids = sorted({one.account_id for one in decided})
    facts |= {
        "found": found,
        "today": visit.site.today(),
        "total": len(mine),
        "apart": sum(one.agree is False for one in mine),
        "rows": mine[(number - 1) * SIZE : number * SIZE],
        "number": number,
        "pages": pages,
        "decided": decided,
        "names": visit.site.look(lambda standing: _names(standing, ids)) if ids else {},
    }
    return visit.show("renewals.html", "today", **facts)


def say(visit: Visit) -> Response:
    """Keep how a person sees a renewal, beside what is computed now."""
    account_id, tier = visit.form.secret("id"), visit.form.text("tier")
    note = visit.form.text("note")[:LONGEST_NOTE]
    row = visit.site.look(lambda standing: opinion(standing, account_id, tier, note))
    visit.site.service.state.plays.think(visit.actor, row)
    given = {name: visit.form.text(name) for name in ("whose", "owner", "page", "days")}
    asked = urlencode({name: value for name, value in given.items() if value})
    said = f"Kept: you see its renewal {wording.label(tier)}; the score says {wording.label(row['computed_tier'])}."
    return visit.go(f"/renewals?{asked}" if asked else "/renewals", said)


def _is_of(one: Ahead, chosen: Whose) -> bool:
    return not chosen.nobody and (not chosen.names or one.owner in chosen.names)


def _days(text: str) -> int:
    return next((one for one in SPANS if str(one) == text), USUAL)


def _given(days: int) -> str:
    return "" if days == USUAL else str(days)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _names(standing: Standing, accounts: list[str]) -> dict[str, str]:
    query = "SELECT account_id, name FROM accounts WHERE list_contains(?, account_id)"
    return dict(standing.store.engine.rows(query, [accounts]))


DOORS = (
    Door("/renewals", renewals_page),
    Door("/renewals", say, "write", "POST"),
)
