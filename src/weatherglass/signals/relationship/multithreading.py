"""Whether the relationship hangs on one person."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing
from weatherglass.signals.relationship.champions import champions

DOCUMENT = "Active users of the last {usage} days, up to three."
SENTENCE = "{value:.0f} active users in {usage} days; {baseline:.0f} carry a relationship"
ARITHMETIC = "100 x min(1, {value:.0f} / {baseline:.0f})"

ENOUGH = 3


def multithreading(block: Block) -> Measure:
    """100 * min(1, active users / 3); null while the account has no champion."""
    known = champions(block)
    if known is None:
        return nothing(block.shape)
    active = block.last(block.active_users)
    return measure(100.0 * np.minimum(1.0, active / ENOUGH), active, ENOUGH, null=known == 0)
