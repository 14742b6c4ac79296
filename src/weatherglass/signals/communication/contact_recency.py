"""How long ago somebody last spoke with the account."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, between, measure, nothing

DOCUMENT = "Days since the last interaction: 100 up to 14, 0 from 90 on."
SENTENCE = "{value:.0f} days since the last contact"
ARITHMETIC = "100 up to 14 days, 0 from 90, linear between, at {value:.0f}"

FRESH, STALE = 14, 90
"""Days."""


def contact_recency(block: Block) -> Measure:
    """Linear between 14 and 90 days; null before the first interaction."""
    rows = block.facts("interactions")
    if rows is None:
        return nothing(block.shape)
    daily = block.daily(rows, "occurred_day").daily
    seen = np.where(daily > 0, np.arange(block.days)[None, :], -1)
    last = block.last(np.maximum.accumulate(seen, axis=1)).astype(np.float64)
    days = np.where(last >= 0, block.asked - last, np.nan)
    return measure(between(days, STALE, FRESH), days)
