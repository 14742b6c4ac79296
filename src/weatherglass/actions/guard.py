"""What keeps a fault of the data from looking like faults of the accounts."""

from __future__ import annotations

import numpy as np

from weatherglass.actions.arrays import Bools, Floats, Ints, window
from weatherglass.actions.record import Record
from weatherglass.config.alerts import Alerts

BROKEN_SHARE = 0.4
"""Of the rows that are usual on such a weekday."""
BELOW_LEAST = 0.6
"""Of the fewest there were on such a weekday."""
OFTEN = 50
"""Rows of a day from which on a day with few of them says something."""
USUAL_ROWS = 20
SHADOW_DAYS = 3
"""Days after a source is back on which nothing is said of use."""
WEEKS = 8


def broken_sources(record: Record) -> dict[str, Bools]:
    """Table -> (D,) the days on which it sent far less than on the same weekday of the eight weeks before.

    A table that seldom has rows is broken when it was silent three times as long as ever, and for a week.
    """
    found = {}
    for table, rows in record.arrivals.items():
        broken = _far_less(rows) if _often(rows) else _silent(rows)
        if broken.any():
            found[table] = broken
    return found


def _often(rows: Floats) -> bool:
    return bool(np.median(rows) >= OFTEN)


def _far_less(rows: Floats) -> Bools:
    broken = np.zeros(len(rows), bool)
    kept = rows.copy()
    for day in range(7 * 4, len(rows)):
        before = kept[max(0, day - 7 * WEEKS) : day][::-1][6::7]
        usual, least = float(np.median(before)), float(before.min())
        # a quiet Sunday of a small company is quiet by chance: the lowest of eight says how low chance goes
        if usual >= OFTEN and rows[day] < min(BROKEN_SHARE * usual, BELOW_LEAST * least):
            broken[day] = True
            # the gap must not become what is usual
            kept[day] = usual
    return broken


def _silent(rows: Floats) -> Bools:
    days = np.flatnonzero(rows)
    broken = np.zeros(len(rows), bool)
    if rows.sum() < USUAL_ROWS or len(days) < 2:
        return broken
    longest, last = 0, int(days[0])
    for day in range(last + 1, len(rows)):
        broken[day] = day - last > max(7, 3 * longest) and rows[:day].sum() >= USUAL_ROWS
        if rows[day]:
            # a gap counts once it is over: while it lasts it would always be the longest
            longest, last = max(longest, 0 if broken[day] else day - last), day
            broken[day] = False
    return broken


def shadow(broken: Bools) -> Bools:
    """The days on which use cannot be judged: the gap itself, and a few after it."""
    days = np.flatnonzero(broken)
    found = broken.copy()
    for day in days:
        found[day : day + SHADOW_DAYS + 1] = True
    return found


def unjoined(record: Record, alerts: Alerts) -> Bools:
    """(D,) the days on which too many events of the last 28 days reached no account."""
    if not len(record.nobody):
        return np.zeros(record.days, bool)
    lost = window(record.nobody[None, :], 28)[0]
    placed = window(record.arrivals.get("events", np.zeros(record.days))[None, :], 28)[0]
    total = lost + placed
    return np.asarray((total >= USUAL_ROWS) & (lost > (1 - alerts.join_coverage) * total))


def moves_together(starts: Ints, record: Record, alerts: Alerts) -> Bools:
    """(D,) the days on which a rule would speak of most of the fleet: those of three days are counted.

    starts: (D,) of how many it would speak.
    """
    there = (record.lifecycle >= 0).sum(axis=0)
    within = window(starts.astype(float)[None, :], min(3, record.days))[0]
    return np.asarray(within >= np.maximum(alerts.fleet_accounts, alerts.fleet_share * there))
