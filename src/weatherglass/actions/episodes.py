"""Episodes: one open problem of an account at a time, updated and not repeated, closed when it is over."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from weatherglass.actions.arrays import Bools
from weatherglass.actions.guard import broken_sources, moves_together, shadow, unjoined
from weatherglass.actions.record import Record
from weatherglass.actions.rules import USE, seen
from weatherglass.actions.seen import Seen
from weatherglass.config.alerts import SEVERITIES, Alerts, Severity

Key = tuple[str, str]
"""Account and problem; the account of a problem of the data is empty."""
RENEWAL_DAYS = 60
LARGE = 0.9
"""The quantile of the revenue from which on an account is a large one."""
GOOD = frozenset({"expansion", "good"})


@dataclass(frozen=True)
class Hit:
    """A rule's new reason."""

    rule: str
    severity: Severity
    line: str


@dataclass(frozen=True)
class Episode:
    """A problem of an account, from the day it was seen until it is over. Days are day numbers."""

    account_id: str
    problem: str
    severity: Severity
    opened: int
    hits: tuple[Hit, ...]
    """The first of each rule."""
    fine_since: int | None = None
    """The first day without the problem, of those that have no end yet."""

    @property
    def key(self) -> Key:
        return self.account_id, self.problem


@dataclass(frozen=True)
class Change:
    """What a day did to an episode; `left`: it ended because the customer did."""

    kind: Literal["opened", "updated", "closed"]
    episode: Episode
    day: int
    left: bool = False


@dataclass
class Standing:
    """The open episodes, and when the closed ones were closed."""

    open: dict[Key, Episode] = field(default_factory=dict)
    closed: dict[Key, int] = field(default_factory=dict)


