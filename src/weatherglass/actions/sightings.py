"""Sightings: what rules see of all accounts, looked for some accounts at a time, and where they must not speak."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from weatherglass.actions.arrays import Bools, Ints
from weatherglass.actions.fleet import Fleet
from weatherglass.actions.guard import broken_sources, moves_together, shadow, unjoined
from weatherglass.actions.record import Record
from weatherglass.actions.rules import USE, seen
from weatherglass.config.alerts import AlertRule, Alerts


class Sightings:
    """What rules see from a day on, each of them.

    since: the first day, a day number. lines: the rules whose lines will be asked for.
    """

    def __init__(
        self, rules: Mapping[str, AlertRule], record: Record, alerts: Alerts, since: int, lines: Collection[str]
    ) -> None:
        self._since = since - record.first
        self.broken = broken_sources(record)
        self.unjoined = unjoined(record, alerts)
        shape = (record.days - self._since, len(record.who))
        # a day's accounts lie beside each other: they are asked for together
        self._starts = {name: np.zeros(shape, bool) for name in rules}
        self._lasts = {name: np.zeros(shape, bool) for name in rules}
        self._lines: dict[str, dict[tuple[int, int], str]] = {name: {} for name in rules if name in lines}
        counts = {name: np.zeros(record.days, np.int64) for name in rules}
        gap = shadow(self.broken["events"]) if "events" in self.broken else np.zeros(record.days, bool)
        fleet = Fleet(record)
        for part in record.parts():
            speakable = _speakable(part)
            for name, rule in rules.items():
                mute = gap | self.unjoined if rule.kind in USE else np.zeros(record.days, bool)
                counts[name] += self._look(name, rule, part, alerts, fleet, speakable & ~mute[None, :])
        self._together = {name: moves_together(counts[name], record, alerts) for name in rules}

    def _look(self, name: str, rule: AlertRule, part: Record, alerts: Alerts, fleet: Fleet, speakable: Bools) -> Ints:
        """Keep what a rule sees of some accounts; (D,) of how many it would speak."""
        found = seen(rule, part, alerts, fleet)
        starts, mine = found.starts & speakable, slice(part.offset, part.offset + len(part.who))
        self._starts[name][:, mine] = starts[:, self._since :].T
        self._lasts[name][:, mine] = found.lasts[:, self._since :].T
        if name in self._lines:
            self._lines[name].update(
                ((account + part.offset, day), found.said(account, day))
                for account, day in np.argwhere(starts).tolist()
                if day >= self._since
            )
        return np.asarray(starts.sum(axis=0))

    def starts(self, name: str, place: int) -> Bools:
        """(A,) of whom a rule gives a reason to speak on a day."""
        found: Bools = self._starts[name][place - self._since]
        return found

    def lasts(self, name: str, place: int) -> Bools:
        """(A,) whose reason of a rule has not gone on a day."""
        found: Bools = self._lasts[name][place - self._since]
        return found

    def together(self, name: str, place: int) -> bool:
        """Whether a rule would speak of most accounts at once."""
        return bool(self._together[name][place])

    def line(self, name: str, account: int, place: int) -> str:
        """What a rule says of an account on a day on which it starts."""
        return self._lines[name][account, place] if name in self._lines else ""


def _speakable(record: Record) -> Bools:
    """Where there is anybody to speak of: named accounts that have not left."""
    days = np.arange(record.first, record.last + 1)
    left = np.array([np.inf if one.left is None else one.left for one in record.who])
    named = np.array([one.named for one in record.who], bool)
    return np.asarray(named[:, None] & (days[None, :] < left[:, None]))
