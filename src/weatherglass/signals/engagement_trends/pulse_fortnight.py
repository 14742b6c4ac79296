"""The pulse of the last weeks: active days that count half after a fortnight."""

from __future__ import annotations

from weatherglass.signals import decay
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Days with a core action, each counting half after 14 days, against a day in every week."
SENTENCE = "{value:.2f} times the activity of one day a week"
ARITHMETIC = "100 x {value:.4f} / (1 + {value:.4f})"

HALF_LIFE = 14
"""Days."""


def pulse_fortnight(block: Block) -> Measure:
    """50 for an account that is active one day a week; null before the first core action."""
    return decay.pulse(block, HALF_LIFE)
