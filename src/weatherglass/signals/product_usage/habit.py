"""How many of the last weeks had a core action at all."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, ratio

DOCUMENT = (
    "Share of the last {habit_weeks} weeks with at least one core action; only weeks wholly within history count."
)
SENTENCE = "core actions in {value:.0f} of the last {baseline:.0f} weeks"
ARITHMETIC = "100 x {value:.0f} / {baseline:.0f}"


def habit(block: Block) -> Measure:
    """100 * weeks with a core action / weeks; null with fewer than 4 whole weeks or before the first core action."""
    most = block.windows.habit_weeks
    weeks = np.clip(block.history // 7, 0, most)
    # the last day of the first week that is looked at
    first = max(0, block.start - 7 * (most - 1))
    kept = (block.core.every(7, first) > 0) & (np.arange(first, block.days)[None, :] >= block.begin + 6)
    held = kept.astype(np.int16)
    hits = np.zeros(block.shape, dtype=np.int16)
    for week in range(most):
        hits += windows.shifted(held, block.start - first, 7 * week)
    null = (weeks < block.windows.habit_min_weeks) | ~block.core.ever
    return measure(100.0 * ratio(hits, weeks), hits, weeks, null=null)
