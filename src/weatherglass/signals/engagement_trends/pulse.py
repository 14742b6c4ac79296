"""How alive an account is: its active days, the recent ones counting most."""

from __future__ import annotations

from weatherglass.signals import decay
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure

DOCUMENT = "Days with a core action, each counting half after 30 days, against a day in every week."
SENTENCE = "{value:.2f} times the activity of one day a week"
ARITHMETIC = "100 x {value:.4f} / (1 + {value:.4f})"

HALF_LIFE = 30
"""Days."""


def pulse(block: Block) -> Measure:
    """50 for an account that is active one day a week; null before the first core action."""
    return decay.pulse(block, HALF_LIFE)
