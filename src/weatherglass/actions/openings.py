"""What rules would open, counted over all accounts at once: the days of `replay` without its episodes and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from weatherglass.actions.arrays import Bools, Ints
from weatherglass.actions.episodes import GOOD, RENEWAL_DAYS
from weatherglass.actions.watch import Watch
from weatherglass.config.alerts import SEVERITIES, Severity

NEVER = -(10**9)


@dataclass(frozen=True)
class Opening:
    """An alert about an account: its place in the record, and that of the day."""

    account: int
    day: int
    problem: str
    severity: Severity
    rule: str
    """The first that saw it."""


@dataclass
class Opened:
    """All alerts about accounts, day by day, and how many were updated because they got worse."""

    openings: list[Opening] = field(default_factory=list)
    updated: int = 0


def opened(watch: Watch, first: int) -> Opened:
    """What a watch opens from a day number on, when nothing was open before: as `replay` has it."""
    found = Opened()
    problems = dict.fromkeys(str(rule.about) for rule in watch.rules.values())
    states = [_Problem(watch, name) for name in problems]
    for day in range(first, watch.record.last + 1):
        for state in states:
            found.updated += state.carry(day)
        for state in states:
            found.openings.extend(state.begin(day))
    return found


class _Problem:
    """One problem of all accounts."""

    def __init__(self, watch: Watch, name: str) -> None:
        self._watch, self._name = watch, name
        record = watch.record
        self._rules = [(one, rule) for one, rule in watch.rules.items() if str(rule.about) == name]
        self._weights = np.array([SEVERITIES.index(rule.severity) for _, rule in self._rules], np.int8)
        accounts = len(record.who)
        self._left = np.array([np.inf if one.left is None else one.left for one in record.who])
        self._renewal = np.array([-np.inf if one.renewal_day is None else one.renewal_day for one in record.who])
        self._large = np.array([one.revenue >= watch.large > 0 for one in record.who], np.int8)
        self._open = np.zeros(accounts, bool)
        self._hit = np.zeros((len(self._rules), accounts), bool)
        """Which rules have spoken in the open episode."""
        self._severity = np.zeros(accounts, np.int8)
        self._fine = np.full(accounts, NEVER)
        self._closed = np.full(accounts, NEVER)
        self._starts = np.zeros_like(self._hit)

    def carry(self, day: int) -> int:
        """Take the open episodes through a day; how many got worse."""
        watch, place = self._watch, day - self._watch.record.first
        for row, (name, _) in enumerate(self._rules):
            self._starts[row] = watch.starts(name, place)
        if not self._open.any():
            return 0
        lasting = np.zeros(len(self._open), bool)
        for row, (name, _) in enumerate(self._rules):
            lasting |= self._hit[row] & watch.lasts(name, place)
        gone = self._open & (day >= self._left)
        on = self._open & ~gone & (lasting | self._starts.any(axis=0))
        fine = self._open & ~gone & ~on
        self._hit[:, on] |= self._starts[:, on]
        now = self._weigh(self._hit, day)
        worse = on & (now > self._severity)
        self._severity[worse] = now[worse]
        self._fine[on] = NEVER
        self._fine[fine & (self._fine == NEVER)] = day
        over = gone | (fine & (day - self._fine + 1 >= watch.alerts.recovered_days))
        self._open[over], self._closed[over] = False, day
        return int(worse.sum())

    def begin(self, day: int) -> Iterator[Opening]:
        """Open what a day begins, account by account."""
        cooled = (self._closed == NEVER) | (day - self._closed > self._watch.alerts.cool_down_days)
        new = np.flatnonzero(self._starts.any(axis=0) & ~self._open & cooled)
        if not len(new):
            return
        self._open[new], self._fine[new] = True, NEVER
        self._hit[:, new] = self._starts[:, new]
        self._severity[new] = self._weigh(self._hit, day)[new]
        first = self._starts[:, new].argmax(axis=0)
        for account, row in zip(new.tolist(), first.tolist(), strict=True):
            severity = SEVERITIES[self._severity[account]]
            place = day - self._watch.record.first
            yield Opening(account, place, self._name, severity, self._rules[row][0])

    def _weigh(self, hit: Bools, day: int) -> Ints:
        """The severity of episodes of these rules: the worst, raised for large accounts and near renewals."""
        worst = np.where(hit, self._weights[:, None], 0).max(axis=0)
        if self._name in GOOD:
            return np.asarray(worst)
        until = self._renewal - day
        near = (until >= 0) & (until <= RENEWAL_DAYS) & (self._name != "renewal")
        return np.asarray(np.minimum(worst + self._large + near, len(SEVERITIES) - 1))
