"""Bringing the roll-ups up to date with the facts: new segments are added, stale days are made anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import literal
from weatherglass.rollups import calendar
from weatherglass.rollups.dictionary import Dictionary
from weatherglass.rollups.segments import Chunk, Segment, chunks, gapped, overlapping, unrolled
from weatherglass.rollups.steps import step

if TYPE_CHECKING:
    from weatherglass.config.project import Project

DAILY = ("user_days", "account_days", "feature_days", "key_feature_days", "milestone_days", "nobody_days")
"""Roll-ups with a day, which can be made anew a day at a time."""

VERSION = "rollup_version"

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""


@dataclass(frozen=True)
class RollUp:
    """What a pass did."""

    events: int
    stale_days: int
    rebuilt: bool


class RollUps:
    """The roll-ups of one store under one project's configuration."""

    def __init__(self, engine: DuckDB, project: Project, events_folder: Path, version: str | None) -> None:
        self._engine = engine
        self._project = project
        self._folder = events_folder
        self._version = version
        calendar.define(engine, project.timezone)

    def refresh(self, progress: Progress | None = None) -> RollUp:
        """Roll up what is not yet; everything when the configuration the roll-ups depend on has changed."""
        rebuilt = self._version not in (None, self._project.rollup_version())
        if rebuilt:
            self._clear()
        self._gather_group_calls()
        stale = self._stale_days()
        new = unrolled(self._engine)
        if not new and not stale:
            return RollUp(0, 0, rebuilt)
        self._engine.execute(step("group_spans"))
        self._engine.execute(step("single_accounts"))
        dictionary = Dictionary(self._engine, self._project)
        events = self._add(new, dictionary, progress)
        if stale:
            self._renew(stale, dictionary)
        self._engine.execute("UPDATE segments SET rolled = true WHERE NOT rolled")
        return RollUp(events, len(stale), rebuilt)

    def _clear(self) -> None:
        for table in (*DAILY, "features", "event_names", "feature_events", "members"):
            self._engine.execute(f"DELETE FROM {table}")
        self._engine.execute("UPDATE segments SET rolled = false")
        self._engine.execute("DELETE FROM stale_events")
        self._engine.execute("INSERT INTO touched SELECT account_id, NULL, NULL FROM account_ids")

    def _gather_group_calls(self) -> None:
        engine = self._engine
        for chunk in chunks([one for one in unrolled(engine) if one.has_type]):
            calls = _group_calls(chunk, self._folder)
            engine.execute(f"CREATE OR REPLACE TEMP TABLE new_calls AS {calls} EXCEPT SELECT * FROM group_calls")
            engine.execute("INSERT INTO stale_users SELECT DISTINCT user_id FROM new_calls")
            engine.execute("INSERT INTO group_calls SELECT * FROM new_calls")
            engine.execute("DROP TABLE new_calls")

    def _stale_days(self) -> list[int]:
        engine = self._engine
        if engine.row("SELECT count(*) FROM stale_users")[0]:
            for segment in gapped(engine):
                engine.execute(
                    'INSERT INTO stale_events SELECT DISTINCT CAST("timestamp" AS TIMESTAMP) '
                    f"FROM read_parquet({_listed([segment], self._folder)}) "
                    "WHERE account_id IS NULL AND user_id IN (SELECT user_id FROM stale_users)"
                )
            engine.execute("DELETE FROM stale_users")
        days = [day for (day,) in engine.rows("SELECT DISTINCT local_day(happened_at) FROM stale_events ORDER BY 1")]
        engine.execute("DELETE FROM stale_events")
        return days

    def _add(self, segments: list[Segment], dictionary: Dictionary, progress: Progress | None) -> int:
        total, done = sum(one.rows for one in segments), 0
        held = self._held_days()
        doubled: set[int] = set()
        for chunk in chunks(segments):
            days = self._roll(chunk, dictionary)
            doubled |= held & days
            held |= days
            done += sum(one.rows for one in chunk.segments) if chunk.since is None else 0
            if progress is not None:
                progress(done, total)
        self._merge(sorted(doubled))
        return total

    def _held_days(self) -> set[int]:
        return {day for (day,) in self._engine.rows('SELECT DISTINCT "day" FROM account_days')}

    def _roll(self, chunk: Chunk, dictionary: Dictionary, extra: str = "true") -> set[int]:
        engine = self._engine
        events = chunk.events(self._folder, extra)
        dictionary.learn(events)
        dictionary.define()
        kind = "AND k.type = e.type" if chunk.typed else "AND k.type = 'track'"
        engine.execute(step("chunk", events=events, and_type=kind))
        _number_accounts(engine)
        engine.execute(_ADD_USER_DAYS)
        engine.execute(step("account_days", user_days="numbered_chunk"))
        if dictionary.narrow:
            engine.execute(_ADD_FEATURES_OF_CHUNK)
        else:
            engine.execute(step("feature_chunk", events=events))
            engine.execute(_ADD_FEATURE_CHUNK)
        if dictionary.has_keys:
            engine.execute(step("key_feature_days", events=events))
        if dictionary.has_milestones:
            engine.execute(step("milestone_days", events=events))
        if chunk.segments[0].has_gaps:
            engine.execute(step("nobody_days", events=events))
        engine.execute(_TOUCH_CHUNK)
        days = {day for (day,) in engine.rows('SELECT DISTINCT "day" FROM numbered_chunk')}
        engine.execute("DROP TABLE numbered_chunk")
        engine.execute("DROP TABLE chunk")
        return days

    def _merge(self, days: list[int]) -> None:
        """Fold rows of one user and day, which came with several chunks, into one."""
        if not days:
            return
        engine = self._engine
        engine.execute(f'CREATE OR REPLACE TEMP TABLE doubled AS SELECT unnest({days}) AS "day"')
        within = 'WHERE "day" IN (SELECT "day" FROM doubled)'
        for table, query in _MERGED.items():
            engine.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {query.replace('$within', within)}")
            engine.execute(f"DELETE FROM {table} {within}")
            engine.execute(f"INSERT INTO {table} SELECT * FROM merged")
        engine.execute(f"DELETE FROM account_days {within}")
        engine.execute(step("account_days", user_days=f"(SELECT * FROM user_days {within})"))
        engine.execute("DROP TABLE merged")
        engine.execute("DROP TABLE doubled")

    def _renew(self, days: list[int], dictionary: Dictionary) -> None:
        """Make some days anew from all events; the accounts they changed for are noted."""
        engine = self._engine
        within = f'WHERE "day" IN ({", ".join(map(str, days))})'
        compared = ("user_days", "account_days", "feature_days", "key_feature_days", "milestone_days")
        for table in compared:
            engine.execute(f"CREATE OR REPLACE TEMP TABLE old_{table} AS SELECT * FROM {table} {within}")
        for table in DAILY:
            engine.execute(f"DELETE FROM {table} {within}")
        engine.execute("CREATE OR REPLACE TEMP TABLE touched_before AS SELECT * FROM touched")
        first, last = (dt.datetime.combine(calendar.date(day), dt.time()) for day in (days[0] - 2, days[-1] + 2))
        doubled: set[int] = set()
        held: set[int] = set()
        for chunk in chunks(overlapping(engine, first, last)):
            rolled = self._roll(chunk, dictionary, _on_days(chunk, days))
            doubled |= held & rolled
            held |= rolled
        self._merge(sorted(doubled))
        engine.execute("DELETE FROM touched")
        engine.execute("INSERT INTO touched SELECT * FROM touched_before")
        for table in compared:
            engine.execute(_differences(table, within))
            engine.execute(f"DROP TABLE old_{table}")


