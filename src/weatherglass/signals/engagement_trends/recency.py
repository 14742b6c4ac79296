"""How long ago the last core action was."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.silences import silences

DOCUMENT = "Days since the last core action."
SENTENCE = "the last core action was {value:.0f} days ago"
ARITHMETIC = "100 x 0.5^({value:.0f} / 14)"

HALF_LIFE = 14.0
"""Days."""


def recency(block: Block) -> Measure:
    """100 on a day with a core action, half of it for every fortnight since; null before the first one."""
    days = silences(block).now
    return measure(100.0 * 0.5 ** (days / HALF_LIFE), days, null=~block.core.ever)
