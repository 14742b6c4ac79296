"""How much has come in day by day, and the days on which far less came than is usual: a tracking outage, perhaps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.store import Store

SHOWN = 90
BEFORE = 8
"""Earlier weeks whose same weekday says what is usual."""
FEW = 0.35
"""A share of the usual; less on a day is suspected."""
ENOUGH = 20
"""Usual events of a day below which nothing is suspected."""


@dataclass(frozen=True)
class Volume:
    """One day's events: those of accounts, those of nobody, and how many accounts were active."""

    day: dt.date
    events: int
    nobody: int
    accounts: int
    usual: float | None
    """The median of the same weekday in eight weeks before; None without four of them."""

    @property
    def suspected(self) -> bool:
        """Whether so little came that the tracking may have been out."""
        return self.usual is not None and self.usual >= ENOUGH and self.events < FEW * self.usual


def volumes(store: Store, last: dt.date, days: int = SHOWN) -> list[Volume]:
    """The last days up to one, oldest first; a day without anything is there, too."""
    end = calendar.number(last)
    start = end - days - 7 * BEFORE
    rows = store.engine.rows(
        'SELECT "day", sum(activity)::BIGINT, count(DISTINCT account) FILTER (WHERE activity > 0) FROM account_days '
        'WHERE "day" BETWEEN ? AND ? GROUP BY "day"',
        [start, end],
    )
    strangers = dict(
        store.engine.rows(
            'SELECT "day", sum(events)::BIGINT FROM nobody_days WHERE "day" BETWEEN ? AND ? GROUP BY "day"',
            [start, end],
        )
    )
    known = {day: (int(events), accounts) for day, events, accounts in rows}
    begun = min([*known, *strangers], default=end + 1)
    found = []
    for day in range(max(begun, end - days + 1), end + 1):
        events, accounts = known.get(day, (0, 0))
        before = [known.get(day - 7 * week, (0, 0))[0] for week in range(1, BEFORE + 1) if day - 7 * week >= begun]
        usual = float(median(before)) if len(before) >= BEFORE // 2 else None
        found.append(Volume(calendar.date(day), events, int(strangers.get(day, 0)), accounts, usual))
    return found
