"""How the active days spread over the week."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Days of the week on which there was a core action in the last 84 days."
SENTENCE = "core actions on {value:.0f} days of the week"
ARITHMETIC = "100 x {value:.0f} / 7"

DAYS = 84


def weekdays(block: Block) -> Measure:
    """100 * days of the week with a core action / 7; null before the first core action."""
    active = np.asarray(block.core.daily > 0)
    seen = np.zeros(block.shape, dtype=np.int64)
    for day in range(7):
        mine = np.arange(block.days)[None, :] % 7 == day
        seen += windows.total(windows.prefix(active & mine), block.start, DAYS) > 0
    return measure(100.0 * seen / 7, seen, null=~block.core.ever)
