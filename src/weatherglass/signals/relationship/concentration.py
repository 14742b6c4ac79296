"""How much hangs on one user."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.people import people

DOCUMENT = "Share of the most active user in the days of all users of the last 84 days."
SENTENCE = "one user has {value:.0f} of the {baseline:.0f} days of all users in 84 days"
ARITHMETIC = "100 x (1 - {value:.0f} / {baseline:.0f})"

NEEDS = ("user_days",)


def concentration(block: Block) -> Measure:
    """100 * share of the days that are of others; null without an active user in 84 days."""
    known = people(block)
    if known is None:
        return nothing(block.shape)
    return measure(100.0 * (1.0 - ratio(known.most, known.days)), known.most, known.days, null=known.days == 0)
