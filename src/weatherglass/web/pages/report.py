"""The executive report: one page to print, for any choice of accounts and any two days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views import listing
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.portfolio import Portfolio, departed, portfolio
from weatherglass.jobs.views.standing import Standing
from weatherglass.reports import wording
from weatherglass.web.pages.filters import filters, offered
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit

SHOWN = 10
CURRENT = Choice(left=False)
"""Whom the report is of: who has left is a number of it, and not in its tiers."""


@dataclass(frozen=True)
class Found:
    """Everything on the page."""

    now: Portfolio
    last: dt.date
    before: dict[str, int]
    """Accounts by tier on the earlier day, of those with a row on both."""
    mean_before: float | None
    better: int
    worse: int
    needing: list[dict[str, Any]]
    """Accounts below the best tier, the most revenue at risk first."""
    lede: str
    left: int
    """Customers of the choice who have left between the two days."""


def report_page(visit: Visit) -> Response:
    """The report of the chosen accounts between two days; the last four weeks when none are said."""
    chosen = filters(visit)
    if chosen.choice.left is None and not chosen.wrong:
        chosen = replace(chosen, choice=replace(chosen.choice, left=False))
    days, wrong = _days(visit)
    shared: dict[str, Any] = {"filters": chosen, "wrong": wrong, "title": _title(chosen.given)}
    try:
        found = _known(visit.site, chosen.choice, days)
    except UnknownAccount as error:
        if not any(days):
            return visit.show("report.html", "report", **shared, found=None)
        raise error from None
    return visit.show(
        "report.html",
        "report",
        **shared,
        found=found,
        offered=visit.site.remembered("offered", offered),
        renewals=_renewals(visit, found.now),
        cards=" and ".join(f"the scorecard {card.name}" for card in visit.site.project.scorecards),
    )


def _known(site: Site, choice: Choice, days: tuple[dt.date | None, dt.date | None]) -> Found:
    tiers = {tier: tier not in site.looks.best for tier in site.looks.tiers}
    return site.remembered(("report", repr(choice), days), lambda standing: _found(standing, choice, days, tiers))


def warm(site: Site) -> None:
    """The report of all accounts of the last four weeks."""
    _known(site, CURRENT, (None, None))


def _days(visit: Visit) -> tuple[tuple[dt.date | None, dt.date | None], str]:
    found: list[dt.date | None] = []
    for name in ("as_of", "versus"):
        text = visit.asked(name)
        try:
            day = dt.date.fromisoformat(text) if text else None
        except ValueError:
            return (None, None), f"{text[:40]!r} is no day; the last four weeks are shown."
        found.append(day if day is None or 1990 <= day.year < 2100 else None)
    as_of, versus = found
    if as_of is not None and versus is not None and versus >= as_of:
        return (as_of, None), "The first day is not before the last; four weeks are shown."
    return (as_of, versus), ""


def _title(given: dict[str, Any]) -> str:
    return ", ".join(str(value) for name in ("segment", "owner") for value in given.get(name, []))


def _found(
    standing: Standing, choice: Choice, days: tuple[dt.date | None, dt.date | None], tiers: dict[str, bool]
) -> Found:
    """tiers: lowest first, and whether an account of it is one at risk."""
    left = departed(standing, choice, *days)
    now = portfolio(standing, choice, *days)
    before: dict[str, int] = {}
    better = worse = 0
    rank = {tier: place for place, tier in enumerate(tiers)}
    for flow in now.flows:
        before[flow["tier_before"]] = before.get(flow["tier_before"], 0) + flow["accounts"]
        was, then = rank.get(flow["tier_before"]), rank.get(flow["tier"])
        if was is not None and then is not None:
            better += flow["accounts"] * (then > was)
            worse += flow["accounts"] * (then < was)
    mean = standing.store.engine.row("SELECT avg(score_before) FROM chosen")[0]
    risky = choice if choice.tier else replace(choice, tier=tuple(tier for tier, at_risk in tiers.items() if at_risk))
    asked = listing.Asked(now.as_of, now.versus, risky, "risk", descending=True, limit=SHOWN)
    rows = [row for row in listing.page(standing, asked).rows if row["score"] is not None and row["revenue"]]
    return Found(now, standing.day(), before, mean, better, worse, rows, _lede(now, better, worse), left)


def _lede(now: Portfolio, better: int, worse: int) -> str:
    """The report in two sentences."""
    if not now.accounts:
        return "There is no account in this choice."
    scored = [row for row in now.tiers if row["rank"] >= 0]
    best, lowest = (scored[0], scored[-1]) if scored else (None, None)
    if best is None or lowest is None:
        return f"{wording.count(now.accounts, 'account')}, none of them scored."
    first = (
        f"{best['accounts']:,} of {wording.count(now.accounts, 'account')} {_are(best['accounts'])} "
        f"{wording.clean(best['tier'])}, "
        f"with {wording.money_short(best['revenue'])} of {wording.money_short(now.revenue)} yearly revenue"
    )
    if lowest is not best:
        first += f"; {lowest['accounts']:,} with {wording.money_short(lowest['revenue'])} {_are(lowest['accounts'])} "
        first += wording.clean(lowest["tier"])
    return f"{first}. In this time {better:,} moved to a better tier and {worse:,} to a worse one."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _renewals(visit: Visit, now: Portfolio) -> dict[str, Any]:
    looks = visit.site.looks
    months = sorted({row["month"] for row in now.renewals})
    due = {(row["month"], row["tier"]): row["revenue"] for row in now.renewals}
    tiers = [*looks.tiers, *sorted({row["tier"] for row in now.renewals} - set(looks.tiers))]
    series = [
        {"name": one, "rank": looks.rank(one), "values": [due.get((month, one), 0) for month in months]}
        for one in tiers
    ]
    return {"labels": months, "series": series}


DOORS = (Door("/report", report_page),)
