"""Why a score moved, as steps from one score to the other that add up."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from weatherglass.jobs.views.explaining import Explanation
from weatherglass.reports import wording
from weatherglass.scores.change import by_signal
from weatherglass.scores.words import compared

MOST = 9
"""Signals with steps of their own; what the others did is one step."""
LEAST = 0.005


@dataclass(frozen=True)
class Step:
    """One line; `points` of the two totals are the scores themselves."""

    name: str
    points: float
    told: str = ""
    total: bool = False


@dataclass(frozen=True)
class Waterfall:
    """All lines; what stands between the first and the last adds up to their difference."""

    since: dt.date
    as_of: dt.date
    steps: tuple[Step, ...]
    unscored: str = ""
    """Why there is nothing to split."""

    @property
    def chart(self) -> dict[str, Any]:
        """The facts of the picture."""
        drawn, at = [], 0.0
        reached = []
        for step in self.steps:
            begin = 0.0 if step.total else at
            at = step.points if step.total else at + step.points
            reached += [at] if step.total else [begin, at]
            drawn.append(
                {
                    "name": step.name,
                    "from": 0.0 if step.total else min(begin, at),
                    "size": abs(step.points),
                    "down": step.points < 0,
                    "total": step.total,
                    "text": wording.score(step.points) if step.total else wording.change(step.points, 2),
                }
            )
        low, high = min(reached, default=0.0), max(reached, default=100.0)
        return _cut(
            {"steps": drawn, "low": max(0, math.floor((low - 3) / 5) * 5), "high": math.ceil((high + 3) / 5) * 5}
        )


def _cut(facts: dict[str, Any]) -> dict[str, Any]:
    """Totals that begin where the picture does: their bars would be empty below it."""
    for step in facts["steps"]:
        if step["total"]:
            step["from"], step["size"] = facts["low"], max(0.0, step["size"] - facts["low"])
    return facts


def waterfall(found: Explanation) -> Waterfall:
    """The steps of an explanation against an earlier day."""
    versus = found.versus
    assert versus is not None
    before, after = versus.before, found.day
    since, as_of = before.row["as_of"], after.row["as_of"]
    if versus.change is None or before.score is None or after.score is None:
        return Waterfall(since, as_of, (), versus.unscored)
    then = by_signal(before.signals)
    words = {
        key: compared(row, then.get(key), after.card, f"on {since}") for key, row in by_signal(after.signals).items()
    }
    moves = [one for one in versus.change.moves if abs(one.points) >= LEAST]
    steps = [Step(f"{since}", before.score, total=True)]
    if versus.card_points is not None:
        steps.append(Step("Another scorecard", versus.card_points, "the earlier day scored with both cards"))
    steps += [Step(wording.label(one.signal), one.points, words.get(one.key, "")) for one in moves[:MOST]]
    rest = math.fsum(one.points for one in versus.change.moves if one not in moves[:MOST])
    if abs(rest) >= LEAST:
        steps.append(Step("Other signals", rest, f"{len(moves) - MOST} smaller moves" if len(moves) > MOST else ""))
    if abs(versus.change.weights) >= LEAST:
        steps.append(Step("Moved weights", versus.change.weights, "a signal came or went, and others carry its weight"))
    steps.append(Step(f"{as_of}", after.score, total=True))
    return Waterfall(since, as_of, tuple(steps))