def _listed(segments: list[Segment], folder: Path) -> str:
    return "[" + ", ".join(literal(str(folder / one.path)) for one in segments) + "]"


def _group_calls(chunk: Chunk, folder: Path) -> str:
    return (
        'SELECT DISTINCT user_id, CAST("timestamp" AS TIMESTAMP) AS called_at, account_id '
        f"FROM read_parquet({_listed(list(chunk.segments), folder)}) "
        "WHERE lower(type) = 'group' AND user_id IS NOT NULL AND account_id IS NOT NULL"
    )


def _on_days(chunk: Chunk, days: list[int]) -> str:
    column = "s" if chunk.segments[0].has_gaps else "e"
    return f'local_day(CAST({column}."timestamp" AS TIMESTAMP)) IN ({", ".join(map(str, days))})'


def _differences(table: str, within: str) -> str:
    # milestone and feature rows hold the day too, so whatever differs names the account and the day it differs on
    return (
        f'INSERT INTO touched SELECT a.account_id, NULL, min(d."day") '
        f"FROM ((SELECT * FROM old_{table} EXCEPT ALL SELECT * FROM {table} {within}) "
        f"UNION ALL (SELECT * FROM {table} {within} EXCEPT ALL SELECT * FROM old_{table})) AS d "
        "INNER JOIN account_ids AS a ON a.account = d.account GROUP BY a.account_id"
    )


