"""How bad the tickets are."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.support_signals.tickets import opened, tickets

DOCUMENT = (
    "100 less the mean weight of the tickets opened in the last {tickets} days: low 0, normal 0.25, high 0.75, "
    "urgent or escalated 1."
)
SENTENCE = "the tickets of {tickets} days weigh {value:.2f} on average (0 low, 1 urgent)"
ARITHMETIC = "100 x (1 - {value:.4f})"

QUARTERS = {"low": 0, "normal": 1, "high": 3, "urgent": 4}
"""Weights in quarters; what is empty or unknown is normal, what is escalated is urgent."""


def severity(block: Block) -> Measure:
    """100 * (1 - mean weight); null without a ticket in the window."""
    rows = tickets(block)
    if rows is None:
        return nothing(block.shape)
    days = block.windows.tickets
    count = opened(block, rows).total(days)
    weight = ratio(block.daily(rows, "opened_day", rows["quarters"]).total(days), 4 * count)
    return measure(100.0 * (1.0 - weight), weight)
