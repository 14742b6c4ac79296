"""Which part of the users has stopped coming."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.people import people

DOCUMENT = "Share of the users of the 56 days that ended 28 days ago who were not there in the last 28."
SENTENCE = "{value:.0f} of {baseline:.0f} users were not there in the last 28 days"
ARITHMETIC = "100 x (1 - {value:.0f} / {baseline:.0f})"

NEEDS = ("user_days",)


def fading_users(block: Block) -> Measure:
    """100 * share of the earlier users who are still there; null without earlier users."""
    known = people(block)
    if known is None:
        return nothing(block.shape)
    return measure(100.0 * (1.0 - ratio(known.lost, known.before)), known.lost, known.before, null=known.before == 0)
