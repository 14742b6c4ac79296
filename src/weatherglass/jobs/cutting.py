"""A cut of a store: all that it holds of a few accounts, in memory, with their newest events rolled up.

What scores a store scores a cut as well, and gives the same bits: the cut has the same tables, the same numbers for
accounts and users, and one more account that stands for everybody else, with what all accounts look at.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from weatherglass.engine.dialect import identifier, literal
from weatherglass.jobs.attending import attended
from weatherglass.rollups import calendar
from weatherglass.rollups.rolling import SETTLED_TO, RollUps
from weatherglass.rollups.steps import step

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

EVERYONE_ELSE = "\x01everyone else"
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
)
"""Tables that scoring a few accounts does not look at, or that begin empty."""
_EVENTS = '"account_id", "user_id", "name", "timestamp", "type", "message_id", "properties"'


class Cut:
    """Makes cuts of one store, one at a time. Close it before the store."""

    def __init__(self, store: Store, project: Project) -> None:
        self._project = project
        self.store = store.reading()
        """The last cut, as a store."""
        self._engine = engine = self.store.engine
        self._whole = f"{identifier(engine.row('SELECT current_database()')[0])}.main"
        engine.execute("ATTACH ':memory:' AS cut")
        engine.execute("USE cut")
        calendar.define(engine, project.timezone)
        self._folder = tempfile.TemporaryDirectory(prefix="weatherglass-cut-")
        self._tables = self._columns()
        for table in _EMPTY:
            engine.execute(f"CREATE TABLE cut.{table} AS SELECT * FROM {self._whole}.{table} LIMIT 0")
        self._known: dict[int, int] = {}
        self._oldest = 0
        self._tickets = False
        self.renew()

    def renew(self) -> None:
        """Look again at what everybody else has: after a pass over the whole store."""
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

    def take(self, accounts: list[str], asked_from: int) -> bool:
        """Cut out some accounts; whether what has happened to them concerns everybody.

        asked_from: the first day that is to be scored.
        """
        engine = self._engine
        engine.register("wanted", pa.table({"account_id": pa.array(accounts, pa.string())}))
        rows, first, last = self._hot()
        self._copy(self._since(first), asked_from)
        self._add_everyone_else()
        if rows:
            self._roll_up(rows, first, last)
        engine.unregister("wanted")
        engine.execute("CREATE OR REPLACE TEMP TABLE spans_before AS SELECT * FROM account_spans")
        engine.execute(step("account_numbers"))
        engine.execute(step("account_spans"))
        engine.execute(
            "CREATE OR REPLACE TABLE account_spans AS SELECT account, min(first_day) AS first_day, "
            "max(last_day) AS last_day FROM (SELECT * FROM account_spans UNION ALL SELECT * FROM spans_before) "
            "GROUP BY account"
        )
        return self._concerns_all()

    def close(self) -> None:
        """Let go of the memory."""
        self._engine.execute(f"USE {self._whole}")
        self._engine.execute("DETACH cut")
        self._engine.close()
        self._folder.cleanup()

    def _columns(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        rows = self._engine.rows(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND schema_name = 'main' "
            f"AND database_name = {literal(self._whole.removesuffix('.main').strip(chr(34)))}"
        )
        for table, column in rows:
            found.setdefault(table, set()).add(column)
        return found

    def _hot(self) -> tuple[int, Any, Any]:
        """How many events have come in live for the accounts, and from when to when."""
        engine = self._engine
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE hot AS SELECT * REPLACE (placed AS account_id) FROM "
            f"{self._whole}.live_events WHERE placed IN (SELECT account_id FROM wanted) AND NOT repeated"
        )
        rows, first, last = engine.row('SELECT count(*), min("timestamp"), max("timestamp") FROM hot')
        return rows, first, last

    def _since(self, first: Any) -> int | None:
        """From which day on roll-ups are needed; None for all days."""
        found = self._engine.rows(f"SELECT value FROM {self._whole}.settings WHERE name = ?", [SETTLED_TO])
        if not found:
            return None
        settled = int(found[0][0])
        late = first is not None and self._engine.row("SELECT local_day(?::TIMESTAMP)", [first])[0] <= settled
        return None if late else settled + 1

    def _copy(self, since: int | None, asked_from: int) -> None:
        engine = self._engine
        cards = self._project.scorecards
        # of champions the days are looked at one by one, back to the beginning of the window; by some signals all days
        reach = None if any(map(attended, cards)) else asked_from - max(card.windows.usage for card in cards)
        limits = {"account_days": since, "feature_days": since, "user_days": _earlier(since, reach)}
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE chosen_numbers AS SELECT account FROM {self._whole}.account_ids "
            "WHERE account_id IN (SELECT account_id FROM wanted)"
        )
        for table, columns in self._tables.items():
            where = "true"
            if table in _EMPTY:
                continue
            if "account" in columns:
                where = "account IN (SELECT account FROM chosen_numbers)"
                if limits.get(table) is not None:
                    where += f' AND "day" >= {limits[table]}'
            elif "account_id" in columns:
                where = "account_id IN (SELECT account_id FROM wanted)"
            name = identifier(table)
            engine.execute(f"CREATE OR REPLACE TABLE cut.{name} AS SELECT * FROM {self._whole}.{name} WHERE {where}")

    def _add_everyone_else(self) -> None:
        engine = self._engine
        number = engine.row(f"SELECT coalesce(max(account) + 1, 0) FROM {self._whole}.account_ids")[0]
        engine.execute("INSERT INTO account_ids VALUES (?, ?)", [number, EVERYONE_ELSE])
        engine.execute(
            f"INSERT INTO account_spans SELECT {number}, min(first_day), min(first_day) FROM "
            f"{self._whole}.account_spans HAVING min(first_day) IS NOT NULL"
        )
        engine.execute(f'INSERT INTO feature_days SELECT {number}, "day", word, bits FROM cut.others')
        # users who are new get numbers beyond all that there are
        engine.execute(
            f"INSERT INTO members SELECT max(member), {number}, NULL FROM {self._whole}.members "
            "HAVING max(member) IS NOT NULL"
        )
        ticket = self._first_ticket()
        if ticket is not None:
            engine.execute(
                "INSERT INTO tickets (ticket_id, account_id, opened_at) VALUES ('', ?, ?)", [EVERYONE_ELSE, ticket]
            )

    def _first_ticket(self) -> Any:
        return self._engine.row(f"SELECT min(opened_at) FROM {self._whole}.tickets")[0]

    def _roll_up(self, rows: int, first: Any, last: Any) -> None:
        engine = self._engine
        path = Path(self._folder.name) / "hot.parquet"
        engine.execute("DELETE FROM segments")
        engine.execute(f"COPY (SELECT {_EVENTS} FROM hot) TO {literal(str(path))} (FORMAT parquet)")
        engine.execute(
            'INSERT INTO segments (segment, path, load, "rows", first_at, last_at, has_type, has_message_id, has_gaps, '
            "rolled) VALUES (1, ?, 1, ?, ?, ?, true, true, false, false)",
            [path.name, rows, first, last],
        )
        RollUps(engine, self._project, path.parent, noting=False).refresh()

    def _concerns_all(self) -> bool:
        """Whether there is a feature, or a ticket, where before nobody had one."""
        engine = self._engine
        if not self._tickets and self._first_ticket() is not None:
            return True
        if self._project.product.features:
            return False
        rows = engine.rows(f'SELECT word, bit_or(bits) FROM feature_days WHERE "day" > {self._oldest} GROUP BY word')
        return any(bits & ~self._known.get(word, 0) for word, bits in rows)


def _earlier(day: int | None, other: int | None) -> int | None:
    return None if day is None or other is None else min(day, other)