def _number_accounts(engine: DuckDB) -> None:
    engine.execute(
        "INSERT INTO account_ids SELECT CAST(row_number() OVER (ORDER BY n.account_id) - 1 + m.next AS INTEGER), n.account_id "
        "FROM (SELECT DISTINCT account_id FROM chunk ANTI JOIN account_ids USING (account_id)) AS n "
        "CROSS JOIN (SELECT coalesce(max(account) + 1, 0) AS next FROM account_ids) AS m"
    )
    engine.execute(
        "INSERT INTO members SELECT CAST(row_number() OVER (ORDER BY n.account, n.user_id) - 1 + m.next AS INTEGER), "
        "n.account, n.user_id FROM (SELECT DISTINCT a.account, c.user_id FROM chunk AS c "
        "INNER JOIN account_ids AS a ON a.account_id = c.account_id "
        "ANTI JOIN members AS k ON k.account = a.account AND k.user_id = c.user_id WHERE c.user_id IS NOT NULL) AS n "
        "CROSS JOIN (SELECT coalesce(max(member) + 1, 0) AS next FROM members) AS m"
    )
    engine.execute(
        'CREATE OR REPLACE TEMP TABLE numbered_chunk AS SELECT a.account, coalesce(k.member, -1) AS member, c."day", '
        "c.events, c.core, c.slots, c.bits FROM chunk AS c "
        "INNER JOIN account_ids AS a ON a.account_id = c.account_id "
        "LEFT JOIN members AS k ON k.account = a.account AND k.user_id = c.user_id"
    )


_ADD_USER_DAYS = 'INSERT INTO user_days SELECT account, member, "day", events, core, slots FROM numbered_chunk'
_ADD_FEATURES_OF_CHUNK = (
    'INSERT INTO feature_days SELECT account, "day", 0, bit_or(bits) FROM numbered_chunk WHERE bits > 0 '
    'GROUP BY account, "day"'
)
_ADD_FEATURE_CHUNK = (
    'INSERT INTO feature_days SELECT a.account, f."day", f.word, f.bits FROM feature_chunk AS f '
    "INNER JOIN account_ids AS a ON a.account_id = f.account_id"
)
_TOUCH_CHUNK = 'INSERT INTO touched SELECT account_id, NULL, min("day") FROM chunk GROUP BY account_id'
_MERGED = {
    "user_days": (
        'SELECT account, member, "day", CAST(sum(events) AS INTEGER), CAST(sum(core) AS INTEGER), bit_or(slots) '
        'FROM user_days $within GROUP BY account, member, "day"'
    ),
    "feature_days": (
        'SELECT account, "day", word, bit_or(bits) FROM feature_days $within GROUP BY account, "day", word'
    ),
    "key_feature_days": (
        'SELECT account, "day", feature, CAST(sum(uses) AS INTEGER) FROM key_feature_days $within '
        'GROUP BY account, "day", feature'
    ),
    "milestone_days": 'SELECT DISTINCT account, milestone, "day" FROM milestone_days $within',
    "nobody_days": 'SELECT "day", CAST(sum(events) AS BIGINT) FROM nobody_days $within GROUP BY "day"',
}
