"""How long tickets take."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block, Series
from weatherglass.signals.measure import Measure, measure, nothing, ratio
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.support_signals.tickets import tickets
from weatherglass.signals.windows import Ints

DOCUMENT = "Age of open tickets and time to resolve those of the last {tickets} days: 100 up to 2 days, 0 from 14 on."
SENTENCE = "open and recently resolved tickets took {value:.1f} days on average"
ARITHMETIC = "mean over the tickets of 100 up to 2 days, 0 from 14 days, linear between"

DAY = 86_400_000_000
"""Microseconds."""
GOOD, BAD = 2, 14
"""Days."""


def resolution(block: Block) -> Measure:
    """Mean over tickets open at the end of the day or resolved in the window; null without any."""
    rows = tickets(block)
    if rows is None:
        return nothing(block.shape)
    ends = block.grid.workspace.day_ends[block.span.first :]
    open_count = block.holding(rows, rows["opened_day"], rows["resolved_day"])
    solved = rows.where(rows["resolved_day"] < block.days)
    took = solved["resolved_us"] - solved["opened_us"]
    days = block.windows.tickets
    count = block.last(open_count) + block.daily(solved, "resolved_day").total(days)
    points = _open_points(block, rows, ends) + block.daily(solved, "resolved_day", _points(took)).total(days)
    opened_at = block.holding(rows, rows["opened_day"], rows["resolved_day"], rows["opened_us"] - ends[0])
    age = block.last((ends - ends[0]) * open_count - opened_at)
    mean = ratio(age + block.daily(solved, "resolved_day", took).total(days), count) / DAY
    return measure(100.0 * ratio(points, count) / ((BAD - GOOD) * DAY), mean)


def _points(microseconds: object) -> Ints:
    # a ticket's score in microseconds short of the worst: whole numbers add up the same in any order
    return np.clip(BAD * DAY - np.asarray(microseconds, dtype=np.int64), 0, (BAD - GOOD) * DAY)


def _open_points(block: Block, rows: Sparse, ends: Ints) -> Ints:
    daily = np.zeros((block.shape[0], block.days), dtype=np.int64)
    opened, resolved = rows["opened_day"].astype(np.int64), rows["resolved_day"].astype(np.int64)
    for day in range(BAD + 1):
        at = opened + day
        still = np.flatnonzero((at >= 0) & (at < block.days) & (at < resolved))
        points = _points(ends[at[still]] - rows["opened_us"][still])
        np.add.at(daily, (rows.row[still], at[still]), points)
    return np.asarray(block.last(Series(daily, block.start).daily), dtype=np.int64)
