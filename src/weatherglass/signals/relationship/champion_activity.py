"""Whether the people who carry the relationship still show up."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.relationship.champions import champions

DOCUMENT = "Share of champions and sponsors active in the last {usage} days and not deactivated."
SENTENCE = "{value:.0f} of {baseline:.0f} champions and sponsors active in {usage} days"
ARITHMETIC = "100 x {value:.0f} / {baseline:.0f}"


def champion_activity(block: Block) -> Measure:
    """100 * active champions / champions; null while the account has none."""
    known = champions(block)
    days = block.facts("champion_days")
    if known is None:
        return nothing(block.shape)
    if days is None:
        active = np.zeros(block.shape, dtype=np.int64)
    else:
        # a day of activity holds for the window, until the next one takes over or the person is gone
        first = np.maximum(days["active_day"], days["created_day"])
        until = np.minimum(days["active_day"] + block.windows.usage, days["next_day"])
        until = np.minimum(until, days["gone_day"])
        active = np.asarray(block.last(block.holding(days, first, until)), dtype=np.int64)
    return measure(100.0 * ratio(active, known), active, known)
