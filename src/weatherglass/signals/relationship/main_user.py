"""Whether the user who uses it most is still there."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing
from weatherglass.signals.people import people

DOCUMENT = "Days since the most active user of the last 84 days was last active."
SENTENCE = "the most active user was last there {value:.0f} days ago"
ARITHMETIC = "100 x 0.5^({value:.0f} / 14)"

NEEDS = ("user_days",)

HALF_LIFE = 14.0
"""Days."""


def main_user(block: Block) -> Measure:
    """100 on a day of the most active user, half of it for every fortnight since; null without one in 84 days."""
    known = people(block)
    if known is None:
        return nothing(block.shape)
    return measure(100.0 * 0.5 ** (known.silent / HALF_LIFE), known.silent, null=known.most == 0)
