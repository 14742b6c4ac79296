"""A cut of a store: all that it holds of a few accounts, in memory, with their newest events rolled up.

What scores a store scores a cut as well, and gives the same bits: the cut has the same tables, the same numbers for
accounts and users, and one more account that stands for everybody else, with what all accounts look at.

A cut is made many times a minute and its accounts are few, so what it costs is the number of its statements: of a table
that is empty nothing is copied, and what is the same for all accounts is copied once, by `renew`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from weatherglass.engine.dialect import identifier, literal
from weatherglass.jobs.scoring.attending import attended
from weatherglass.jobs.scoring.roster import told_apart_by
from weatherglass.rollups import calendar
from weatherglass.rollups.dictionary import Dictionary
from weatherglass.rollups.rolling import SETTLED_TO, RollUps
from weatherglass.rollups.steps import step

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

EVERYONE_ELSE = "\x01everyone else"
_NAMES = ("features", "event_names", "feature_events")
"""What events mean, which changes with names that are new."""
_EMPTY = (
    "scores",
    "scorecards",
    "fleet_days",
    "live_events",
    "touched",
    "stale_events",
    "stale_users",
    "group_calls",
    "nobody_days",
    "segments",
    "erase_requests",
    "schema_version",
)
"""Tables that scoring a few accounts does not look at."""
_UNREAD = frozenset({"traits", "text", "comment", "email"})
"""Columns that no signal looks at, and that are long."""
_OF_ACCOUNTS = frozenset({"account_id", "created_at", "seats", "entitled_features"})
"""Columns of accounts that are looked at, beside those that cards tell accounts apart by."""
_ROLLED = (
    "account_ids",
    "account_spans",
    "account_days",
    "feature_days",
    "key_feature_days",
    "members",
    "milestone_days",
    "user_days",
)
"""Tables that events come into."""
_EVENTS = "SELECT account_id, user_id, slot, name, type FROM hot"


@dataclass(frozen=True)
class _Others:
    """What everybody else has: the number that is free for them, their first day, the highest user's number."""

    account: int
    first_day: int | None
    member: int | None


