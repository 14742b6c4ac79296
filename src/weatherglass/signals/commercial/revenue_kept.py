"""How much of its best revenue of the year the account still pays."""

from __future__ import annotations

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.growth.contracts import active
from weatherglass.signals.measure import Measure, measure, nothing, ratio

DOCUMENT = "Monthly recurring revenue against the most of the last 365 days."
SENTENCE = "monthly revenue {value:,.2f} of {baseline:,.2f} at its best in a year"
ARITHMETIC = "100 x {value:.2f} / {baseline:.2f}"

WINDOW = 365
CENTS = 100.0


def revenue_kept(block: Block) -> Measure:
    """100 * now / most; null when the most is 0."""
    rows = block.facts("subscriptions")
    if rows is None:
        return nothing(block.shape)
    sums = active(block, rows, "cents")
    now, most = block.last(sums), windows.largest(sums, block.start, WINDOW)
    return measure(100.0 * ratio(now, most), now / CENTS, most / CENTS)
