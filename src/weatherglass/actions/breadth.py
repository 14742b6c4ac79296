"""Breadth: which features of the product an account uses, by its own habits and on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from weatherglass.actions.arrays import Floats, Ints, stretches
from weatherglass.actions.habits import LAG, SPAN

MOST = 16
"""Features that are looked at."""
KNOWN = 8
"""Days with activity from which on an account has a habit."""
RARE = 0.03
"""The share of its days from which on a feature is one of the account's."""
SUREST = 0.98
"""No feature is surer to be used on a day."""
OFTENEST = 5.0
"""Uses of a feature that an event stands for at most."""
UNEVEN = 20.0
"""No days differ more in their events than this: the variance, as a multiple of the mean's square."""


@dataclass(frozen=True)
class Breadth:
    """The days on which accounts did something, one element each, by account and day."""

    account: Ints
    day: Ints
    events: Ints
    used: npt.NDArray[np.uint16]
    """The features that were used, a bit each."""
    names: tuple[str, ...] = ()
    """What the bits stand for."""

    def of(self, accounts: slice) -> Breadth:
        """Those of some accounts, which are counted from the first of them on."""
        mine = slice(*np.searchsorted(self.account, [accounts.start, accounts.stop]))
        account = self.account[mine] - accounts.start
        return Breadth(account, self.day[mine], self.events[mine], self.used[mine], self.names)


UNKNOWN = Breadth(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint16))


def breadth(account: Ints, day: Ints, events: Ints, used: npt.NDArray[np.uint16], names: Sequence[str]) -> Breadth:
    """The breadth of days in any order; those of an account that lie beside each other are put in order fastest."""
    order = np.lexsort((day, account))
    return Breadth(account[order], day[order], events[order], used[order], tuple(names))


@dataclass(frozen=True)
class Usual:
    """What habits make expect of the days of a record, one element each."""

    account: Ints
    at: Ints
    """The place of the day in the record."""
    used: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    """For each feature: whether it was used."""
    uses: list[Floats] = field(default_factory=list)
    """For each feature: how many uses the day's events would usually hold; 0 where it is none of the account's."""

    def expected(self, feature: int) -> Floats:
        """The chance that a day with so many events has the feature."""
        return np.asarray(-np.expm1(-self.uses[feature]))


def usual(found: Breadth, first: int, days: int) -> Usual:
    """What habits make expect on the days from `first` on: of the 84 days that ended 28 before each.

    Uses of a feature come by chance, so many an event: a share of the days has none, and what that says of one event
    follows from how the number of events differs from day to day (as a gamma distribution does).
    """
    mine = np.flatnonzero((found.day >= first) & (found.day < first + days))
    since, until = stretches(found.account, found.day, LAG, SPAN, mine)
    active = np.maximum(until - since, 1)

    def mean(values: npt.NDArray[np.generic]) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return np.asarray((total[until] - total[since]) / active)

    events = found.events.astype(np.float64)
    middle = np.maximum(mean(events), 1e-9)
    # no steadier than chance lets it be
    spread = np.maximum(mean(events**2) - middle**2, 0.25 * middle)
    used, uses = [], []
    for feature in range(len(found.names)):
        there = (found.used >> np.uint16(feature)) & np.uint16(1)
        share = np.minimum(mean(there), SUREST)
        each = ((1 - share) ** -np.minimum(spread / middle**2, UNEVEN) - 1) * middle / spread
        theirs = (until - since >= KNOWN) & (share > RARE)
        uses.append(np.where(theirs, np.minimum(each, OFTENEST) * events[mine], 0.0))
        used.append(there[mine] > 0)
    return Usual(found.account[mine], found.day[mine] - first, used, uses)
