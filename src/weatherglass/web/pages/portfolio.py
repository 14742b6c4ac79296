"""The portfolio: how all the chosen accounts stand, and the list of them, sorted and paged where the data is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views import listing
from weatherglass.jobs.views.choosing import EVERYONE, Choice
from weatherglass.jobs.views.flows import Flows, trend
from weatherglass.jobs.views.portfolio import Portfolio, portfolio
from weatherglass.jobs.views.spreadsheet import spreadsheet
from weatherglass.jobs.views.standing import TEXTS, Standing
from weatherglass.signals.catalogue import DIMENSIONS
from weatherglass.web.api import paging
from weatherglass.web.api.problems import Problem
from weatherglass.web.pages import movers, views
from weatherglass.web.pages.filters import Filters, filters, offered
from weatherglass.web.pages.flow import Flow, flow
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit

SIZE = 50
WEEKS = 26
MONTH = dt.timedelta(days=28)
COLUMNS = {
    "score": "Score",
    "change": "In 28 days",
    "tier": "Tier",
    "revenue": "Revenue",
    "risk": "At risk",
    "renewal_date": "Renewal",
    "owner": "Owner",
    "segment": "Segment",
    "plan": "Plan",
    "region": "Region",
    "industry": "Industry",
    "seats": "Seats",
    "lifecycle": "Lifecycle",
    "confidence": "Confidence",
    "created_at": "Since",
    "acquisition_campaign": "Campaign",
    **{f"dim_{name}": name.replace("_", " ").capitalize() for name in DIMENSIONS},
}
USUAL = ("score", "change", "tier", "revenue", "renewal_date", "owner", "segment")
NUMBERS = frozenset(
    {"score", "change", "revenue", "risk", "seats", "confidence", *(f"dim_{one}" for one in DIMENSIONS)}
)
"""Columns that are sorted from the top first."""


@dataclass(frozen=True)
class Overview:
    """The pictures above the list."""

    now: Portfolio
    trend: list[dict[str, Any]]
    flow: Flow


def portfolio_page(visit: Visit) -> Response:
    """The whole page, or the list alone where htmx asks for it. Pictures that nobody has asked for come after it."""
    chosen = filters(visit)
    columns = _columns(visit)
    try:
        facts = {**_list(visit, chosen), "columns": columns}
    except UnknownAccount:
        return visit.show("portfolio.html", "portfolio", list=None, filters=chosen, offered={})
    if visit.partial:
        return visit.show("parts/accounts.html", "portfolio", **facts)
    overview = visit.site.known(_question(chosen.choice))
    pictures = {} if overview is None else _charts(visit.site, overview)
    facts |= {"overview": overview, "pictures": pictures, "alone": False, "texts": TEXTS, "all_columns": COLUMNS}
    facts |= {"drivers": None if overview is None else movers.known(visit.site, overview.now)}
    facts |= {"offered": visit.site.remembered("offered", offered), "tiers": [*visit.site.looks.tiers, UNSCORED]}
    facts |= {"views": views.saved(visit), "now": views.asked(visit, chosen)}
    return visit.show("portfolio.html", "portfolio", **facts)


def overview_part(visit: Visit) -> Response:
    """How the chosen accounts stand, and what moved: the pictures of the page."""
    chosen = filters(visit)
    overview = _overview_of(visit.site, chosen.choice)
    # a page without scripts has nothing come after it
    why = (movers.known if visit.partial else movers.found)(visit.site, overview.now)
    template = "parts/overview.html" if visit.partial else "overview.html"
    pictures = _charts(visit.site, overview)
    shown: dict[str, Any] = {
        "overview": overview,
        "filters": chosen,
        "pictures": pictures,
        "drivers": why,
        "alone": True,
    }
    return visit.show(template, "portfolio", **shown)


def movers_part(visit: Visit) -> Response:
    """Who moved most of the chosen accounts, and what moved them."""
    chosen = filters(visit)
    now = _overview_of(visit.site, chosen.choice).now
    why = movers.found(visit.site, now)
    template = "parts/movers.html" if visit.partial else "movers.html"
    return visit.show(template, "portfolio", now=now, filters=chosen, drivers=why)


def warm(site: Site) -> None:
    """The page of all accounts."""
    movers.found(site, _overview_of(site, EVERYONE).now)
    site.remembered("offered", offered)
    _found(site, EVERYONE, ("risk", True, ""))


def _question(choice: Choice) -> Hashable:
    return "overview", repr(choice)


def _overview_of(site: Site, choice: Choice) -> Overview:
    return site.remembered(_question(choice), lambda standing: _overview(standing, choice, site.looks.tiers))


def _list(visit: Visit, chosen: Filters) -> dict[str, Any]:
    sort = visit.asked("sort") if visit.asked("sort") in listing.SORTS else "risk"
    descending = visit.asked("order") != "asc" if visit.asked("sort") else True
    cursor = visit.asked("cursor")
    found = _found(visit.site, chosen.choice, (sort, descending, cursor))
    following = None if found.after is None else paging.written(found.as_of, *found.after)
    given = {**chosen.given, **{name: visit.request.query_params.getlist(name) for name in ("column",)}}
    return {
        "filters": chosen,
        "given": given,
        "sort": sort,
        "descending": descending,
        "list": found,
        "following": following,
        "cursor": cursor,
        "headers": COLUMNS,
        "numbers": NUMBERS,
        "sorts": listing.SORTS,
    }


def _found(site: Site, choice: Choice, order: tuple[str, bool, str]) -> listing.Page:
    sort, descending, cursor = order
    day, after = _after(cursor)

    def read(standing: Standing) -> listing.Page:
        last = day or standing.day()
        return listing.page(standing, listing.Asked(last, last - MONTH, choice, sort, descending, SIZE, after))

    return site.remembered(("list", repr(choice), order), read)


def _after(cursor: str) -> tuple[dt.date | None, tuple[Any, str] | None]:
    """Where a page begins; a cursor that cannot be read begins at the first row."""
    if not cursor:
        return None, None
    try:
        day, value, account_id = paging.read(cursor, 3)
        moment = dt.datetime.fromisoformat(value) if _is_moment(value) else value
        return dt.date.fromisoformat(day), (moment, str(account_id))
    except (Problem, TypeError, ValueError):
        return None, None


def _is_moment(value: object) -> bool:
    return isinstance(value, str) and len(value) >= 19 and value[10:11] == "T" and value[4] == "-"


def _columns(visit: Visit) -> list[str]:
    asked = [one for one in visit.request.query_params.getlist("column") if one in COLUMNS]
    return list(dict.fromkeys(asked)) or list(USUAL)


def _overview(standing: Standing, choice: Choice, tiers: Sequence[str]) -> Overview:
    now = portfolio(standing, choice)
    days = [now.as_of - dt.timedelta(days=7 * back) for back in reversed(range(WEEKS + 1))]
    moved = Flows(now.as_of, now.versus, now.accounts, now.flows)
    return Overview(now, trend(standing, choice, days), flow(moved, standing.day(), tiers))


def _charts(site: Site, overview: Overview) -> dict[str, Any]:
    looks = site.looks
    tiers = [*looks.tiers, *sorted({row["tier"] for row in overview.trend} - set(looks.tiers))]
    days = sorted({row["day"] for row in overview.trend})
    by = {(row["day"], row["tier"]): row["accounts"] for row in overview.trend}
    months = sorted({row["month"] for row in overview.now.renewals})
    due = {(row["month"], row["tier"]): row["revenue"] for row in overview.now.renewals}
    bins = {int(row["from"]): row["accounts"] for row in overview.now.distribution}

    def named(values: dict[str, list[Any]]) -> list[dict[str, Any]]:
        return [{"name": one.replace("_", " "), "rank": looks.rank(one), "values": values[one]} for one in tiers]

    return {
        "trend": {
            "labels": days,
            "close": True,
            "series": named({one: [by.get((day, one), 0) for day in days] for one in tiers}),
        },
        "renewals": {
            "labels": months,
            "series": named({one: [due.get((month, one), 0) for month in months] for one in tiers}),
        },
        "bins": {
            "labels": [f"{at}" for at in range(0, 100, 5)],
            "whole": True,
            "series": [{"name": "accounts", "values": [bins.get(at, 0) for at in range(0, 100, 5)]}],
        },
    }


def portfolio_csv(visit: Visit) -> Response:
    """The chosen accounts as a file for spreadsheets."""
    chosen = filters(visit)
    content = visit.site.look(lambda standing: spreadsheet(standing, chosen.choice))
    headers = {"content-disposition": 'attachment; filename="accounts.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv", headers=headers)


DOORS = (
    Door("/portfolio", portfolio_page),
    Door("/portfolio/overview", overview_part),
    Door("/portfolio/movers", movers_part),
    Door("/portfolio.csv", portfolio_csv),
)
