"""What growth and commercial signals share: sums over the subscriptions that are active at the end of a day."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.windows import Ints

BACK = 182
"""Days: 26 whole weeks."""
CHANGES, POINTS = (-0.20, 0.0, 0.20), (0.0, 50.0, 100.0)


def active(block: Block, rows: Sparse, amount: str | None = None) -> Ints:
    """Active subscriptions (or their positive amounts), on every day of the history."""
    if amount is None:
        return block.holding(rows, rows["started_day"], rows["ended_day"])
    named = rows.where(rows[amount] > 0)
    return block.holding(named, named["started_day"], named["ended_day"], named[amount])


def grown(block: Block, amount: str, unit: float) -> Measure:
    """Now against half a year ago: -20 % is 0, level 50, +20 % 100; null when there was nothing then."""
    rows = block.facts("subscriptions")
    if rows is None:
        return nothing(block.shape)
    sums = active(block, rows, amount)
    now, then = block.last(sums), windows.shifted(sums, block.start, BACK)
    score = np.interp(ratio(now, then) - 1.0, CHANGES, POINTS)
    return measure(score, now / unit, then / unit, null=then == 0)
