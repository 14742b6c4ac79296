"""Held: the open episodes over all accounts at once, to see which of them a day may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from weatherglass.actions.arrays import Bools
from weatherglass.actions.episodes import RENEWAL_DAYS, Episode, Key
from weatherglass.actions.record import Record
from weatherglass.config.alerts import SEVERITIES, AlertRule


class Held:
    """Open episodes as rows of accounts, one row a problem.

    large: (A,) whether an account's revenue makes what is the matter with it more severe.
    """

    def __init__(self, record: Record, rules: Mapping[str, AlertRule], large: Bools, held: Iterable[Episode]) -> None:
        self._record = record
        self._rules = {name: str(rule.about) for name, rule in rules.items()}
        self._large = large.astype(np.int8)
        self._due = np.array([-np.inf if one.renewal_day is None else one.renewal_day for one in record.who])
        self._left = np.array([np.inf if one.left is None else one.left for one in record.who])
        accounts = len(record.who)
        self._spoken = {name: np.zeros(accounts, bool) for name in rules}
        """Rule -> whose episodes it is a reason of."""
        self._open = {problem: np.zeros(accounts, bool) for problem in self._rules.values()}
        self._well = {problem: np.zeros(accounts, bool) for problem in self._rules.values()}
        """Of whom it has not been seen on the last day."""
        self._room = {problem: np.zeros(accounts, np.int8) for problem in self._rules.values()}
        """By how much the worst reason is below the severity."""
        self._strange: set[Key] = set()
        """Episodes of the data, and of what no rule or account is there for."""
        for one in held:
            self.put(one)

    def put(self, one: Episode) -> None:
        """An episode that is new, or not what it was."""
        place, problem = self._record.places.get(one.account_id), one.problem
        if place is None or problem not in self._open:
            self._strange.add(one.key)
            return
        self._open[problem][place] = True
        self._well[problem][place] = one.fine_since is not None
        worst = max(SEVERITIES.index(hit.severity) for hit in one.hits)
        room = SEVERITIES.index(one.severity) - worst
        self._room[problem][place] = room if one.severity != SEVERITIES[-1] else len(SEVERITIES)
        for hit in one.hits:
            if self._rules.get(hit.rule) == problem:
                self._spoken[hit.rule][place] = True

    def drop(self, key: Key) -> None:
        """An episode that is over."""
        self._strange.discard(key)
        place = self._record.places.get(key[0])
        if place is None or key[1] not in self._open:
            return
        self._open[key[1]][place] = False
        for name, problem in self._rules.items():
            if problem == key[1]:
                self._spoken[name][place] = False

    def stirred(self, lasts: Mapping[str, Bools], day: int) -> dict[Key, bool]:
        """The episodes that a day may change, and whether their problem is still there; no news is not looked at.

        lasts: (A,) by rule, whose reason has not gone.
        """
        until = self._due - day
        near = (until >= 0) & (until <= RENEWAL_DAYS)
        found = dict.fromkeys(self._strange, False)
        for problem, opened in self._open.items():
            mine = [self._spoken[name] & lasts[name] for name, about in self._rules.items() if about == problem]
            on = np.logical_or.reduce(mine)
            raised = self._large + (near & (problem != "renewal"))
            still = on & ~self._well[problem] & (raised <= self._room[problem]) & (self._left > day)
            for place in np.flatnonzero(opened & ~still).tolist():
                found[self._record.who[place].account_id, problem] = bool(on[place])
        return found