class Watch:
    """The rules of a workspace over a record, with their discipline.

    lines: the rules whose lines will be asked for, where these are not all: what they would be told from is large.
    """

    def __init__(self, record: Record, alerts: Alerts, lines: Collection[str] | None = None) -> None:
        self.record, self.alerts = record, alerts
        self.rules = {name: rule for name, rule in alerts.rules.items() if rule.enabled}
        self._place = {one.account_id: place for place, one in enumerate(record.who)}
        self._broken = broken_sources(record)
        self._unjoined = unjoined(record, alerts)
        self._gap = shadow(self._broken["events"]) if "events" in self._broken else np.zeros(record.days, bool)
        self.large = _large(record)
        self.accounts = True
        self._seen: dict[str, Seen] = {}
        self._together: dict[str, Bools] = {}
        speakable = {use: self._speakable(use=use) for use in (False, True)}
        for name, rule in self.rules.items():
            found = seen(rule, record, alerts)
            self._seen[name] = Seen(
                found.starts & speakable[rule.kind in USE],
                found.lasts,
                found.said if lines is None or name in lines else _silent,
            )
            self._together[name] = moves_together(self._seen[name].starts, record, alerts)

    def only(self, names: Collection[str]) -> Watch:
        """The same with some of its rules alone; what these see is not looked for again."""
        other = copy.copy(self)
        other.rules = {name: rule for name, rule in self.rules.items() if name in names}
        return other

    def of_data(self) -> Watch:
        """The same with eyes for problems of the data alone."""
        other = copy.copy(self)
        other.accounts = False
        return other

    def starts(self, name: str, place: int) -> Bools:
        """(A,) of whom a rule gives a reason to speak on a day; of nobody where it would speak of most at once."""
        starts = self._seen[name].starts[:, place]
        return np.zeros_like(starts) if self._together[name][place] else starts

    def lasts(self, name: str, place: int) -> Bools:
        """(A,) whose reason of a rule has not gone on a day."""
        return self._seen[name].lasts[:, place]

    def line(self, name: str, account: int, place: int) -> str:
        """What a rule says of an account on a day."""
        return self._seen[name].said(account, place)

    def _speakable(self, *, use: bool) -> Bools:
        """Where there is anybody to speak of: named accounts that have not left, on days whose data can be judged."""
        record = self.record
        days = np.arange(record.first, record.last + 1)
        left = np.array([np.inf if one.left is None else one.left for one in record.who])
        named = np.array([one.named for one in record.who], bool)
        good = named[:, None] & (days[None, :] < left[:, None])
        if use:
            good &= ~(self._gap | self._unjoined)[None, :]
        return good

    def step(self, standing: Standing, day: int) -> list[Change]:
        """What one day does to the open episodes, which are changed by it."""
        place = day - self.record.first
        hits, lasting = self._hits(place), self._lasting(place, standing)
        changes = [self._carry(standing, episode, hits, lasting, day) for episode in list(standing.open.values())]
        for key, found in hits.items():
            since = standing.closed.get(key)
            cooled = since is None or day - since > self.alerts.cool_down_days or not key[0]
            if key not in standing.open and cooled:
                episode = Episode(*key, self._severity(key, found, place), day, tuple(found))
                standing.open[key] = episode
                changes.append(Change("opened", episode, day))
        return [change for change in changes if change is not None]

    def replay(self, first: int) -> Iterator[Change]:
        """What the days from `first` to the record's last do, one after the other, when nothing was open before."""
        standing = Standing()
        for day in range(first, self.record.last + 1):
            yield from self.step(standing, day)

    def _hits(self, place: int) -> dict[Key, list[Hit]]:
        found: dict[Key, list[Hit]] = {}
        for name, rule in self.rules.items():
            whose = np.flatnonzero(self._seen[name].starts[:, place])
            if self._together[name][place]:
                told = f"the rule {name} would speak of {len(whose)} accounts at once: look at the data first"
                found.setdefault(("", "data"), []).append(Hit(f"fleet: {name}", "high", told))
                continue
            for one in whose.tolist() if self.accounts else ():
                key = (self.record.who[one].account_id, str(rule.about))
                hit = Hit(name, rule.severity, self._seen[name].said(one, place))
                found.setdefault(key, []).append(hit)
        for hit in self._data(place):
            found.setdefault(("", "data"), []).append(hit)
        return found

    def _data(self, place: int) -> Iterator[Hit]:
        for table, broken in self._broken.items():
            if broken[place] and not broken[max(0, place - 1)]:
                rows = int(self.record.arrivals[table][place])
                yield Hit(f"source: {table}", "critical", f"{table} stopped arriving: {rows} rows on the day")
        if self._unjoined[place] and not self._unjoined[max(0, place - 1)]:
            yield Hit("join coverage", "critical", "too many events of the last 28 days reach no account")

    def _lasting(self, place: int, standing: Standing) -> set[Key]:
        """The open problems that are still there."""
        found: set[Key] = set()
        for key, episode in standing.open.items():
            if not key[0]:
                if self._data_lasts(place):
                    found.add(key)
                continue
            account = self._place.get(key[0])
            # any rule of the problem keeps it open, also one that did not begin it
            if account is not None and any(
                self._seen[hit.rule].lasts[account, place]
                for hit in episode.hits
                if hit.rule in self.rules and str(self.rules[hit.rule].about) == key[1]
            ):
                found.add(key)
        return found

    def _data_lasts(self, place: int) -> bool:
        if self._unjoined[place] or any(broken[place] for broken in self._broken.values()):
            return True
        return any(bool(self._together[name][place]) for name in self.rules)

    def _carry(
        self, standing: Standing, episode: Episode, hits: dict[Key, list[Hit]], lasting: set[Key], day: int
    ) -> Change | None:
        """An open episode after another day."""
        account = self._place.get(episode.account_id)
        left = self.record.who[account].left if account is not None else None
        if left is not None and day >= left:
            return self._close(standing, episode, day, left=True)
        new = [hit for hit in hits.get(episode.key, []) if hit.rule not in {one.rule for one in episode.hits}]
        if new or episode.key in hits or episode.key in lasting:
            every = (*episode.hits, *new)
            severity = self._severity(episode.key, list(every), day - self.record.first)
            worse = SEVERITIES.index(severity) > SEVERITIES.index(episode.severity)
            carried = replace(episode, hits=every, fine_since=None, severity=severity if worse else episode.severity)
            standing.open[episode.key] = carried
            return Change("updated", carried, day) if worse else None
        since = day if episode.fine_since is None else episode.fine_since
        standing.open[episode.key] = replace(episode, fine_since=since)
        if day - since + 1 < self.alerts.recovered_days:
            return None
        return self._close(standing, standing.open[episode.key], day, left=False)

    def _close(self, standing: Standing, episode: Episode, day: int, *, left: bool) -> Change:
        del standing.open[episode.key]
        standing.closed[episode.key] = day
        return Change("closed", episode, day, left)

    def _severity(self, key: Key, hits: list[Hit], place: int) -> Severity:
        """The worst of its rules, raised for a large account and for one whose renewal is near."""
        worst = max(SEVERITIES.index(hit.severity) for hit in hits)
        account = self._place.get(key[0])
        if account is None or key[1] in GOOD:
            return SEVERITIES[worst]
        one = self.record.who[account]
        due = one.renewal_day
        near = due is not None and 0 <= due - (self.record.first + place) <= RENEWAL_DAYS
        raised = int(one.revenue >= self.large > 0) + int(near and key[1] != "renewal")
        return SEVERITIES[min(worst + raised, len(SEVERITIES) - 1)]


def _silent(_account: int, _day: int) -> str:
    return ""


def _large(record: Record) -> float:
    paying = [one.revenue for one in record.who if one.revenue > 0 and one.left is None]
    return float(np.quantile(paying, LARGE)) if len(paying) >= 10 else 0.0


def replay(record: Record, alerts: Alerts, first: int) -> Iterator[Change]:
    """What the days from `first` to the record's last do, one after the other."""
    yield from Watch(record, alerts).replay(first)
