"""Whether the account files more tickets than it used to, or has fallen silent."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, between, measure, nothing
from weatherglass.signals.support_signals.tickets import opened, tickets, unused

DOCUMENT = "Tickets opened in the last {tickets} days against the account's own usual number."
SENTENCE = "{value:.0f} tickets in {tickets} days; {baseline:.1f} is usual"
ARITHMETIC = "100 up to {baseline:.2f} tickets, then linear to 0 at four times that; 50 for silence after at least 3"

SILENCE_BEFORE = 3
SILENCE_SCORE = 50.0
FLOOD = 4.0
"""Times the usual number at which the score is 0."""


def volume(block: Block) -> Measure:
    """100 up to the usual number, then linear to 0 at four times it; 50 for silence after at least 3 tickets."""
    rows = tickets(block)
    if rows is None:
        return nothing(block.shape)
    days, history = block.windows.tickets, block.windows.ticket_history
    daily = opened(block, rows)
    now, before = daily.total(days), daily.total(history, days)
    within = np.clip(block.history - days, 0, history)
    usual = np.maximum(1.0, before * days / np.maximum(days, within))
    score = between(now / usual, FLOOD, 1.0)
    score = np.where((now == 0) & (before >= SILENCE_BEFORE), SILENCE_SCORE, score)
    score = np.where(daily.ever, score, 100.0)
    idle = unused(block)
    return measure(score, np.where(idle, np.nan, now), np.where(idle, np.nan, usual), null=idle)
