"""One account: where its score stands and came from, why it moved, who works in it, what happened, and overrides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from weatherglass.jobs import explaining
from weatherglass.jobs.account import Account, account, history
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.peers import Peers, peers
from weatherglass.jobs.portrait import Portrait, portrait
from weatherglass.jobs.provenance import sql_of
from weatherglass.jobs.recovering import Recovery, recovery
from weatherglass.jobs.standing import Standing
from weatherglass.scores.words import arithmetic, document, sentence
from weatherglass.state import Unfit
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.trajectory import trajectory
from weatherglass.web.pages.visit import Visit
from weatherglass.web.pages.waterfall import Waterfall, waterfall

MONTH = dt.timedelta(days=28)
OVERRIDE = dt.timedelta(days=30)
"""How long an override holds unless another day is said."""


@dataclass(frozen=True)
class Found:
    """Everything that the page shows of an account."""

    account: Account
    day: dt.date
    row: dict[str, Any] | None
    """How it stands; None where it was never scored."""
    history: list[dict[str, Any]]
    explained: explaining.Day | None
    moved: Waterfall | None
    recovery: Recovery | None
    portrait: Portrait
    peers: Peers | None


def account_page(visit: Visit) -> Response:
    """The whole page of an account."""
    account_id = _id(visit)
    project = visit.site.project

    def read(standing: Standing) -> Found:
        known = account(standing.store, account_id)
        try:
            day = standing.day()
        except UnknownAccount:
            day = visit.site.today()
            return Found(
                known, day, None, [], None, None, None, portrait(standing.store, project, account_id, day), None
            )
        rows = _rows(standing, account_id, day)
        row = rows[-1] if rows and rows[-1]["as_of"] == day else None
        explained = moved = None
        if row is not None and standing.open_day is None:
            explained, moved = _why(standing, account_id, day, rows[0]["as_of"])
        return Found(
            known,
            day,
            row,
            rows,
            explained,
            moved,
            None if explained is None else recovery(explained),
            portrait(standing.store, project, account_id, day),
            peers(standing, account_id),
        )

    found = visit.site.look(read)
    overrides = visit.site.service.state.overrides.of(account_id)
    live = visit.site.service.live.newest.of(account_id)
    held = next((one for one in overrides if one.holds(visit.site.today()) or one.holds(found.day)), None)
    return visit.show(
        "account.html",
        "account",
        found=found,
        who={"account_id": account_id, "name": found.account.attributes["name"]},
        overrides=overrides,
        held=held if held is not None and held.ended_at is None else None,
        live=live if live is not None and live["as_of"] != found.day else None,
        dimensions=_dimensions(found.explained),
        trajectory=trajectory(found.history, found.portrait.happenings, overrides, found.explained),
        today=visit.site.today(),
        usual_end=visit.site.today() + OVERRIDE,
        document=document,
        sentence=sentence,
        arithmetic=arithmetic,
    )


def _id(visit: Visit) -> str:
    """The account of an address, exactly as it is written there."""
    return visit.request.query_params.get("id", "")


def _rows(standing: Standing, account_id: str, day: dt.date) -> list[dict[str, Any]]:
    return history(standing, account_id, None, day)


def _why(standing: Standing, account_id: str, day: dt.date, first: dt.date) -> tuple[explaining.Day, Waterfall | None]:
    since = max(first, day - MONTH)
    if since >= day:
        return explaining.explain(standing.store, account_id, day).day, None
    found = explaining.explain(standing.store, account_id, day, since)
    return found.day, waterfall(found)


def _dimensions(day: explaining.Day | None) -> list[dict[str, Any]]:
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


def change_part(visit: Visit) -> Response:
    """Why the score moved between two days, as a part of the page."""
    account_id = _id(visit)
    since, until = _day(visit.asked("since")), _day(visit.asked("as_of"))
    moved, wrong = None, ""
    if since is None or until is None or since >= until:
        wrong = "Choose two days, the earlier one first."
    else:
        try:
            found = visit.site.look(lambda standing: explaining.explain(standing.store, account_id, until, since))
            moved = waterfall(found)
        except UnknownAccount as error:
            wrong = f"{error}."
    template = "parts/change.html" if visit.partial else "change.html"
    return visit.show(template, "account", moved=moved, wrong=wrong, who={"account_id": account_id, "name": None})


def sql_part(visit: Visit) -> Response:
    """The SQL of the roll-ups behind a dimension."""
    dimension = visit.asked("dimension")
    found = sql_of(dimension)
    if not found:
        raise UnknownAccount("there is no dimension of this name")
    template = "parts/sql.html" if visit.partial else "sql.html"
    return visit.show(template, "account", steps=found, dimension=dimension)


def override(visit: Visit) -> Response:
    """A person's word on the tier, from the last finished day on."""
    account_id, form = visit.form.secret("id"), visit.form
    until = _day(form.text("until"))
    known, day = visit.site.look(lambda standing: (account(standing.store, account_id), standing.day()))
    if until is None:
        raise Unfit("choose the day on which the override ends")
    if form.text("tier") not in known.tiers:
        raise Unfit(f"choose one of the tiers {', '.join(known.tiers)}")
    made = visit.site.service.state.overrides.make(
        visit.actor, account_id, form.text("tier"), form.text("reason"), (max(day, visit.site.today()), until)
    )
    return visit.go(_address(account_id), f"Shown as {made.tier} until {made.last_day}.")


def end_override(visit: Visit) -> Response:
    """Let the score speak again."""
    text = visit.form.text("override")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    ended = visit.site.service.state.overrides.end(visit.actor, number, visit.site.today())
    return visit.go(_address(ended.account_id), "The override is ended.")


def _address(account_id: str) -> str:
    from urllib.parse import urlencode

    return f"/account?{urlencode({'id': account_id})}"


def _day(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year < 2100 else None


DOORS = (
    Door("/account", account_page),
    Door("/account/change", change_part),
    Door("/account/sql", sql_part),
    Door("/account/override", override, "write", "POST"),
    Door("/account/override/end", end_override, "write", "POST"),
)
