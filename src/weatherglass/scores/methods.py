"""The methods that make a score, behind one protocol; a scorecard chooses by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from weatherglass.scores import learned, ruled, weighted
from weatherglass.scores.weighted import Scores

if TYPE_CHECKING:
    from weatherglass.signals.block import Block


class Method(Protocol):
    """From a block of accounts and days to scores, of which weights add up to 1 and contributions to the score."""

    def __call__(self, block: Block) -> Scores: ...


METHODS: MappingProxyType[str, Method] = MappingProxyType(
    {
        "weighted": weighted.score,
        "rules": ruled.score,
        "learned": learned.score,
        "hybrid": learned.score,
        "hazard": learned.score,
    }
)
"""By the name that a scorecard has for them; the three that learn differ in what `train` fits, not in its use."""


def score(block: Block) -> Scores:
    """The scores of a block by its card's method."""
    return METHODS[block.card.made_by](block)
