"""The data behind the scores: what is there, how fresh it is, what reaches an account, and what was refused."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.events.tables import BY_NAME
from weatherglass.intake.rejects import Refused
from weatherglass.jobs.data_health.checking import Finding, Health, check
from weatherglass.jobs.data_health.event_names import EventName, event_names
from weatherglass.jobs.data_health.volumes import Volume, volumes
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.standing import Standing
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.visit import Visit

STALE_DAYS = 3
MOST_NAMES = 300
MOST_REJECTS = 50
SECONDS = 10
"""For so long the page shows what it has shown, while events come in."""


@dataclass(frozen=True)
class Found:
    """What the page shows of the store."""

    health: Health
    last: dt.date
    volumes: list[Volume]
    names: list[EventName]
    """Those that are gone or new first."""
    more_names: int
    live: int
    """Events that have come in and are not in a segment yet."""


def data_page(visit: Visit) -> Response:
    """Everything at once; only rejects change from second to second, and are a part of their own."""
    found = _known(visit.site)
    service = visit.site.service
    return visit.show(
        "data.html",
        "data",
        found=found,
        silent_days=_silent_days(found, visit.site.today()),
        findings=sorted(found.health.findings, key=_gravest),
        volume=_picture(found.volumes),
        gone=[one for one in found.names if one.news == "gone"],
        new=[one for one in found.names if one.news == "new"],
        suspected=[one for one in found.volumes if one.suspected],
        rejects=_rejects(visit),
        columns={name: [column.name for column in table.columns] for name, table in BY_NAME.items()},
        today=visit.site.today(),
        trouble=service.live.trouble,
        waiting=service.live.waiting,
        totals=service.live.totals,
    )


def _silent_days(found: Found, today: dt.date) -> int:
    """How long no event has come; 0 where that is not unusual."""
    last = next((row[3] for row in found.health.tables if row[0] == "events"), None)
    days = 0 if last is None else (today - last).days
    return days if days > STALE_DAYS else 0


def _known(site: Site) -> Found:
    # events that arrive are no other version of what is served, and people wait for their first ones here
    arrived = site.service.live.totals.messages and int(time.monotonic() // SECONDS)
    return site.remembered(("data", arrived), lambda standing: _found(site, standing))


def warm(site: Site) -> None:
    """What the page shows of the store."""
    _known(site)


def _found(site: Site, standing: Standing) -> Found:
    store = standing.store
    try:
        last = standing.day()
    except UnknownAccount:
        last = site.today()
    names = event_names(store, site.project, site.names, last)
    live = store.engine.row("SELECT count(*) FROM live_events")[0]
    return Found(
        check(store, site.project), last, volumes(store, last), names[:MOST_NAMES], len(names[MOST_NAMES:]), live
    )


def _gravest(finding: Finding) -> int:
    return {"bad": 0, "note": 1, "good": 2}[finding.state]


def _picture(found: list[Volume]) -> dict[str, Any]:
    series = [
        {"name": "of nobody", "values": [one.nobody for one in found]},
        {"name": "of accounts", "values": [one.events for one in found]},
    ]
    return {"labels": [one.day for one in found], "whole": True, "series": series}


def rejects_part(visit: Visit) -> Response:
    """The last refusals: what people who connect a sender look at."""
    template = "parts/rejects.html" if visit.partial else "rejects.html"
    return visit.show(template, "data", rejects=_rejects(visit))


def _rejects(visit: Visit) -> dict[str, Any]:
    rejects = visit.site.service.live.rejects
    counts = sorted(rejects.counts().items(), key=lambda one: -one[1])
    # samples are what senders have sent, which people who only read scores need not see
    last: list[Refused] = rejects.last()[:MOST_REJECTS] if visit.may("write") else []
    return {
        "counts": [(key, code, count) for (key, code), count in counts],
        "last": [(dt.datetime.fromtimestamp(one.received / 1e6, dt.UTC).replace(tzinfo=None), one) for one in last],
    }


DOORS = (Door("/data", data_page), Door("/data/rejects", rejects_part))
