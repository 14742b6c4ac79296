"""The line of an account's score over a year, with what happened on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from weatherglass.jobs.views.account import Account
from weatherglass.reports import wording
from weatherglass.state.episodes import Kept
from weatherglass.state.overrides import Override
from weatherglass.state.plays import Run

MARKED = frozenset({"ticket", "contract", "outcome"})
SHAPES = {
    "ticket": "triangle",
    "contract": "rect",
    "outcome": "diamond",
    "override": "pin",
    "scorecard": "circle",
    "alert": "arrow",
    "play": "roundRect",
}
MOST = 60


@dataclass(frozen=True)
class Done:
    """What people and rules have done about an account."""

    overrides: Sequence[Override]
    alerts: Sequence[Kept]
    plays: Sequence[Run]


def trajectory(
    rows: Sequence[dict[str, Any]],
    happenings: Sequence[dict[str, Any]],
    done: Done,
    account: Account,
) -> dict[str, Any]:
    """The facts of the picture: every day's score and tier, the tier lines, and marks on the line."""
    scores = {row["as_of"]: row["score"] for row in rows}
    marks = [(one.first_day, "override", f"Set to {wording.label(one.tier)}: {one.reason}") for one in done.overrides]
    marks += _cards(rows)
    marks += [(one.opened_day, "alert", f"Alert: {one.rules[0]['line']}") for one in done.alerts]
    marks += [
        (one.began_day, "play", f"The play {wording.label(one.play)} begins") for one in done.plays if not one.held_out
    ]
    marks += [(one["day"], one["kind"], one["text"]) for one in happenings if one["kind"] in MARKED]
    shown = sorted([mark for mark in marks if scores.get(mark[0]) is not None][:MOST], reverse=True)
    tiers = zip(account.lines, account.tiers[1:], strict=True)
    return {
        "days": [row["as_of"] for row in rows],
        "scores": [row["score"] for row in rows],
        "tiers": [row["tier_shown"] for row in rows],
        "lines": [{"at": line, "name": f"{wording.label(name)} {line:g}"} for line, name in tiers],
        "marks": [
            {"day": day, "kind": kind, "text": wording.clean(text, 90), "at": scores[day]} for day, kind, text in shown
        ],
        "shapes": SHAPES,
    }


def _cards(rows: Sequence[dict[str, Any]]) -> list[tuple[dt.date, str, str]]:
    """The days on which another version of a scorecard took over."""
    return [
        (row["as_of"], "scorecard", f"Scorecard {row['scorecard_version']} takes over")
        for before, row in pairwise(rows)
        if before["scorecard_version"] != row["scorecard_version"]
    ]
