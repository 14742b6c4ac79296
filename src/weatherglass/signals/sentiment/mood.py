"""The tone of conversations."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.support_signals.tickets import SCALE, whole

DOCUMENT = "Mean sentiment of the interactions of the last 90 days."
SENTENCE = "the mood of conversations is {value:+.2f} (-1 to 1)"
ARITHMETIC = "({value:.4f} + 1) x 50"

WINDOW = 90


def mood(block: Block) -> Measure:
    """(mean + 1) * 50; null without any."""
    rows = block.facts("interactions")
    if rows is None:
        return nothing(block.shape)
    felt = rows.where(~np.isnan(rows["sentiment"]))
    count = block.daily(felt, "occurred_day").total(WINDOW)
    mean = ratio(block.daily(felt, "occurred_day", whole(felt["sentiment"])).total(WINDOW), count) / SCALE
    return measure((mean + 1.0) * 50.0, mean)
