"""Whether people come to what they are invited to."""

from __future__ import annotations

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio

DOCUMENT = "Share of the interactions of the last 90 days that were attended, where it is known."
SENTENCE = "{value:.0f} of {baseline:.0f} invitations attended"
ARITHMETIC = "100 x {value:.0f} / {baseline:.0f}"

WINDOW = 90


def attendance(block: Block) -> Measure:
    """100 * attended / known; null when none is known."""
    rows = block.facts("interactions")
    if rows is None:
        return nothing(block.shape)
    known = rows.where(rows["attended"] >= 0)
    count = block.daily(known, "occurred_day").total(WINDOW)
    came = block.daily(known, "occurred_day", known["attended"]).total(WINDOW)
    return measure(100.0 * ratio(came, count), came, count)
