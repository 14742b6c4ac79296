"""How much of the money is overdue."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.financial_health.invoices import invoices, overdue_days, unbilled
from weatherglass.signals.measure import Measure, measure, nothing, ratio

DOCUMENT = "Overdue amount against the amount issued in the last 365 days."
SENTENCE = "{value:,.2f} overdue of {baseline:,.2f} issued in a year"
ARITHMETIC = "100 x (1 - min(1, {value:.2f} / {baseline:.2f}))"

WINDOW = 365
CENTS = 100.0


def overdue(block: Block) -> Measure:
    """100 * (1 - min(1, overdue / issued)); null when neither is there."""
    rows = invoices(block)
    if rows is None:
        return nothing(block.shape)
    owed = block.last(block.holding(rows, *overdue_days(rows), rows["cents"]))
    issued = block.daily(rows, "issued_day", rows["cents"]).total(WINDOW)
    share = np.where(issued > 0, ratio(owed, issued), np.where(owed > 0, 1.0, np.nan))
    score = 100.0 * (1.0 - np.minimum(1.0, share))
    return measure(score, owed / CENTS, issued / CENTS, null=unbilled(block, rows))
