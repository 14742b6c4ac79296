"""How many people use the product, whatever the seats."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Distinct active users of the last {usage} days."
SENTENCE = "{value:.0f} active users in {usage} days"
ARITHMETIC = "100 x {value:.0f} / ({value:.0f} + 3)"

HALF = 3


def active_users(block: Block) -> Measure:
    """100 * n / (n + 3); null before the first activity."""
    number = block.last(block.active_users)
    return measure(100.0 * number / (number + HALF), number, null=~block.had_activity)
