"""Whether any of the features is expected to be used again."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.breadth import presence
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.returns import evidence

DOCUMENT = "-log of the chance that no feature is used again within 90 days, each judged by its own rhythm of a year."
SENTENCE = "the chance that no feature is used again within 90 days is e^-{value:.2f}"
ARITHMETIC = "100 x {value:.4f} / (1 + {value:.4f})"


def returning_features(block: Block) -> Measure:
    """100 * x / (1 + x), x = -log of the chance that none is used again; null before any activity."""
    x = evidence(presence(block), block.shape[0], block.days, block.start)
    return measure(100.0 * x / (1.0 + x), x, null=~block.had_activity)
