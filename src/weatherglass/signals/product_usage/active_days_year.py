"""On how many days of the year there was a core action."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Days with a core action among the last 364."
SENTENCE = "core actions on {value:.0f} of 364 days"
ARITHMETIC = "100 x {value:.0f} / 364"

DAYS = 364


def active_days_year(block: Block) -> Measure:
    """100 * active days / 364; null before the first core action."""
    return activity.active_share(block, DAYS)
