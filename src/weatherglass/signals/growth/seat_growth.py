"""Whether the account has more seats than half a year ago."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.growth.contracts import grown
from weatherglass.signals.measure import Measure

DOCUMENT = "Seats of active subscriptions against 182 days ago."
SENTENCE = "{value:,.0f} seats against {baseline:,.0f} half a year ago"
ARITHMETIC = "piecewise linear through (-20 %, 0), (0 %, 50), (+20 %, 100), at {value:.0f} / {baseline:.0f} - 1"


def seat_growth(block: Block) -> Measure:
    """Piecewise linear in the change of seats."""
    return grown(block, "seats", 1.0)
