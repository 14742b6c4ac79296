"""How many users have stopped coming."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing
from weatherglass.signals.people import people

DOCUMENT = "Users of the 56 days that ended 28 days ago who were not there in the last 28."
SENTENCE = "{value:.0f} users were not there in the last 28 days"
ARITHMETIC = "100 x 3 / (3 + {value:.0f})"

NEEDS = ("user_days",)
UNSIGNED = True
"""Whether more of it is better is not known beforehand."""

HALF = 3


def lost_users(block: Block) -> Measure:
    """100 * 3 / (3 + n); null without earlier users."""
    known = people(block)
    if known is None:
        return nothing(block.shape)
    return measure(100.0 * HALF / (HALF + known.lost), known.lost, null=known.before == 0)
