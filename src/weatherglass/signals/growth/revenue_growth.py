"""Whether the account pays more than half a year ago."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.growth.contracts import grown
from weatherglass.signals.measure import Measure

DOCUMENT = "Monthly recurring revenue of active subscriptions against 182 days ago."
SENTENCE = "monthly revenue {value:,.2f} against {baseline:,.2f} half a year ago"
ARITHMETIC = "piecewise linear through (-20 %, 0), (0 %, 50), (+20 %, 100), at {value:.2f} / {baseline:.2f} - 1"


def revenue_growth(block: Block) -> Measure:
    """Piecewise linear in the change of MRR."""
    return grown(block, "cents", 100.0)
