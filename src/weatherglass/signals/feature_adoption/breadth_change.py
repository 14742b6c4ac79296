"""Whether features are being taken up or given up."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.breadth import used
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Distinct features used in the last 28 days as a part of those and of the 56 days before, one added to both."
SENTENCE = "{value:.0f} features used in 28 days, {baseline:.0f} in the 56 before"
ARITHMETIC = "100 x ({value:.0f} + 1) / ({value:.0f} + {baseline:.0f} + 2)"

RECENT, BEFORE = 28, 56


def breadth_change(block: Block) -> Measure:
    """100 * (a + 1) / (a + b + 2); null before any activity."""
    recent, before = used(block, RECENT), used(block, BEFORE, RECENT)
    return measure(100.0 * (recent + 1) / (recent + before + 2), recent, before, null=~block.had_activity)