class Cut:
    """Makes cuts of one store, one at a time. Close it before the store."""

    def __init__(self, store: Store, project: Project) -> None:
        self._project = project
        self.store = store.reading()
        """The last cut, as a store."""
        self.empty: frozenset[str] = frozenset()
        """The tables of the last cut that hold nothing."""
        self._engine = engine = self.store.engine
        self._whole = f"{identifier(engine.row('SELECT current_database()')[0])}.main"
        engine.execute("ATTACH ':memory:' AS cut")
        engine.execute("USE cut")
        calendar.define(engine, project.timezone)
        self._tables = self._columns()
        for table in self._tables:
            engine.execute(f"CREATE TABLE cut.{identifier(table)} AS SELECT * FROM {self._of(table)} LIMIT 0")
        self._rollups = RollUps(engine, project, self.store.folder, noting=False)
        self._known: dict[int, int] = {}
        self._oldest = 0
        self._tickets = False
        self._held: set[str] = set()
        self._settled: int | None = None
        self._numbers: dict[str, int] = {}
        self._looked = self._late = False
        self.renew()

    def renew(self) -> None:
        """Look again at what all accounts have in common: after a pass over the whole store."""
        engine = self._engine
        window = max(card.windows.availability for card in self._project.scorecards)
        engine.execute(
            f'CREATE OR REPLACE TABLE cut.others AS SELECT "day", word, bit_or(bits) AS bits '
            f'FROM {self._whole}.feature_days GROUP BY "day", word'
        )
        newest = engine.row('SELECT coalesce(max("day"), 0) FROM cut.others')[0]
        self._oldest = newest - window
        rows = engine.rows(f'SELECT word, bit_or(bits) FROM cut.others WHERE "day" > {self._oldest} GROUP BY word')
        self._known = dict(rows)
        self._tickets = self._first_ticket() is not None
        for table in _NAMES:
            self._fill(table, f"SELECT * FROM {self._of(table)}")
        self._dictionary = Dictionary(engine, self._project)
        self._learn()
        self._look()

    def forget(self) -> None:
        """Look again at what there is: others have written to the store."""
        self._looked = False

    def fills(self, tables: Iterable[str]) -> None:
        """Note that rows have come into some tables."""
        self._held.update(self._tables.keys() & set(tables))

    def take(self, accounts: list[str], asked_from: int) -> bool:
        """Cut out some accounts; whether what has happened to them concerns everybody.

        asked_from: the first day that is to be scored.
        """
        engine = self._engine
        if not self._looked:
            self._look()
        numbers = pa.array([self._numbers.get(name) for name in accounts], pa.int32())
        engine.register("wanted", pa.table({"account_id": pa.array(accounts, pa.string()), "account": numbers}))
        rows, day, names = self._hot()
        self._copy(self._since(day), asked_from)
        if rows:
            if not names <= self._names:
                self._dictionary.learn(_EVENTS)
                self._learn()
            self._rollups.fold(_EVENTS, self._dictionary)
        self._span()
        engine.unregister("wanted")
        return self._concerns_all()

    def close(self) -> None:
        """Let go of the memory."""
        self._engine.execute(f"USE {self._whole}")
        self._engine.execute("DETACH cut")
        self._engine.close()

    def _of(self, table: str) -> str:
        return f"{self._whole}.{identifier(table)}"

    def _columns(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        rows = self._engine.rows(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main' "
            f"AND database_name = {literal(self._whole.removesuffix('.main').strip(chr(34)))} ORDER BY column_index"
        )
        for table, column in rows:
            found.setdefault(table, []).append(column)
        return found

    def _learn(self) -> None:
        """Make the tables that the steps read of what names mean."""
        self._dictionary.define()
        self._names = set(self._engine.rows("SELECT name, type FROM event_names"))

    def _look(self) -> None:
        """Find out what there is to copy, and how accounts are numbered."""
        engine = self._engine
        names = sorted(self._tables.keys() - {*_EMPTY, *_NAMES, "settings"})
        counts = ", ".join(
            f"(SELECT count(*) FROM {self._of(name)}) + (SELECT count(*) FROM cut.{identifier(name)})" for name in names
        )
        found = zip(names, engine.row(f"SELECT {counts}"), strict=True)
        self._held = {*_ROLLED, *(name for name, count in found if count)}
        self._numbers = dict(engine.rows(f"SELECT account_id, account FROM {self._of('account_ids')}"))
        self._others = _Others(
            max(self._numbers.values(), default=-1) + 1,
            engine.row(f"SELECT min(first_day) FROM {self._of('account_spans')}")[0],
            engine.row(f"SELECT max(member) FROM {self._of('members')}")[0],
        )
        self._set()
        self._looked = True

    def _set(self) -> None:
        """Take over the settings, and with them up to which day the roll-ups have settled."""
        self._fill("settings", f"SELECT * FROM {self._of('settings')}")
        found = self._engine.rows("SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?", [SETTLED_TO])
        self._settled = int(found[0][0]) if found else None
        self._late = False

    def _hot(self) -> tuple[int, int | None, set[tuple[str, str]]]:
        """How many events have come in live for the accounts, the first day of them, and their names and types."""
        self._engine.execute(
            "CREATE OR REPLACE TEMP TABLE hot AS SELECT placed AS account_id, user_id, name, "
            'local_slot("timestamp") AS slot, '
            "lower(coalesce(nullif(type, ''), 'track')) AS type FROM "
            f"{self._of('live_events')} WHERE placed IN (SELECT account_id FROM wanted) AND NOT repeated"
        )
        rows, slot, names = self._engine.row("SELECT count(*), min(slot), list(DISTINCT [name, type]) FROM hot")
        return rows, None if slot is None else slot >> 6, {(name, kind) for name, kind in names or ()}

    def _since(self, first: int | None) -> int | None:
        """From which day on roll-ups are needed; None for all days. first: the day of the first event."""
        if self._late:
            self._set()
        if self._settled is None:
            return None
        if first is None or first > self._settled:
            return self._settled + 1
        # what has settled holds none of the late events; with the next cut it counts again
        self._engine.execute("DELETE FROM settings WHERE name = ?", [SETTLED_TO])
        self._late = True
        return None

    def _copy(self, since: int | None, asked_from: int) -> None:
        others, held = self._others, self._held
        self._fill(
            "account_ids",
            "SELECT account, account_id FROM wanted WHERE account IS NOT NULL "
            f"UNION ALL SELECT {others.account}, {literal(EVERYONE_ELSE)}",
        )
        # users before their days, which are looked at further back where there is somebody to look at
        for table in sorted(held - {"account_ids"}, key=lambda name: (name != "users", name)):
            condition = "account_id IN (SELECT account_id FROM wanted)"
            if "account" in self._tables[table]:
                condition = "account IN (SELECT account FROM account_ids)"
            if table in ("account_days", "feature_days") and since is not None:
                condition += f' AND "day" >= {since}'
            elif table == "user_days" and (from_day := self._back(since, asked_from)) is not None:
                condition += f' AND "day" >= {from_day}'
            self._fill(table, f"SELECT {self._read(table)} FROM {self._of(table)} WHERE {condition}{self._and(table)}")
        self._add_everyone_elses_ticket("tickets" in held)
        self.empty = frozenset(self._tables.keys() - held)

    def _read(self, table: str) -> str:
        columns = self._tables[table]
        if table == "accounts":
            wanted = _OF_ACCOUNTS.union(told_apart_by(self._project))
            return ", ".join(identifier(name) for name in columns if name in wanted)
        return ", ".join(identifier(name) for name in columns if name not in _UNREAD)

    def _and(self, table: str) -> str:
        """What everybody else adds to a table."""
        others = self._others
        if table == "account_spans" and others.first_day is not None:
            return f" UNION ALL SELECT {others.account}, {others.first_day}, {others.first_day}"
        if table == "feature_days":
            return f' UNION ALL SELECT {others.account}, "day", word, bits FROM cut.others'
        if table == "members" and others.member is not None:
            # users who are new get numbers beyond all that there are
            return f" UNION ALL SELECT {others.member}, {others.account}, NULL"
        return ""

    def _back(self, since: int | None, asked_from: int) -> int | None:
        """From which day on the days of users are needed; None for all days."""
        cards = self._project.scorecards
        if since is None or any(map(attended, cards)):
            return None
        # of champions the days are looked at one by one, back to the beginning of the window
        watched = self._engine.rows("SELECT 1 FROM users WHERE is_champion OR is_executive_sponsor LIMIT 1")
        return min(since, asked_from - max(card.windows.usage for card in cards)) if watched else since

    def _fill(self, table: str, query: str) -> None:
        self._engine.execute(f"CREATE OR REPLACE TABLE cut.{identifier(table)} AS {query}")

    def _add_everyone_elses_ticket(self, there: bool) -> None:
        ticket = self._first_ticket() if there else None
        if ticket is not None:
            self._engine.execute(
                "INSERT INTO tickets (ticket_id, account_id, opened_at) VALUES ('', ?, ?)", [EVERYONE_ELSE, ticket]
            )

    def _first_ticket(self) -> Any:
        return self._engine.row(f"SELECT min(opened_at) FROM {self._of('tickets')}")[0]

    def _span(self) -> None:
        """Have the first and last days of the accounts follow what has come in."""
        engine = self._engine
        spans = 'SELECT * FROM account_spans UNION ALL SELECT account, "day", "day" FROM account_days'
        noted = f"SELECT 1 FROM {self._of('touched')} WHERE account_id IN (SELECT account_id FROM wanted) LIMIT 1"
        if engine.rows(noted):
            # facts besides events have changed since the last pass over the whole store
            engine.execute("CREATE OR REPLACE TEMP TABLE spans_before AS SELECT * FROM account_spans")
            engine.execute(step("account_numbers"))
            engine.execute(step("account_spans"))
            spans = "SELECT * FROM account_spans UNION ALL SELECT * FROM spans_before"
        self._fill(
            "account_spans",
            f"SELECT account, min(first_day) AS first_day, max(last_day) AS last_day FROM ({spans}) GROUP BY account",
        )

    def _concerns_all(self) -> bool:
        """Whether there is a feature, or a ticket, where before nobody had one."""
        engine = self._engine
        if not self._tickets and "tickets" not in self.empty and self._first_ticket() is not None:
            return True
        if self._project.product.features:
            return False
        rows = engine.rows(f'SELECT word, bit_or(bits) FROM feature_days WHERE "day" > {self._oldest} GROUP BY word')
        return any(bits & ~self._known.get(word, 0) for word, bits in rows)
