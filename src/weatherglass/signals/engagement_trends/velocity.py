"""Whether core actions are going up or down, beyond the season and beyond what everybody's do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, Seen, Wording, measure, ratio
from weatherglass.signals.windows import Bools, Floats, Ints

DOCUMENT = (
    "Core actions of the last {velocity} days against the {velocity} days before, corrected for the same weeks a year "
    "ago and for the median of all accounts."
)
SENTENCE = "core actions changed by {value:+.0%} against the {velocity} days before ({baseline:,.0f} then)"
ARITHMETIC = "piecewise linear through (-20 %, 0), (0 %, 50), (+20 %, 100), at {value:+.2%}"

BEGUN = "core actions in the last {velocity} days, and none in the {velocity} days before"
SILENT = "no core action in the last {velocity} days, nor in the {velocity} days before"

YEAR = 364
"""Days: 52 whole weeks, so that weekdays meet weekdays."""
ENOUGH = 20
"""Core actions, and accounts, below which a correction would be noise."""
LIMIT = 0.5
CHANGES, POINTS = (-0.20, 0.0, 0.20), (0.0, 50.0, 100.0)


class Change(NamedTuple):
    """Velocity before the fleet correction: growth factor (NaN when null or from nothing), days, null."""

    factor: Floats
    recent: Ints
    before: Ints
    null: Bools


def change(block: Block) -> Change:
    """A1 / A0 of core actions, after the correction for the year before."""
    days = block.windows.velocity
    recent, before = block.core.total(days), block.core.total(days, days)
    null = (block.history < 2 * days) | ~block.core.ever
    factor = ratio(recent, before)
    if block.card.corrections.year and block.days > YEAR:
        factor = _less_season(block, factor, days)
    return Change(np.where(null, np.nan, factor), recent, before, null)


def _less_season(block: Block, factor: Floats, days: int) -> Floats:
    then, earlier = block.core.total(days, YEAR), block.core.total(days, YEAR + days)
    known = (block.history >= YEAR + 2 * days) & (earlier >= ENOUGH)
    season = np.clip(ratio(then, earlier) - 1.0, -LIMIT, LIMIT)
    return np.where(known, factor / (1.0 + season), factor)


def velocity(block: Block) -> Measure:
    """Piecewise linear through (-20 %, 0), (0, 50), (+20 %, 100); from nothing: 100 when there is something now."""
    moved = change(block)
    fleet = block.fleet.growth_of(block) if block.card.corrections.fleet else 1.0
    corrected = moved.factor / fleet - 1.0
    score = np.interp(corrected, CHANGES, POINTS)
    score = np.where(moved.before > 0, score, np.where(moved.recent > 0, 100.0, 0.0))
    return measure(score, np.where(moved.null, np.nan, corrected), moved.before, null=moved.null)


def instead(seen: Seen) -> Wording | None:
    """From nothing there is no velocity, and the score says whether there is something now."""
    return Wording(BEGUN if seen.score else SILENT) if seen.value is None else None
