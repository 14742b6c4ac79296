"""The longest stretch of days without a core action."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.silences import silences

DOCUMENT = "The longest silence of the last 84 days, the present one included."
SENTENCE = "{value:.0f} days was the longest silence of the last 84"
ARITHMETIC = "100 x 0.5^({value:.0f} / 28)"

DAYS, HALF_LIFE = 84, 28.0


def longest_silence(block: Block) -> Measure:
    """100 without a silence, half of it for every 28 days; null before the first core action."""
    days = silences(block).longest(DAYS)
    return measure(100.0 * 0.5 ** (days / HALF_LIFE), days, null=~block.core.ever)
