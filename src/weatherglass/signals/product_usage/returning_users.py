"""Whether any of the users is expected back."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing
from weatherglass.signals.people import presence
from weatherglass.signals.returns import evidence

DOCUMENT = "-log of the chance that no user comes back within 90 days, each judged by the own rhythm of a year."
SENTENCE = "the chance that nobody comes back within 90 days is e^-{value:.2f}"
ARITHMETIC = "100 x {value:.4f} / (1 + {value:.4f})"

NEEDS = ("user_days",)


def returning_users(block: Block) -> Measure:
    """100 * x / (1 + x), x = -log of the chance that all stay away; null before a user's first activity."""
    known = presence(block)
    if known is None:
        return nothing(block.shape)
    x = evidence(known, block.shape[0], block.days, block.start)
    return measure(100.0 * x / (1.0 + x), x, null=block.last(block.known_users) == 0)
