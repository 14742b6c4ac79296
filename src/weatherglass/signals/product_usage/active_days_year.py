"""On how many days of the year there was a core action."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Days with a core action among the last 364."
SENTENCE = "core actions on {value:.0f} of 364 days"
ARITHMETIC = "100 x {value:.0f} / 364"

DAYS = 364


def active_days_year(block: Block) -> Measure:
    """100 * active days / 364; null before the first core action."""
    days = windows.total(windows.prefix(np.asarray(block.core.daily > 0)), block.start, DAYS)
    return measure(100.0 * days / DAYS, days, null=~block.core.ever)
