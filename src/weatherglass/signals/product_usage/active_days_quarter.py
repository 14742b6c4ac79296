"""On how many days of the quarter there was a core action."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Days with a core action among the last 84."
SENTENCE = "core actions on {value:.0f} of 84 days"
ARITHMETIC = "100 x {value:.0f} / 84"

DAYS = 84


def active_days_quarter(block: Block) -> Measure:
    """100 * active days / 84; null before the first core action."""
    return activity.active_share(block, DAYS)
