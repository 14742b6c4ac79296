"""The parts of an account's page that come after it: what its score is made of, and who and what is beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from starlette.responses import Response

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.account import account, history
from weatherglass.jobs.views.explaining import Day
from weatherglass.jobs.views.peers import Peers, peers
from weatherglass.jobs.views.portrait import Portrait, portrait
from weatherglass.jobs.views.recovering import recovery
from weatherglass.jobs.views.standing import Standing
from weatherglass.scores.words import arithmetic, document, sentence
from weatherglass.web.pages.account import explained, id_of, since_of
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.visit import Visit


def score_part(visit: Visit) -> Response:
    """The dimensions and signals of the score, and what would make it better."""
    account_id = id_of(visit)
    found = visit.site.look(lambda standing: _days(standing, account_id))
    now = None if found is None else explained(visit, account_id, *found).day
    return visit.show(
        "parts/score.html" if visit.partial else "score.html",
        "account",
        who={"account_id": account_id, "name": None},
        explained=now,
        recovery=None if now is None else recovery(now),
        dimensions=_dimensions(now),
        document=document,
        sentence=sentence,
        arithmetic=arithmetic,
    )


def _days(standing: Standing, account_id: str) -> tuple[dt.date, dt.date] | None:
    """The day that is over last, and the one that it is split from; None where its signals cannot be told."""
    account(standing.store, account_id)
    day = standing.day()
    if standing.open_day is not None:
        return None
    rows = history(standing, account_id, since_of(dt.date.min, day), day)
    return (day, rows[0]["as_of"]) if rows and rows[-1]["as_of"] == day else None


def _dimensions(day: Day | None) -> list[dict[str, Any]]:
    """The dimensions of a score with their contributions and signals, those that weigh first."""
    if day is None:
        return []
    found: dict[str, dict[str, Any]] = {}
    for line in day.signals:
        score = day.row.get(f"dim_{line['dimension']}")
        fresh = {"name": line["dimension"], "score": score, "weight": 0.0, "points": 0.0, "signals": []}
        mine = found.setdefault(line["dimension"], fresh)
        mine["weight"] += line["weight"] or 0.0
        mine["points"] += line["contribution"] or 0.0
        mine["signals"].append(line)
    return sorted(found.values(), key=lambda one: -one["weight"])


def beside_part(visit: Visit) -> Response:
    """Users, features, and accounts like it."""
    account_id = id_of(visit)

    def read(standing: Standing) -> tuple[Portrait, Peers | None]:
        account(standing.store, account_id)
        try:
            day, near = standing.day(), peers(standing, account_id)
        except UnknownAccount:
            day, near = visit.site.today(), None
        return portrait(standing.store, visit.site.project, account_id, day), near

    found, near = visit.site.look(read)
    template = "parts/beside.html" if visit.partial else "beside.html"
    return visit.show(template, "account", who={"account_id": account_id, "name": None}, portrait=found, peers=near)


DOORS = (Door("/account/score", score_part), Door("/account/beside", beside_part))
