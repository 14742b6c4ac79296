"""Outcomes read from subscriptions: ended and not replaced, replaced, and revenue up or down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.outcomes.labels import CHURNED, CONTRACTED, EXPANDED, RENEWED, Outcomes
from weatherglass.signals.sparse import NEVER
from weatherglass.signals.windows import Bools, Ints

_SPAN = np.int64(1) << 42
_EARLY = np.int64(1) << 24


@dataclass(frozen=True)
class Contracts:
    """Subscriptions of accounts: the days they start and end (NEVER), and cents a month; an end on a day has ended."""

    account: Ints
    started: Ints
    ended: Ints
    cents: Ints

    def __len__(self) -> int:
        return len(self.account)

    @classmethod
    def none(cls) -> Contracts:
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, nothing, nothing, nothing)

    def running(self, accounts: int, days: Ints) -> Ints:
        """How many run at the end of each day: `[accounts, days]`; days ascend."""
        return self._over(accounts, days, np.ones(len(self), dtype=np.int64))

    def revenue(self, accounts: int, days: Ints) -> Ints:
        """Cents a month of those."""
        return self._over(accounts, days, self.cents)

    def begun(self, accounts: int, days: Ints) -> Bools:
        """Whether the account ever had one by each day."""
        first = np.full(accounts, NEVER)
        np.minimum.at(first, self.account, self.started)
        return np.asarray(first[:, None] <= days[None, :])

    def _over(self, accounts: int, days: Ints, amount: Ints) -> Ints:
        change = np.zeros((accounts, len(days) + 1), dtype=np.int64)
        lasting = self.started < self.ended
        for day, sign in ((self.started, 1), (self.ended, -1)):
            column = np.searchsorted(days, day)
            np.add.at(change, (self.account[lasting], column[lasting]), sign * amount[lasting])
        return np.cumsum(change, axis=1)[:, :-1]


def contract_outcomes(contracts: Contracts, grace: int) -> Outcomes:
    """Churns, renewals, expansions and contractions.

    churned: nothing runs any more and nothing starts within `grace` days; known when they are over.
    renewed: one ends and another starts at most `grace` days before or after.
    expanded, contracted: the month's revenue is above the most of the `grace` days before, or below what it was and
    not back within `grace` days after; known at once, and when those are over.
    """
    levels = _Levels(contracts)
    if not len(levels.account):
        return Outcomes.none()
    return Outcomes.joined([_churns(levels, grace), _moves(levels, grace), _renewals(contracts, grace)])


class _Levels:
    """What runs and what it brings, from each day of a change up to the next; by account and day."""

    def __init__(self, contracts: Contracts) -> None:
        lasting = contracts.started < contracts.ended
        ending = lasting & (contracts.ended < NEVER)
        account = np.r_[contracts.account[lasting], contracts.account[ending]]
        day = np.r_[contracts.started[lasting], contracts.ended[ending]]
        sign = np.r_[np.ones(lasting.sum(), dtype=np.int64), -np.ones(ending.sum(), dtype=np.int64)]
        cents = np.r_[contracts.cents[lasting], -contracts.cents[ending]]
        order = np.lexsort((day, account))
        account, day = account[order], day[order]
        fresh = np.r_[True, (account[1:] != account[:-1]) | (day[1:] != day[:-1])] if len(day) else order.astype(bool)
        starts = np.flatnonzero(fresh)
        self.account, self.day = account[starts], day[starts]
        self.count = self._within(np.add.reduceat(sign[order], starts) if len(starts) else sign)
        self.cents = self._within(np.add.reduceat(cents[order], starts) if len(starts) else cents)
        self.last = np.r_[self.account[1:] != self.account[:-1], True] if len(starts) else np.zeros(0, dtype=np.bool_)
        self.until = np.where(self.last, NEVER, np.r_[self.day[1:], 0][: len(self.day)])

    def _within(self, change: Ints) -> Ints:
        total = np.cumsum(change)
        first = np.searchsorted(self.account, self.account)
        return np.asarray(total - (total[first] - change[first])) if len(change) else total

    @property
    def first(self) -> Bools:
        return np.asarray(np.r_[True, self.account[1:] != self.account[:-1]])

    def most(self, low: Ints, high: Ints) -> Ints:
        """The most cents on the days low..high, both inclusive, of each change's account."""
        # every account begins with nothing
        accounts = np.unique(self.account)
        keys = np.r_[_key(accounts, np.full(len(accounts), -_EARLY)), _key(self.account, self.day)]
        order = np.argsort(keys)
        cents = np.r_[np.zeros(len(accounts), dtype=np.int64), self.cents][order]
        first = np.searchsorted(keys[order], _key(self.account, low), side="right") - 1
        after = np.searchsorted(keys[order], _key(self.account, high), side="right")
        return np.asarray(np.maximum.reduceat(np.r_[cents, 0], np.c_[first, after].ravel())[::2])


def _churns(levels: _Levels, grace: int) -> Outcomes:
    over = (levels.count == 0) & (levels.until - levels.day > grace)
    before = np.r_[0, levels.cents[:-1]]
    return Outcomes.of(
        account=levels.account[over],
        kind=np.full(int(over.sum()), CHURNED),
        day=levels.day[over],
        known=levels.day[over] + grace,
        back=levels.until[over],
        amount=-before[over] / 100.0,
    )


def _moves(levels: _Levels, grace: int) -> Outcomes:
    before = np.where(levels.first, 0, np.r_[0, levels.cents[:-1]])
    # without days of grace there is still the day before
    earlier = levels.most(levels.day - max(grace, 1), levels.day - 1)
    later = levels.most(levels.day, levels.day + grace)
    up = (levels.cents > earlier) & (earlier > 0)
    over = (levels.count == 0) & (levels.until - levels.day > grace)
    down = (levels.cents < before) & (later < before) & ~over
    return Outcomes.of(
        account=np.r_[levels.account[up], levels.account[down]],
        kind=np.r_[np.full(int(up.sum()), EXPANDED), np.full(int(down.sum()), CONTRACTED)],
        day=np.r_[levels.day[up], levels.day[down]],
        known=np.r_[levels.day[up], levels.day[down] + grace],
        amount=np.r_[(levels.cents - earlier)[up], (later - before)[down]] / 100.0,
    )


def _renewals(contracts: Contracts, grace: int) -> Outcomes:
    """The ends of contracts near which another starts that began after this one."""
    lasting = contracts.started < contracts.ended
    account, started = contracts.account[lasting], contracts.started[lasting]
    ended, cents = contracts.ended[lasting], contracts.cents[lasting]
    order = np.lexsort((started, account))
    keys = _key(account[order], started[order])
    ends = np.flatnonzero(ended < NEVER)
    # another that starts after this one did, from `grace` days before its end on
    lower = np.maximum(ended[ends] - grace, started[ends] + 1)
    place = np.searchsorted(keys, _key(account[ends], lower))
    inside = place < len(keys)
    found = order[np.where(inside, place, 0)]
    renewed = inside & (account[found] == account[ends]) & (started[found] <= ended[ends] + grace)
    ends, found = ends[renewed], found[renewed]
    return Outcomes.of(
        account=account[ends],
        kind=np.full(len(ends), RENEWED),
        day=ended[ends],
        known=np.maximum(ended[ends], started[found]),
        amount=(cents[found] - cents[ends]) / 100.0,
    )


def _key(account: Ints, day: Ints) -> Ints:
    """One number that sorts by account, then by day."""
    return np.asarray(account * _SPAN + np.maximum(day, -_EARLY) + _EARLY)
