"""How many features are in use, by 84 days."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.breadth import used
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Distinct features used in the last 84 days."
SENTENCE = "{value:.0f} features used in 84 days"
ARITHMETIC = "100 x {value:.0f} / ({value:.0f} + 5)"

DAYS, HALF = 84, 5


def breadth_quarter(block: Block) -> Measure:
    """100 * n / (n + 5); null before any activity."""
    number = used(block, DAYS)
    return measure(100.0 * number / (number + HALF), number, null=~block.had_activity)
