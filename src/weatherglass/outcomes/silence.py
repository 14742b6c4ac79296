"""Churn by silence, for products without contracts: an account that was regular and then did nothing for long."""

from __future__ import annotations

import numpy as np

from weatherglass.config.outcomes import OutcomeRules
from weatherglass.outcomes.labels import CHURNED, Outcomes
from weatherglass.signals import windows
from weatherglass.signals.sparse import NEVER
from weatherglass.signals.windows import Bools, Ints

WEEK = 7


class Activity:
    """On which days accounts were active: `[accounts, days]`, of which column 0 is day number `first_day`."""

    def __init__(self, active: Bools, first_day: int) -> None:
        self.first_day = first_day
        self._sums = windows.prefix(active)
        self._row, self._column = np.nonzero(active)

    @property
    def last_day(self) -> int:
        return int(self.first_day + self._sums.shape[1] - 2)

    def active_weeks(self, row: Ints, day: Ints, weeks: int) -> Ints:
        """Of the last `weeks` blocks of 7 days that end with a day, those with activity; row and day broadcast."""
        ends = day - self.first_day + 1
        edges = [self._upto(row, ends - WEEK * back) for back in range(weeks + 1)]
        return np.asarray(sum((edges[k] > edges[k + 1]).astype(np.int64) for k in range(weeks)))

    def days_of(self, row: int) -> Ints:
        """The active days of one account."""
        low, high = np.searchsorted(self._row, (row, row + 1))
        return np.asarray(self._column[low:high] + self.first_day)

    def first(self, accounts: int) -> Ints:
        """The day each account was first active; NEVER if it never was."""
        result = np.full(accounts, NEVER)
        np.minimum.at(result, self._row, self._column + self.first_day)
        return result

    def last_by(self, days: Ints) -> Ints:
        """The last active day of each account by each day: `[accounts, days]`; -NEVER before the first."""
        width = self._sums.shape[1]
        column = np.where(np.diff(self._sums, axis=1) > 0, np.arange(width - 1), -1)
        latest = np.maximum.accumulate(column, axis=1)[:, days - self.first_day]
        return np.where(latest >= 0, latest + self.first_day, -NEVER)

    def gaps(self) -> tuple[Ints, Ints, Ints]:
        """Every active day of every account with the next one (NEVER): row, day, next day."""
        follows = np.r_[self._row[1:] == self._row[:-1], False] if len(self._row) else np.zeros(0, dtype=np.bool_)
        following = np.where(follows, np.r_[self._column[1:], 0][: len(self._row)] + self.first_day, NEVER)
        return self._row, self._column + self.first_day, following

    def _upto(self, row: Ints, before: Ints) -> Ints:
        column = np.clip(before, 0, self._sums.shape[1] - 1)
        return np.asarray(self._sums[row, column])


def silences(activity: Activity, rules: OutcomeRules) -> Outcomes:
    """A churn for every silence of `silence_days` after regular use that is over by the last day, or is complete.

    It happened, and is known, on the day on which the silence is that long; `back` is the next active day.
    """
    row, day, following = activity.gaps()
    complete = day + rules.silence_days
    long = np.flatnonzero((following > complete) & (complete <= activity.last_day))
    row, day, following, complete = row[long], day[long], following[long], complete[long]
    regular = _was_regular(activity, row, day, rules)
    return Outcomes.of(
        account=row[regular],
        kind=np.full(int(regular.sum()), CHURNED),
        day=complete[regular],
        since=day[regular] + 1,
        back=following[regular],
    )


def regular(activity: Activity, accounts: int, days: Ints, rules: OutcomeRules) -> Bools:
    """Whether accounts are regular on days, `[accounts, days]`: known for as long as is looked at, and often active."""
    rows = np.arange(accounts)[:, None]
    old = days[None, :] - activity.first(accounts)[:, None] >= WEEK * rules.regular_of
    return np.asarray(old & (activity.active_weeks(rows, days[None, :], rules.regular_of) >= rules.regular_weeks))


def _was_regular(activity: Activity, row: Ints, day: Ints, rules: OutcomeRules) -> Bools:
    # weeks end with the day that is looked from; as of any later day they hold no more active weeks than as of one of
    # the seven after the last activity
    counted = [activity.active_weeks(row, day + shift, rules.regular_of) for shift in range(WEEK)]
    return np.asarray(np.max(counted, axis=0) >= rules.regular_weeks) if len(row) else np.zeros(0, dtype=np.bool_)
