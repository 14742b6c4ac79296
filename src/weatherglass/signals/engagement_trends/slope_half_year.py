"""Where core actions are heading, half-year against half-year."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Core actions of the last 182 days as a part of those of the last 364, one added to both halves."
SENTENCE = "{value:,.0f} core actions in 182 days, {baseline:,.0f} in the 182 before"
ARITHMETIC = "100 x ({value:.0f} + 1) / ({value:.0f} + {baseline:.0f} + 2)"

UNSIGNED = True
"""Whether more of it is better is not known beforehand."""

DAYS = 182


def slope_half_year(block: Block) -> Measure:
    """100 * (a + 1) / (a + b + 2) of core actions; 50 is no change; null before the first core action."""
    return activity.slope(block, DAYS)
