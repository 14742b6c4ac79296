"""Which event files a roll-up pass reads, and how much of them at a time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import literal
from weatherglass.rollups.steps import step

CHUNK_ROWS = 8_000_000
"""Events to a pass: a week or two of a large company, whose groups the aggregation can hold."""
PART_ROWS = 2_000_000
"""Events that are aggregated together: their groups stay near the processor."""


@dataclass(frozen=True)
class Segment:
    """One immutable Parquet file of events."""

    number: int
    path: str
    rows: int
    first_at: dt.datetime
    last_at: dt.datetime
    has_type: bool
    has_gaps: bool


@dataclass(frozen=True)
class Chunk:
    """Some segments in order of time, whole (`since` is None) or between two instants."""

    segments: tuple[Segment, ...]
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def rows(self) -> int | None:
        """How many events it holds; None when only a part of its segments is meant."""
        return sum(one.rows for one in self.segments) if self.since is None else None

    @property
    def typed(self) -> bool:
        return self.segments[0].has_type

    def parts(self) -> list[Chunk]:
        """The same in parts that have no day of UTC in common, of some PART_ROWS events each where files allow it."""
        if self.since is not None or self.segments[0].has_gaps:
            return [self]
        parts: list[list[Segment]] = []
        last = dt.date.min
        for segment in self.segments:
            apart = segment.first_at.date() > last
            if not parts or (apart and sum(one.rows for one in parts[-1]) + segment.rows > PART_ROWS):
                parts.append([])
            parts[-1].append(segment)
            last = max(last, segment.last_at.date())
        return [Chunk(tuple(one)) for one in parts]

    def events(self, folder: Path, extra: str = "true") -> str:
        """The relation of its events: account_id (NULL: nobody's), user_id, slot, name, type."""
        files = ", ".join(literal(str(folder / segment.path)) for segment in self.segments)
        gaps = self.segments[0].has_gaps
        column = "s" if gaps else "e"
        kind = f"lower(coalesce(nullif({column}.type, ''), 'track'))" if self.typed else "'track'"
        within = extra
        if self.since is not None:
            time = f'CAST({column}."timestamp" AS TIMESTAMP)'
            within += f" AND {time} >= TIMESTAMP '{self.since}' AND {time} < TIMESTAMP '{self.until}'"
        return step("placed_events" if gaps else "events", files=f"[{files}]", type=kind, within=within)


def unrolled(engine: DuckDB) -> list[Segment]:
    return _segments(engine, "NOT rolled")


def overlapping(engine: DuckDB, first: dt.datetime, last: dt.datetime) -> list[Segment]:
    """Segments that may hold events between two instants."""
    return [one for one in _segments(engine, "true") if one.first_at <= last and one.last_at >= first]


def gapped(engine: DuckDB) -> list[Segment]:
    """Rolled-up segments with events that do not say their account."""
    return _segments(engine, "rolled AND has_gaps")


def _segments(engine: DuckDB, condition: str) -> list[Segment]:
    rows = engine.rows(
        'SELECT segment, path, "rows", first_at, last_at, has_type, has_gaps FROM segments '
        f'WHERE {condition} AND "rows" > 0 ORDER BY first_at, segment'
    )
    return [Segment(*row) for row in rows]


def chunks(segments: Sequence[Segment]) -> Iterator[list[Chunk]]:
    """Segments of one kind, in order of time, a few million events at a time.

    Each list holds whole segments: one chunk, or the stretches of time of segments that are too large for one.
    """
    for kind in sorted({(one.has_type, one.has_gaps) for one in segments}):
        alike = [one for one in segments if (one.has_type, one.has_gaps) == kind]
        taken: list[Segment] = []
        for segment in alike:
            if taken and sum(one.rows for one in taken) + segment.rows > CHUNK_ROWS:
                yield _cut(taken)
                taken = []
            taken.append(segment)
        if taken:
            yield _cut(taken)


def _cut(segments: list[Segment]) -> list[Chunk]:
    parts = -(-sum(one.rows for one in segments) // CHUNK_ROWS)
    if parts == 1:
        return [Chunk(tuple(segments))]
    first = min(one.first_at for one in segments)
    length = max(one.last_at for one in segments) - first + dt.timedelta(microseconds=1)
    edges = [first + length * part / parts for part in range(parts)] + [first + length]
    return [Chunk(tuple(segments), since, until) for since, until in itertools.pairwise(edges)]
