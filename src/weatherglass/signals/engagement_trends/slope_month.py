"""Where core actions are heading, month against month."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Core actions of the last 28 days as a part of those of the last 56, one added to both halves."
SENTENCE = "{value:,.0f} core actions in 28 days, {baseline:,.0f} in the 28 before"
ARITHMETIC = "100 x ({value:.0f} + 1) / ({value:.0f} + {baseline:.0f} + 2)"

DAYS = 28


def slope_month(block: Block) -> Measure:
    """100 * (a + 1) / (a + b + 2) of core actions; 50 is no change; null before the first core action."""
    return activity.slope(block, DAYS)
