"""Alerts: what the days since the last look did to the episodes, and what is told of it; and what rules would tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weatherglass.actions.episodes import Change, Episode, Hit, Key, Standing
from weatherglass.actions.filling import UNKNOWN, Numbers
from weatherglass.actions.openings import opened
from weatherglass.actions.record import Record
from weatherglass.actions.routing import Concern, routed
from weatherglass.actions.telling import Driver, Scene, told
from weatherglass.actions.timing import due, in_digest
from weatherglass.actions.watch import Watch
from weatherglass.jobs.acting.driving import BEFORE, driven
from weatherglass.jobs.acting.recording import record
from weatherglass.jobs.views.explaining import last_day
from weatherglass.rollups import calendar
from weatherglass.state.outbox import Draft

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.episodes import Kept, Row
    from weatherglass.store import Store

MARK = "alerts"
LOOK_BACK = 90
"""Days that a first look replays, so that what is open is known."""
NEWS = 7
"""Of what a first look finds, only what began in so many days is told."""


@dataclass
class Looked:
    """What a look found, and told."""

    last: dt.date
    days: int = 0
    opened: int = 0
    updated: int = 0
    closed: int = 0
    messages: int = 0

    def count(self, changes: Iterable[Change]) -> None:
        """Another day was looked at."""
        kinds = Counter(change.kind for change in changes)
        self.days += 1
        self.opened, self.updated = self.opened + kinds["opened"], self.updated + kinds["updated"]
        self.closed += kinds["closed"]


@dataclass(frozen=True)
class DryRun:
    """What the rules would have told in a stretch of days."""

    first: dt.date
    last: dt.date
    accounts: int
    rules: dict[str, int]
    """Rule -> alerts that it would have opened."""
    severities: dict[str, int]
    updated: int
    owners: dict[str, float]
    """Owner -> alerts a week."""
    data: list[tuple[dt.date, str]]
    """What would have been told of the data."""

    @property
    def alerts(self) -> int:
        return sum(self.rules.values())


def dry_run(store: Store, project: Project, days: int = LOOK_BACK, as_of: dt.date | None = None) -> DryRun:
    """What the rules would have told of the last days, had they been on; nothing is kept.

    Errors: UnknownAccount when nothing is scored yet.
    """
    last = as_of or last_day(store)
    first = last - dt.timedelta(days=days - 1)
    read = record(store, project, first, last)
    number = calendar.number(first)
    watch = Watch(read, project.alerts, lines=(), since=number)
    found, data = opened(watch, number), list(watch.of_data().replay(number))
    rules = {name: 0 for name, rule in project.alerts.rules.items() if rule.enabled}
    for one in found.openings:
        rules[one.rule] += 1
    owners = Counter(read.who[one.account].owner for one in found.openings)
    return DryRun(
        first=first,
        last=last,
        accounts=len(read.who),
        rules=rules,
        severities=dict(Counter(str(one.severity) for one in found.openings)),
        updated=found.updated + sum(change.kind == "updated" for change in data),
        owners={name: 7 * count / days for name, count in owners.items()},
        data=[
            (calendar.date(change.day), hit.line)
            for change in data
            if change.kind == "opened"
            for hit in change.episode.hits
        ],
    )


def first_day(state: State, last: dt.date) -> dt.date:
    """The first day that was not looked at."""
    done = state.episodes.mark(MARK)
    return last - dt.timedelta(days=LOOK_BACK - 1) if done is None else dt.date.fromisoformat(done) + _DAY


def look(store: Store, state: State, project: Project, read: Record) -> Looked:
    """Bring the episodes up to the last day of a record, and what is to be told into the outbox, each day whole.

    Days of which nothing is told are written together.

    read: the record from the first day that was not looked at to the last that is finished.
    """
    last = calendar.date(read.last)
    done, found, first = state.episodes.mark(MARK), Looked(last), first_day(state, last)
    if not project.alerts.enabled or first > last:
        return found
    held = state.episodes.open()
    teller = _Teller(store, state, project, read, {(one.account_id, one.problem) for one in held if not one.facts})
    standing = _standing(held, state.episodes.closed_since(first - dt.timedelta(days=project.alerts.cool_down_days)))
    start, end = calendar.number(first), calendar.number(last)
    watch, news = Watch(read, project.alerts, since=start), start
    if done is None:
        news = max(start, end - NEWS + 1)
        if start < news and not teller.quietly(watch, standing, range(start, news), found):
            return found
    for number in range(news, end + 1):
        before = dict(standing.open)
        changes = watch.step(standing, number)
        if not teller.day(number, changes, _moved(before, standing), found):
            break
    return found


_DAY = dt.timedelta(days=1)


def _moved(before: dict[Key, Episode], standing: Standing) -> list[Episode]:
    """The open episodes that are not what they were the day before."""
    return [
        episode for key, episode in standing.open.items() if (was := before.get(key)) is not episode and was != episode
    ]


def _standing(held: Iterable[Kept], closed: Iterable[Kept]) -> Standing:
    """The episodes as they were left."""
    standing = Standing({(one.account_id, one.problem): episode(one) for one in held})
    for kept in closed:
        assert kept.closed_day is not None
        standing.closed[kept.account_id, kept.problem] = calendar.number(kept.closed_day)
    return standing


def episode(kept: Kept) -> Episode:
    """An episode from its row."""
    hits = tuple(Hit(one["rule"], one["severity"], one["line"]) for one in kept.rules)  # type: ignore[arg-type]
    fine = None if kept.fine_since is None else calendar.number(kept.fine_since)
    opened = calendar.number(kept.opened_day)
    return Episode(kept.account_id, kept.problem, kept.severity, opened, hits, fine)  # type: ignore[arg-type]


@dataclass
class _Teller:
    """Writes what days did, and what is told of it."""

    store: Store
    state: State
    project: Project
    read: Record
    untold: set[Key]
    """Open episodes that nobody was told of: that they are over is no news either."""

    def quietly(self, watch: Watch, standing: Standing, days: range, found: Looked) -> bool:
        """Write what became of some days, of which nothing is told, at once; False where another look was faster."""
        last: dict[tuple[Key, int], tuple[Episode, int, Change | None]] = {}
        for number in days:
            before = dict(standing.open)
            changes = watch.step(standing, number)
            # in the order in which they began
            last |= {(one.key, one.opened): (one, number, None) for one in _moved(before, standing)}
            ended = [one for one in changes if one.kind == "closed"]
            last |= {(one.episode.key, one.episode.opened): (one.episode, number, one) for one in ended}
            found.count(changes)
        rows = [self._row(one, number, {}, change) for one, number, change in last.values()]
        if not self.state.episodes.apply(MARK, calendar.date(days[-1]).isoformat(), rows, lambda _: []):
            return False
        self.untold |= standing.open.keys()
        return True

    def day(self, number: int, changes: list[Change], moved: list[Episode], found: Looked) -> bool:
        """Write one day; False where another look has come further in the meantime."""
        drivers = self._drivers(number, changes)
        scenes = {change.episode.key: self._scene(change, drivers) for change in changes}
        closed = [self._row(change.episode, number, {}, change) for change in changes if change.kind == "closed"]
        rows = [self._row(one, number, scenes[one.key].facts() if one.key in scenes else {}) for one in moved]

        def drafts(numbers: dict[Key, int]) -> list[Draft]:
            news = [one for one in changes if one.kind != "closed" or one.episode.key not in self.untold]
            made = [self._drafts(one, scenes[one.episode.key], numbers[one.episode.key]) for one in news]
            found.messages += sum(map(len, made))
            return [draft for one in made for draft in one]

        day = calendar.date(number).isoformat()
        if not self.state.episodes.apply(MARK, day, [*closed, *rows], drafts):
            return False
        self.untold -= {change.episode.key for change in changes if change.kind != "closed"}
        found.count(changes)
        return True

    def _row(self, one: Episode, number: int, facts: dict[str, Any], change: Change | None = None) -> Row:
        day = calendar.date(number)
        place = self.read.places.get(one.account_id)
        return {
            "account_id": one.account_id,
            "problem": one.problem,
            "state": "open" if change is None else "closed",
            "severity": one.severity,
            "opened_day": calendar.date(one.opened),
            "changed_day": day,
            "fine_since": None if one.fine_since is None else calendar.date(one.fine_since),
            "closed_day": None if change is None else day,
            "left": change is not None and change.left,
            "rules": [hit.__dict__ for hit in one.hits],
            "facts": facts,
            "owner": "" if place is None else self.read.who[place].owner,
        }

    def _drivers(self, number: int, changes: list[Change]) -> dict[str, tuple[Driver, ...]]:
        """What drove the news of a day, by account."""
        about = {one.episode.account_id for one in changes if one.kind != "closed"} & self.read.places.keys()
        return driven(self.store, sorted(about), calendar.date(number))

    def _scene(self, change: Change, known: dict[str, tuple[Driver, ...]]) -> Scene:
        account_id = change.episode.account_id
        place = self.read.places.get(account_id)
        if place is None:
            return Scene(Numbers("", "", "", "", "", "", "", ""), None, (), {})
        column = change.day - self.read.first
        drivers = known.get(account_id, ()) if change.kind != "closed" else ()
        numbers = numbers_of(self.read, place, column, drivers)
        before = self.read.score[place, column - BEFORE] if column >= BEFORE else np.nan
        return Scene(numbers, None if np.isnan(before) else float(before), drivers, self.project.plays)

    def _drafts(self, change: Change, scene: Scene, number: int) -> list[Draft]:
        alerts, episode_of = self.project.alerts, change.episode
        message = told(change, scene, alerts, number)
        who = scene.numbers
        # that it is over is no reason to disturb anybody
        severity = "low" if change.kind == "closed" else episode_of.severity
        concern = Concern(message.type, episode_of.severity, who.owner, who.segment)
        return drafted(self.state, self.project, message, concern, (f"alert:{number}", severity))


def drafted(state: State, project: Project, message: Any, concern: Concern, stream: tuple[str, Any]) -> list[Draft]:
    """A message for each channel that wants it. stream: its name, and how severe it is as a disturbance."""
    now = state.clock()
    name, severity = stream
    return [
        Draft(
            channel.name,
            name,
            message.type,
            concern.severity,
            {**message.body(), "digest": in_digest(channel, severity, project.alerts)},
            due(channel, severity, project.alerts, now, project.zone),
        )
        for channel in routed(project.channels, concern)
    ]


def numbers_of(read: Record, place: int, column: int, drivers: Iterable[Driver] = (), play: str = "") -> Numbers:
    """An account's numbers on a day, written for people."""
    who, score = read.who[place], read.score[place, column]
    words = [one.words for one in drivers]
    return Numbers(
        account=who.called,
        account_id=who.account_id,
        score="no score" if np.isnan(score) else f"{score:.0f}",
        tier=read.tier_name(place, int(read.tier[place, column])),
        revenue=f"{who.revenue:,.0f}",
        renewal_date=UNKNOWN if who.renewal_day is None else calendar.date(who.renewal_day).isoformat(),
        owner=who.owner,
        segment=who.segment,
        driver=words[0] if words else Numbers.driver,
        play=play,
    )
