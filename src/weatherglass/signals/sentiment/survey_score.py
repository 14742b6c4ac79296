"""What people answer when they are asked."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.support_signals.tickets import SCALE, whole

DOCUMENT = "Mean of the survey answers of the last 180 days, each brought to 0-100."
SENTENCE = "{value:.0f} survey answers in 180 days"
ARITHMETIC = "mean of {value:.0f} answers, each brought to 0-100"

WINDOW = 180


def survey_score(block: Block) -> Measure:
    """Mean of answers; null without any."""
    rows = block.facts("surveys")
    if rows is None:
        return nothing(block.shape)
    count = block.daily(rows, "answered_day").total(WINDOW)
    summed = block.daily(rows, "answered_day", whole(rows["points"])).total(WINDOW)
    return measure(ratio(summed, count) / SCALE, count)
