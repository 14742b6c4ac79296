"""How long the account has been there."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure

DOCUMENT = "Days since the first day of the account."
SENTENCE = "{value:.0f} days since the first"
ARITHMETIC = "100 x {value:.0f} / ({value:.0f} + 365)"

YEAR = 365


def tenure(block: Block) -> Measure:
    """100 * days / (days + 365)."""
    days = np.maximum(block.age, 0)
    return measure(100.0 * days / (days + YEAR), days)
