"""How many core actions there were in 364 days."""

from __future__ import annotations

from weatherglass.signals import activity
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Core actions of the last 364 days, whatever the size of the account."
SENTENCE = "{value:,.0f} core actions in 364 days"
ARITHMETIC = "100 x {value:.0f} / ({value:.0f} + 260)"

DAYS, HALF = 364, 260


def actions_year(block: Block) -> Measure:
    """100 * n / (n + 260): 50 for about one a working day; null before the first core action."""
    return activity.amount(block, DAYS, HALF)
