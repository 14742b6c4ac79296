"""How late invoices are paid."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block, Series
from weatherglass.signals.financial_health.invoices import invoices, overdue_days, unbilled
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.windows import Ints

DOCUMENT = "Days late of the invoices paid in the last 180 days and of those overdue now: 100 on time, 0 at 30 days."
SENTENCE = "invoices were {value:.1f} days late on average ({baseline:.0f} invoices)"
ARITHMETIC = "mean over {baseline:.0f} invoices of 100 on time, 0 at 30 days late, linear between"

WINDOW = 180
WORST = 30
"""Days late at which an invoice scores 0."""


def payment_timeliness(block: Block) -> Measure:
    """Mean over paid and overdue invoices; null with neither."""
    rows = invoices(block)
    if rows is None:
        return nothing(block.shape)
    paid = rows.where(rows["paid_day"] < block.days)
    late = np.maximum(0, paid["paid_day"] - paid["due_day"])
    first, until = overdue_days(rows)
    overdue = block.last(block.holding(rows, first, until))
    count = block.daily(paid, "paid_day").total(WINDOW) + overdue
    points = block.daily(paid, "paid_day", WORST - np.minimum(WORST, late)).total(WINDOW)
    points = points + _overdue_points(block, rows, first, until)
    # days late of what is overdue today: today times their number, less their due days
    due = block.last(block.holding(rows, first, until, rows["owed_day"]))
    days = block.daily(paid, "paid_day", late).total(WINDOW) + block.asked * overdue - due
    return measure(100.0 * ratio(points, WORST * count), ratio(days, count), count, null=unbilled(block, rows))


def _overdue_points(block: Block, rows: Sparse, first: Ints, until: Ints) -> Ints:
    daily = np.zeros((block.shape[0], block.days), dtype=np.int64)
    due = rows["owed_day"].astype(np.int64)
    for late in range(1, WORST):
        at = due + late
        open_then = np.flatnonzero((at >= np.maximum(first, 0)) & (at < until) & (at < block.days))
        np.add.at(daily, (rows.row[open_then], at[open_then]), WORST - late)
    return np.asarray(block.last(Series(daily, block.start).daily), dtype=np.int64)
