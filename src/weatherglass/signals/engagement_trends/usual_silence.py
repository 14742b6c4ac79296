"""How far apart the active days of an account usually are."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, ratio
from weatherglass.signals.silences import silences

DOCUMENT = "Mean length of the silences of the last year."
SENTENCE = "{value:.1f} days between two active days, by {baseline:.0f} silences"
ARITHMETIC = "100 x 0.5^({value:.2f} / 28)"

HALF_LIFE = 28.0
"""Days."""


def usual_silence(block: Block) -> Measure:
    """100 for no silence, half of it for every 28 days between active days; null before one ended in the last year."""
    known = silences(block)
    mean = ratio(known.total, known.number)
    return measure(100.0 * 0.5 ** (mean / HALF_LIFE), mean, known.number, null=known.number == 0)
