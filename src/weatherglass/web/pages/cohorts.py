"""Cohorts: how groups of accounts stand, and how they were thirty, sixty and ninety days after they came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.cohorts import AGES, WAYS, cohorts
from weatherglass.reports import wording
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit

DRAWN = 4
"""Groups with a line in the picture."""


def cohorts_page(visit: Visit) -> Response:
    """All groups of one way of grouping."""
    by = visit.asked("by") if visit.asked("by") in WAYS else "segment"
    try:
        day, rows = _known(visit.site, by)
    except UnknownAccount:
        return visit.show("cohorts.html", "cohorts", by=by, ways=WAYS, day=None, rows=[], picture={}, ages=AGES)
    picture = _picture(rows)
    return visit.show("cohorts.html", "cohorts", by=by, ways=WAYS, day=day, rows=rows, picture=picture, ages=AGES)


def _known(site: Site, by: str) -> tuple[dt.date, list[dict[str, Any]]]:
    zone = site.project.timezone
    return site.remembered(("cohorts", by), lambda standing: cohorts(standing, by, zone))


def warm(site: Site) -> None:
    """Every way of grouping."""
    for by in WAYS:
        _known(site, by)


def _picture(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The groups with most accounts at all three ages, as lines."""
    whole = [row for row in rows if all(row[f"n{age}"] for age in AGES)]
    whole.sort(key=lambda row: -min(row[f"n{age}"] for age in AGES))
    series = [
        {"name": wording.clean(row["value"], 24) or "none", "values": [round(row[f"d{age}"], 1) for age in AGES]}
        for row in whole[:DRAWN]
    ]
    return {"labels": [f"day {age}" for age in AGES], "series": series} if series else {}


DOORS = (Door("/cohorts", cohorts_page),)
