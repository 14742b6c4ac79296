"""Whether there is a contract at all."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.growth.contracts import active
from weatherglass.signals.measure import Measure, measure, nothing

DOCUMENT = "100 while a subscription is active, 0 after the last one ended."
SENTENCE = "{value:.0f} active subscriptions"
ARITHMETIC = "100 with {value:.0f} active subscriptions, 0 with none"


def contract(block: Block) -> Measure:
    """Null before the first subscription starts."""
    rows = block.facts("subscriptions")
    if rows is None:
        return nothing(block.shape)
    count = block.last(active(block, rows))
    started = block.daily(rows, "started_day").ever
    return measure(np.where(count > 0, 100.0, 0.0), count, null=~started)
