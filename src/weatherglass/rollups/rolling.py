"""Bringing the roll-ups up to date with the facts: new segments are added, stale days are made anew."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
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

SETTLED_TO = "settled_to"
"""The setting with the last day up to which a copy of the roll-ups was made; gone when an older day has changed."""

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""


@dataclass(frozen=True)
class RollUp:
    """What a pass did."""

    events: int
    stale_days: int


class RollUps:
    """The roll-ups of one store under one project's configuration.

    Every step is a transaction of its own that leaves the roll-ups and the ledger of what is rolled up in agreement:
    a pass that was cut short goes on where it was. `noting` says that there is a history, whose accounts are noted in
    `touched` when their facts change.
    """

    def __init__(self, engine: DuckDB, project: Project, events_folder: Path, *, noting: bool) -> None:
        self._engine = engine
        self._project = project
        self._folder = events_folder
        self._noting = noting
        calendar.define(engine, project.timezone)

    def clear(self) -> None:
        """Forget all roll-ups: the configuration they depend on has changed. Use inside a transaction."""
        for table in (*DAILY, "features", "event_names", "feature_events", "members"):
            self._engine.execute(f"DELETE FROM {table}")
        self._unsettle(None)
        self._engine.execute("UPDATE segments SET rolled = false")
        self._engine.execute("DELETE FROM stale_events")

    def refresh(self, progress: Progress | None = None) -> RollUp:
        """Roll up what is not yet."""
        with self._engine.transaction():
            self._forget_group_calls()
            self._gather_group_calls()
            stale = self._stale_days()
        new = unrolled(self._engine)
        if not new and not stale:
            return RollUp(0, 0)
        self._engine.execute(step("group_spans"))
        self._engine.execute(step("single_accounts"))
        dictionary = Dictionary(self._engine, self._project)
        events = self._add(new, dictionary, progress)
        if stale:
            with self._engine.transaction():
                self._renew(stale, dictionary)
                self._engine.execute("DELETE FROM stale_events")
        return RollUp(events, len(stale))

    def fold(self, events: str, dictionary: Dictionary) -> None:
        """Roll up events that lie in no segment, into roll-ups that have one row of a user and day and keep so.

        events: a relation like that of a chunk, with types, whose events all say their account. The dictionary knows
        their names, and its tables are defined.
        """
        engine = self._engine
        engine.execute(_chunk_sql([events], typed=True, plain=dictionary.plain(typed=True)))
        _number(engine)
        days = ", ".join(str(day) for (day,) in engine.rows('SELECT DISTINCT "day" FROM chunk'))
        if not days:
            return
        within = f'WHERE "day" IN ({days})'
        engine.execute(_FOLDED.replace("$within", within))
        engine.execute(f"DELETE FROM user_days {within}")
        engine.execute('INSERT INTO user_days SELECT account, member, "day", events, core, slots FROM folded')
        engine.execute(f"CREATE OR REPLACE TEMP TABLE account_chunk AS {step('account_days', user_days='folded')}")
        engine.execute(f"DELETE FROM account_days {within}")
        engine.execute(_ADD_ACCOUNT_DAYS)
        for table in self._add_uses(events, dictionary):
            self._fold(table, within)

    def _forget_group_calls(self) -> None:
        """Take out the calls whose events have gone: those of stale instants that no event makes any more."""
        engine = self._engine
        stale = "called_at IN (SELECT happened_at FROM stale_events)"
        first, last = engine.row(f"SELECT min(called_at), max(called_at) FROM group_calls WHERE {stale}")
        if first is None:
            return
        engine.execute(f"CREATE OR REPLACE TEMP TABLE gone_calls AS SELECT * FROM group_calls WHERE {stale}")
        held = [one for one in overlapping(engine, first, last) if one.has_type]
        key = "(user_id, called_at, account_id)"
        for chunk in itertools.chain.from_iterable(chunks(held)):
            calls = f"SELECT {key} FROM ({_group_calls(chunk, self._folder)}) WHERE {stale}"
            engine.execute(f"DELETE FROM gone_calls WHERE {key} IN ({calls})")
        engine.execute("INSERT INTO stale_users SELECT DISTINCT user_id FROM gone_calls")
        engine.execute(f"DELETE FROM group_calls WHERE {key} IN (SELECT {key} FROM gone_calls)")
        engine.execute("DROP TABLE gone_calls")

    def _gather_group_calls(self) -> None:
        engine = self._engine
        for chunk in itertools.chain.from_iterable(chunks([one for one in unrolled(engine) if one.has_type])):
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
        return [day for (day,) in engine.rows("SELECT DISTINCT local_day(happened_at) FROM stale_events ORDER BY 1")]

    def _add(self, segments: list[Segment], dictionary: Dictionary, progress: Progress | None) -> int:
        total, done = sum(one.rows for one in segments), 0
        held = self._held_days()
        for together in chunks(segments):
            with self._engine.transaction():
                doubled: set[int] = set()
                changed: set[int] = set()
                for chunk in together:
                    days = self._roll(chunk, dictionary)
                    doubled |= held & days
                    held |= days
                    changed |= days
                self._merge(sorted(doubled))
                self._unsettle(min(changed, default=None))
                numbers = ", ".join(str(one.number) for one in together[0].segments)
                self._engine.execute(f"UPDATE segments SET rolled = true WHERE segment IN ({numbers})")
            done += sum(one.rows for one in together[0].segments)
            if progress is not None:
                progress(done, total)
        return total

    def _unsettle(self, day: int | None) -> None:
        """Let a copy of the roll-ups count no more that holds a day, or any (None)."""
        since = "" if day is None else f" AND CAST(value AS INTEGER) >= {day}"
        self._engine.execute(f"DELETE FROM settings WHERE name = '{SETTLED_TO}'{since}")

    def _held_days(self) -> set[int]:
        return {day for (day,) in self._engine.rows('SELECT DISTINCT "day" FROM account_days')}

    def _roll(self, chunk: Chunk, dictionary: Dictionary, extra: str = "true") -> set[int]:
        engine = self._engine
        events = chunk.events(self._folder, extra)
        self._aggregate(chunk, dictionary, extra)
        _number(engine)
        engine.execute(_ADD_USER_DAYS)
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE account_chunk AS {step('account_days', user_days='numbered_chunk')}"
        )
        engine.execute(_ADD_ACCOUNT_DAYS)
        self._add_uses(events, dictionary)
        if chunk.segments[0].has_gaps:
            engine.execute(step("nobody_days", events=events))
        if self._noting:
            engine.execute(_TOUCH_CHUNK)
        days = {day for (day,) in engine.rows('SELECT DISTINCT "day" FROM account_chunk')}
        engine.execute("DROP VIEW numbered_chunk")
        for table in ("account_chunk", "newly_numbered", "new_accounts", "new_members", "chunk"):
            engine.execute(f"DROP TABLE {table}")
        return days

    def _add_uses(self, events: str, dictionary: Dictionary) -> list[str]:
        """Add what is counted by the names of events; the tables that may have rows more."""
        engine = self._engine
        if dictionary.narrow:
            engine.execute(_ADD_FEATURES_OF_CHUNK)
        else:
            engine.execute(step("feature_chunk", events=events))
            engine.execute(_ADD_FEATURE_CHUNK)
        if dictionary.has_keys:
            engine.execute(step("key_feature_days", events=events))
        if dictionary.has_milestones:
            engine.execute(step("milestone_days", events=events))
        there = {"feature_days": True, "key_feature_days": dictionary.has_keys}
        there["milestone_days"] = dictionary.has_milestones
        return [table for table, added in there.items() if added]

    def _aggregate(self, chunk: Chunk, dictionary: Dictionary, extra: str) -> None:
        """Make the table `chunk`; names are looked for first, unless the count shows that all are known."""
        events = chunk.events(self._folder, extra)
        # in another zone the days of UTC, by which files are cut, share days with each other
        apart = chunk.parts() if self._project.timezone == "UTC" else [chunk]
        parts = [one.events(self._folder, extra) for one in apart]
        whole = extra == "true"
        expected = chunk.rows if whole and not chunk.typed and not chunk.segments[0].has_gaps else None
        if expected is None or not dictionary.plain(typed=False):
            dictionary.learn(events)
            expected = None
        for _ in range(2):
            dictionary.define()
            plain = dictionary.plain(typed=chunk.typed)
            self._engine.execute(_chunk_sql(parts, typed=chunk.typed, plain=plain))
            if expected is None or self._engine.row("SELECT coalesce(sum(events), 0) FROM chunk")[0] == expected:
                return
            dictionary.learn(events)

    def _merge(self, days: list[int]) -> None:
        """Fold rows of one user and day, which came with several chunks, into one."""
        if not days:
            return
        engine = self._engine
        engine.execute(f'CREATE OR REPLACE TEMP TABLE doubled AS SELECT unnest({days}) AS "day"')
        within = 'WHERE "day" IN (SELECT "day" FROM doubled)'
        for table in _MERGED:
            self._fold(table, within)
        engine.execute(f"DELETE FROM account_days {within}")
        merged = step("account_days", user_days=f"(SELECT *, CAST(0 AS UBIGINT) AS bits FROM user_days {within})")
        engine.execute(f"CREATE OR REPLACE TEMP TABLE account_chunk AS {merged}")
        engine.execute(_ADD_ACCOUNT_DAYS)
        engine.execute("DROP TABLE account_chunk")
        engine.execute("DROP TABLE merged")
        engine.execute("DROP TABLE doubled")

    def _fold(self, table: str, within: str) -> None:
        self._engine.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {_MERGED[table].replace('$within', within)}")
        self._engine.execute(f"DELETE FROM {table} {within}")
        self._engine.execute(f"INSERT INTO {table} SELECT * FROM merged")

    def _renew(self, days: list[int], dictionary: Dictionary) -> None:
        """Make some days anew from all events; the accounts they changed for are noted."""
        engine = self._engine
        self._unsettle(days[0])
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
        for chunk in itertools.chain.from_iterable(chunks(overlapping(engine, first, last))):
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


def _chunk_sql(parts: Sequence[str], *, typed: bool, plain: bool) -> str:
    """parts: relations of events, no two with events of one day."""
    counted = (
        step(
            "user_chunk",
            events=events,
            and_type="AND k.type = e.type" if typed else "AND k.type = 'track'",
            events_count="count(*)" if plain else "sum(k.activity)",
            slot_bit="slot_bit(e.slot)" if plain else "k.slot_mask & slot_bit(e.slot)",
        )
        for events in parts
    )
    return step("chunk", user_chunks="\nUNION ALL\n".join(counted), core="events" if plain else "core")


def _number(engine: DuckDB) -> None:
    """Make `numbered_chunk`: the chunk with numbers in place of the names that were new to it."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE new_accounts AS "
        "SELECT CAST(row_number() OVER (ORDER BY n.account_id) - 1 + m.next AS INTEGER) AS account, n.account_id "
        "FROM (SELECT DISTINCT account_id FROM chunk WHERE account IS NULL) AS n "
        "CROSS JOIN (SELECT coalesce(max(account) + 1, 0) AS next FROM account_ids) AS m"
    )
    engine.execute("INSERT INTO account_ids SELECT * FROM new_accounts")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE new_members AS "
        "SELECT CAST(row_number() OVER (ORDER BY n.account_id, n.user_id) - 1 + m.next AS INTEGER) AS member, "
        "coalesce(n.account, a.account) AS account, n.account_id, n.user_id "
        "FROM (SELECT DISTINCT account, account_id, user_id FROM chunk WHERE member IS NULL AND user_id "
        "IS NOT NULL) AS n "
        "LEFT JOIN new_accounts AS a ON a.account_id = n.account_id "
        "CROSS JOIN (SELECT coalesce(max(member) + 1, 0) AS next FROM members) AS m"
    )
    engine.execute("INSERT INTO members SELECT member, account, user_id FROM new_members")
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE newly_numbered AS SELECT coalesce(c.account, a.account) AS account, "
        'coalesce(n.member, -1) AS member, c."day", c.events, c.core, c.slots, c.bits '
        "FROM (SELECT * FROM chunk WHERE member IS NULL) AS c "
        "LEFT JOIN new_accounts AS a ON a.account_id = c.account_id "
        "LEFT JOIN new_members AS n ON n.account_id = c.account_id AND n.user_id = c.user_id"
    )
    numbers = 'account, member, "day", events, core, slots, bits'
    engine.execute(
        f"CREATE OR REPLACE TEMP VIEW numbered_chunk AS SELECT {numbers} FROM chunk WHERE member IS NOT NULL "
        f"UNION ALL SELECT {numbers} FROM newly_numbered"
    )


