"""In how many weeks of the half-year there was a core action at all."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Share of the last 26 weeks with a core action; weeks before the history count as without."
SENTENCE = "core actions in {value:.0f} of the last {baseline:.0f} weeks"
ARITHMETIC = "100 x {value:.0f} / {baseline:.0f}"

WEEKS = 26


def steady_weeks(block: Block) -> Measure:
    """100 * weeks with a core action / 26; null before the first core action."""
    held = np.asarray(block.core.every(7) > 0)
    seen = np.zeros(block.shape, dtype=np.int64)
    for week in range(WEEKS):
        seen += windows.shifted(held, block.start, 7 * week)
    return measure(100.0 * seen / WEEKS, seen, WEEKS, null=~block.core.ever)
