"""Event names as they come and go: what is new, what came regularly and has stopped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from weatherglass.engine.dialect import literal
from weatherglass.rollups import calendar
from weatherglass.rollups.segments import Segment, overlapping

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.engine import DuckDB
    from weatherglass.store import Store

Named = tuple[str, str]
"""An event name and its type."""
News = Literal["", "new", "gone"]

SHOWN = 90
"""Days that are looked at."""
NEW, LONG_ENOUGH = 14, 28
"""A name is new for so many days, where the events go back so much further."""
SILENT, BEFORE = 7, 28
"""A name is gone that has not come for so many days, and came regularly in those before."""
REGULAR = 10
"""On so many of the days before, at least: one that comes on workdays does on twenty."""
ENOUGH = 20
"""Events in those days, at least."""


@dataclass(frozen=True)
class EventName:
    """A name, how it counts, and when it came in the days that are looked at."""

    name: str
    kind: str
    active: bool
    core: bool
    lately: int
    """Events in the last 28 days."""
    first: dt.date | None
    last: dt.date | None
    news: News
    regular: int
    """Of one that is gone: on how many of the 28 days before its silence it came."""


class NameDays:
    """How often each name came on each day, file by file; a file of events never changes. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[tuple[str, int], Counter[tuple[str, str, int]]] = {}

    def of(self, store: Store, since: int) -> Counter[tuple[str, str, int]]:
        """Events by name, type and day, from a day on. The calendar is to be defined."""
        begin = dt.datetime.combine(calendar.date(since - 1), dt.time())
        files = overlapping(store.engine, begin, dt.datetime.max)
        with self._lock:
            known = dict(self._known)
        fresh = {_key(one): _counted(store.engine, store.events_folder, one) for one in files if _key(one) not in known}
        whole: Counter[tuple[str, str, int]] = Counter(_live(store.engine))
        for one in files:
            whole.update(known.get(_key(one)) or fresh[_key(one)])
        with self._lock:
            # files that are not there any more are forgotten
            self._known = {_key(one): known.get(_key(one)) or fresh[_key(one)] for one in files}
        return Counter({named: events for named, events in whole.items() if named[2] >= since})


def _key(segment: Segment) -> tuple[str, int]:
    return segment.path, segment.rows


def _counted(engine: DuckDB, folder: Path, segment: Segment) -> Counter[tuple[str, str, int]]:
    kind = "lower(coalesce(nullif(type, ''), 'track'))" if segment.has_type else "'track'"
    file = literal(str(folder / segment.path))
    return _count(engine, f'(SELECT name, {kind} AS type, "timestamp" FROM read_parquet({file}))')


def _live(engine: DuckDB) -> Counter[tuple[str, str, int]]:
    kind = "lower(coalesce(nullif(type, ''), 'track'))"
    return _count(engine, f'(SELECT name, {kind} AS type, "timestamp" FROM live_events WHERE NOT repeated)')


def _count(engine: DuckDB, events: str) -> Counter[tuple[str, str, int]]:
    rows = engine.rows(
        f'SELECT name, type, local_day(CAST("timestamp" AS TIMESTAMP)), count(*) FROM {events} '
        "WHERE name IS NOT NULL GROUP BY ALL"
    )
    return Counter({(name, kind, day): events for name, kind, day, events in rows})


def event_names(store: Store, project: Project, days: NameDays, last: dt.date) -> list[EventName]:
    """All names that are known: those that are gone first, then the new ones, then by how often they came lately."""
    calendar.define(store.engine, project.timezone)
    end = calendar.number(last)
    seen: dict[Named, dict[int, int]] = {}
    for (name, kind, day), events in days.of(store, end - SHOWN + 1).items():
        seen.setdefault((name, kind), {})[day] = events
    begun = store.engine.row('SELECT min(local_day(first_at)) FROM segments WHERE "rows" > 0')[0]
    meaning = {
        (name, kind): (bool(active), bool(core))
        for name, kind, active, core in store.engine.rows("SELECT name, type, activity, core FROM event_names")
    }
    long_enough = begun is not None and end - int(begun) >= NEW + LONG_ENOUGH
    found = [
        _told(named, seen.get(named, {}), meaning.get(named, (True, False)), end, long_enough=long_enough)
        for named in sorted(seen.keys() | meaning.keys())
    ]
    order = {"gone": 0, "new": 1, "": 2}
    return sorted(found, key=lambda one: (order[one.news], not one.core, -one.lately, one.name, one.kind))


def _told(named: Named, days: Mapping[int, int], means: tuple[bool, bool], end: int, *, long_enough: bool) -> EventName:
    first, last = (min(days), max(days)) if days else (None, None)
    before = [events for day, events in days.items() if end - SILENT - BEFORE < day <= end - SILENT]
    news: News = ""
    if last is not None and last <= end - SILENT and len(before) >= REGULAR and sum(before) >= ENOUGH:
        news = "gone"
    elif first is not None and first > end - NEW and long_enough:
        news = "new"
    return EventName(
        name=named[0],
        kind=named[1],
        active=means[0],
        core=means[1],
        lately=sum(events for day, events in days.items() if day > end - BEFORE),
        first=None if first is None else calendar.date(first),
        last=None if last is None else calendar.date(last),
        news=news,
        regular=len(before) if news == "gone" else 0,
    )