_FOLDED = (
    'CREATE OR REPLACE TEMP TABLE folded AS SELECT account, member, "day", CAST(sum(events) AS INTEGER) AS events, '
    "CAST(sum(core) AS INTEGER) AS core, bit_or(slots) AS slots, bit_or(bits) AS bits FROM ("
    'SELECT account, member, "day", events, core, slots, bits FROM numbered_chunk UNION ALL '
    'SELECT account, member, "day", events, core, slots, CAST(0 AS UBIGINT) FROM user_days $within) '
    'GROUP BY account, member, "day"'
)
_ADD_USER_DAYS = 'INSERT INTO user_days SELECT account, member, "day", events, core, slots FROM numbered_chunk'
_ADD_FEATURES_OF_CHUNK = 'INSERT INTO feature_days SELECT account, "day", 0, bits FROM account_chunk WHERE bits > 0'
_ADD_FEATURE_CHUNK = (
    'INSERT INTO feature_days SELECT a.account, f."day", f.word, f.bits FROM feature_chunk AS f '
    "INNER JOIN account_ids AS a ON a.account_id = f.account_id"
)
_ADD_ACCOUNT_DAYS = (
    'INSERT INTO account_days SELECT account, "day", activity, events, core, sessions FROM account_chunk'
)
_TOUCH_CHUNK = (
    'INSERT INTO touched SELECT a.account_id, NULL, min(c."day") FROM account_chunk AS c '
    "INNER JOIN account_ids AS a ON a.account = c.account GROUP BY a.account_id"
)
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
