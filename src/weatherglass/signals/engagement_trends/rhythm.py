"""Whether the present silence is long by the account's own measure."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.silences import silences

DOCUMENT = "Share of the account's own silences of the last year that were at least as long as the present one."
SENTENCE = "{value:.0f} of the {baseline:.0f} silences of the last year were at least as long as the present one"
ARITHMETIC = "100 x ({value:.0f} + 0.5) / ({baseline:.0f} + 1)"


def rhythm(block: Block) -> Measure:
    """100 * (silences as long + 1/2) / (silences + 1); null before a silence has ended within the last year."""
    known = silences(block)
    number, as_long = known.number, known.as_long()
    return measure(100.0 * (as_long + 0.5) / (number + 1), as_long, number, null=number == 0)
