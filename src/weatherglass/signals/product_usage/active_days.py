"""On how many days of the month there was a core action."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Days with a core action among the last 28."
SENTENCE = "core actions on {value:.0f} of 28 days"
ARITHMETIC = "100 x {value:.0f} / 28"

DAYS = 28


def active_days(block: Block) -> Measure:
    """100 * active days / 28; null before the first core action."""
    return activity.active_share(block, DAYS)
