"""The watch: what each day does to the episodes, by the rules of a workspace and their discipline."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from weatherglass.actions.arrays import Bools
from weatherglass.actions.episodes import GOOD, RENEWAL_DAYS, Change, Episode, Hit, Key, Standing
from weatherglass.actions.held import Held
from weatherglass.actions.record import Record
from weatherglass.actions.sightings import Sightings
from weatherglass.config.alerts import SEVERITIES, Alerts, Severity

LARGE = 0.9
"""The quantile of the revenue from which on an account is a large one."""


class Watch:
    """The rules of a workspace over a record, with their discipline.

    lines: the rules whose lines will be asked for, where these are not all; since: the first day asked for, a day
    number, where it is not the record's.
    """

    def __init__(
        self, record: Record, alerts: Alerts, lines: Collection[str] | None = None, since: int | None = None
    ) -> None:
        self.record, self.alerts = record, alerts
        self.rules = {name: rule for name, rule in alerts.rules.items() if rule.enabled}
        self.large = _large(record)
        self.accounts = True
        first = record.first if since is None else since
        self._sightings = Sightings(self.rules, record, alerts, first, self.rules if lines is None else lines)
        self._held: tuple[Standing, object, Held] | None = None

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
        starts = self._sightings.starts(name, place)
        return np.zeros_like(starts) if self._sightings.together(name, place) else starts

    def lasts(self, name: str, place: int) -> Bools:
        """(A,) whose reason of a rule has not gone on a day."""
        return self._sightings.lasts(name, place)

    def line(self, name: str, account: int, place: int) -> str:
        """What a rule says of an account on a day."""
        return self._sightings.line(name, account, place)

    def step(self, standing: Standing, day: int) -> list[Change]:
        """What one day does to the open episodes, which are changed by it and by nothing else between two steps."""
        place, held = day - self.record.first, self._holding(standing)
        hits, data = self._hits(place), self._data_lasts(place)
        stirred = held.stirred({name: self.lasts(name, place) for name in self.rules}, day)
        changes = []
        for key in [key for key in standing.open if key in stirred or key in hits]:
            lasting = stirred.get(key, False) if key[0] else data
            changes.append(self._carry(standing, standing.open[key], hits, day, lasting=lasting))
            held.drop(key)
            if key in standing.open:
                held.put(standing.open[key])
        for key, found in hits.items():
            since = standing.closed.get(key)
            cooled = since is None or day - since > self.alerts.cool_down_days or not key[0]
            if key not in standing.open and cooled:
                episode = Episode(*key, self._severity(key, found, place), day, tuple(found))
                standing.open[key] = episode
                held.put(episode)
                changes.append(Change("opened", episode, day))
        return [change for change in changes if change is not None]

    def _holding(self, standing: Standing) -> Held:
        if self._held is None or self._held[0] is not standing or self._held[1] is not self.rules:
            large = np.array([one.revenue >= self.large > 0 for one in self.record.who], bool)
            self._held = standing, self.rules, Held(self.record, self.rules, large, standing.open.values())
        return self._held[2]

    def replay(self, first: int) -> Iterator[Change]:
        """What the days from `first` to the record's last do, one after the other, when nothing was open before."""
        standing = Standing()
        for day in range(first, self.record.last + 1):
            yield from self.step(standing, day)

    def _hits(self, place: int) -> dict[Key, list[Hit]]:
        found: dict[Key, list[Hit]] = {}
        for name, rule in self.rules.items():
            whose = np.flatnonzero(self._sightings.starts(name, place))
            if self._sightings.together(name, place):
                told = f"the rule {name} would speak of {len(whose)} accounts at once: look at the data first"
                found.setdefault(("", "data"), []).append(Hit(f"fleet: {name}", "high", told))
                continue
            for one in whose.tolist() if self.accounts else ():
                key = (self.record.who[one].account_id, str(rule.about))
                hit = Hit(name, rule.severity, self.line(name, one, place))
                found.setdefault(key, []).append(hit)
        for hit in self._data(place):
            found.setdefault(("", "data"), []).append(hit)
        return found

    def _data(self, place: int) -> Iterator[Hit]:
        for table, broken in self._sightings.broken.items():
            if broken[place] and not broken[max(0, place - 1)]:
                rows = int(self.record.arrivals[table][place])
                yield Hit(f"source: {table}", "critical", f"{table} stopped arriving: {rows} rows on the day")
        unjoined = self._sightings.unjoined
        if unjoined[place] and not unjoined[max(0, place - 1)]:
            yield Hit("join coverage", "critical", "too many events of the last 28 days reach no account")

    def _data_lasts(self, place: int) -> bool:
        seen = self._sightings
        if seen.unjoined[place] or any(broken[place] for broken in seen.broken.values()):
            return True
        return any(seen.together(name, place) for name in self.rules)

    def _carry(
        self, standing: Standing, episode: Episode, hits: dict[Key, list[Hit]], day: int, *, lasting: bool
    ) -> Change | None:
        """An open episode after another day."""
        account = self.record.places.get(episode.account_id)
        left = self.record.who[account].left if account is not None else None
        if left is not None and day >= left:
            return self._close(standing, episode, day, left=True)
        new = [hit for hit in hits.get(episode.key, []) if hit.rule not in {one.rule for one in episode.hits}]
        if new or episode.key in hits or lasting:
            every = (*episode.hits, *new) if new else episode.hits
            severity = self._severity(episode.key, list(every), day - self.record.first)
            worse = SEVERITIES.index(severity) > SEVERITIES.index(episode.severity)
            if not new and not worse and episode.fine_since is None:
                return None
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
        account = self.record.places.get(key[0])
        if account is None or key[1] in GOOD:
            return SEVERITIES[worst]
        one = self.record.who[account]
        due = one.renewal_day
        near = due is not None and 0 <= due - (self.record.first + place) <= RENEWAL_DAYS
        raised = int(one.revenue >= self.large > 0) + int(near and key[1] != "renewal")
        return SEVERITIES[min(worst + raised, len(SEVERITIES) - 1)]


def _large(record: Record) -> float:
    paying = [one.revenue for one in record.who if one.revenue > 0 and one.left is None]
    return float(np.quantile(paying, LARGE)) if len(paying) >= 10 else 0.0


def replay(record: Record, alerts: Alerts, first: int) -> Iterator[Change]:
    """What the days from `first` to the record's last do, one after the other."""
    yield from Watch(record, alerts).replay(first)
