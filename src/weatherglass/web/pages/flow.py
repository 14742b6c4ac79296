"""How accounts went from tier to tier between two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.flows import Flows, flows
from weatherglass.jobs.views.standing import Standing
from weatherglass.web.pages.filters import filters
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit

MONTH = dt.timedelta(days=28)


@dataclass(frozen=True)
class Flow:
    """Accounts and revenue by the tier that was and the tier that is."""

    since: dt.date
    until: dt.date
    last: dt.date
    """The last day that could be asked for."""
    tiers: Sequence[str]
    """Lowest first; those of no card any more and unscored after them."""
    cells: dict[tuple[str, str], dict[str, Any]]
    better: int
    worse: int
    came: int
    """Accounts without a row on the first day."""


def flow(now: Flows, last: dt.date, tiers: Sequence[str]) -> Flow:
    """The flow between two days as a table. tiers: those of all cards, lowest first."""
    cells = {(row["tier_before"], row["tier"]): row for row in now.flows}
    rank = {tier: place for place, tier in enumerate(tiers)}
    others = sorted({tier for pair in cells for tier in pair} - rank.keys())
    moved = [
        (rank[then] - rank[was], row["accounts"]) for (was, then), row in cells.items() if was in rank and then in rank
    ]
    return Flow(
        since=now.versus,
        until=now.as_of,
        last=last,
        tiers=[*tiers, *others],
        cells=cells,
        better=sum(accounts for by, accounts in moved if by > 0),
        worse=sum(accounts for by, accounts in moved if by < 0),
        came=now.accounts - sum(row["accounts"] for row in now.flows),
    )


def flow_part(visit: Visit) -> Response:
    """The flow between two days of one's choice; of the last four weeks where these cannot be read."""
    chosen, tiers = filters(visit), visit.site.looks.tiers
    since, until = _day(visit.asked("since")), _day(visit.asked("until"))
    wrong = ""
    if since is None or until is None or since >= until:
        since = until = None
        wrong = "Choose two days, the earlier one first; the last four weeks are shown." if visit.asked("since") else ""
    try:
        found = _found(visit, chosen.choice, (since, until), tiers)
    except UnknownAccount as error:
        if until is None:
            raise
        found, wrong = _found(visit, chosen.choice, (None, None), tiers), f"{error}; the last four weeks are shown."
    template = "parts/flow.html" if visit.partial else "flow.html"
    return visit.show(template, "portfolio", flow=found, filters=chosen, wrong=wrong)


def _found(visit: Visit, choice: Choice, days: tuple[dt.date | None, dt.date | None], tiers: Sequence[str]) -> Flow:
    since, until = days

    def read(standing: Standing) -> Flow:
        last = standing.day()
        return flow(flows(standing, choice, until or last, since or last - MONTH), last, tiers)

    return visit.site.remembered(("flow", repr(choice), days), read)


def _day(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year < 2100 else None


DOORS = (Door("/portfolio/flow", flow_part),)
