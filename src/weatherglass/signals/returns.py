"""Who is expected back: the chance that each user of an account is active again within the next 90 days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weatherglass.signals import windows
from weatherglass.signals.windows import Floats, Ints

YEAR = 364
"""Days looked back: 52 whole weeks."""
AHEAD = 90
"""Days looked ahead."""
USUAL = 4.0
"""Weeks between the active weeks of a user of whom nothing is known."""
ONE = 2.0**32
"""Logarithms are added up as whole multiples of 1 / ONE: sums do not depend on their order."""
CELLS = 60_000
"""Days of all members that are held at a time."""


@dataclass(frozen=True)
class Presence:
    """On which days members were there, one row a member and day; `row` is the account, days are columns.

    A member is a user of an account, or a feature that it uses.
    """

    row: Ints
    member: Ints
    day: Ints

    @classmethod
    def of(cls, row: Ints, member: Ints, day: Ints) -> Presence:
        """From rows in any order; equal ones count once."""
        order = np.lexsort((day, member, row))
        row, member, day = row[order], member[order], day[order]
        new = np.ones(len(row), dtype=np.bool_)
        new[1:] = (row[1:] != row[:-1]) | (member[1:] != member[:-1]) | (day[1:] != day[:-1])
        return cls(row[new], member[new], day[new])


@dataclass(frozen=True)
class Plane:
    """Members of accounts on some days: `active` is `[members, days]`, of which column 0 is `first`."""

    row: Ints
    active: npt.NDArray[np.bool_]
    first: int


def planes(presence: Presence, days: int, start: int) -> Iterator[Plane]:
    """Members side by side who were there at about the same time, on the days that `start` and later can see."""
    if not len(presence.row):
        return
    changed = (np.diff(presence.row) != 0) | (np.diff(presence.member) != 0)
    begins = np.flatnonzero(np.r_[True, changed])
    ends = np.r_[begins[1:], len(presence.row)]
    first, last = presence.day[begins], presence.day[ends - 1]
    seen = np.flatnonzero(last > start - YEAR)
    seen = seen[np.argsort(first[seen], kind="stable")]
    while len(seen):
        width = days - int(first[seen[0]])
        taken, seen = seen[: max(1, CELLS // width)], seen[max(1, CELLS // width) :]
        low, high = int(first[taken].min()), min(days, int(last[taken].max()) + YEAR)
        active = np.zeros((len(taken), high - low), dtype=np.bool_)
        for place, member in enumerate(taken):
            active[place, presence.day[begins[member] : ends[member]] - low] = True
        yield Plane(presence.row[begins[taken]], active, low)


@dataclass(frozen=True)
class Rhythm:
    """How members were active in the last year, `[members, days]`: 0 weeks where they were not."""

    weeks: Ints
    """Weeks, of the 52 that end with the day, with an active day."""
    since: Ints
    """Days since the last active day; 364 where there was none in the year."""
    known: Ints
    """Days since the first active day of the year."""


def rhythm(active: npt.NDArray[np.bool_]) -> Rhythm:
    """The rhythm of members on each day."""
    column = np.arange(active.shape[1])[None, :]
    sums = windows.prefix(active)
    weekly = windows.total(sums, 0, 7) > 0
    weeks = np.zeros(active.shape, dtype=np.int64)
    for week in range(YEAR // 7):
        weeks += windows.shifted(weekly, 0, 7 * week)
    latest = np.maximum.accumulate(np.where(active, column, -YEAR), axis=1)
    return Rhythm(weeks, np.minimum(column - latest, YEAR), np.where(weeks > 0, _first(active), 0))


def _first(active: npt.NDArray[np.bool_]) -> Ints:
    """Days since the first active day among the last 364."""
    width = active.shape[1]
    column = np.arange(width)
    following = np.minimum.accumulate(np.where(active, column, width)[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(column - following[:, np.maximum(column - YEAR + 1, 0)])


def expected(seen: Rhythm) -> Floats:
    """The chance that a member is active again within `AHEAD` days; 0 where it was not in the last year.

    Method: BG/NBD (Fader, Hardie, Lee 2005) on active weeks with weak priors that nobody fitted: an active week in
    `USUAL`, and every chance of having left for good equally likely.
    """
    logs = np.log(USUAL + np.arange(YEAR + AHEAD + 1) / 7.0)
    weeks = np.maximum(seen.weeks, 1)
    left = np.exp(weeks * (logs[seen.known] - logs[np.maximum(seen.known - seen.since, 0)])) / weeks
    back = 1.0 - np.exp(weeks * (logs[seen.known] - logs[seen.known + AHEAD]))
    return np.where(seen.weeks > 0, back / (1.0 + left), 0.0)


def evidence(presence: Presence, accounts: int, days: int, start: int) -> Floats:
    """`-log` of the chance that none of an account's members comes back, `[accounts, days from start]`."""
    total = np.zeros((accounts, days), dtype=np.int64)
    for plane in planes(presence, days, start):
        chance = expected(rhythm(plane.active))
        units = np.rint(-np.log1p(-np.minimum(chance, 1.0 - 1e-9)) * ONE).astype(np.int64)
        added(total, plane, units)
    return np.asarray(total[:, start:] / ONE)


def added(total: Ints, plane: Plane, amounts: Ints) -> None:
    """Add amounts of members, `[members, days]`, to their accounts'."""
    low, high = plane.first, plane.first + plane.active.shape[1]
    for row in np.unique(plane.row):
        total[row, low:high] += amounts[plane.row == row].sum(axis=0)
