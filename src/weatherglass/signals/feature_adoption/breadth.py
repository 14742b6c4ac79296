"""How many features are in use, by 28 days."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.breadth import used
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Distinct features used in the last 28 days."
SENTENCE = "{value:.0f} features used in 28 days"
ARITHMETIC = "100 x {value:.0f} / ({value:.0f} + 3)"

DAYS, HALF = 28, 3


def breadth(block: Block) -> Measure:
    """100 * n / (n + 3); null before any activity."""
    number = used(block, DAYS)
    return measure(100.0 * number / (number + HALF), number, null=~block.had_activity)
