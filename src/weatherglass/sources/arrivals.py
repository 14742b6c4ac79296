"""Records that arrive one by one instead of in a file: read by the same rules, into the same typed rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.config.mapping import TableMapping
from weatherglass.engine.dialect import identifier
from weatherglass.events.table import Table
from weatherglass.events.tables import ACCOUNTS, EVENTS
from weatherglass.sources import calls, objects
from weatherglass.sources.errors import Reject
from weatherglass.sources.files import SourceFile
from weatherglass.sources.matching import Matches, match
from weatherglass.sources.rows import Lookup, Rows, fill, names_of, reject, rows
from weatherglass.sources.scan import Scan
from weatherglass.sources.temporary import drop

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Typed rows of some records, in their order.

    `relation` has the columns of the table (`traits` besides, where it is not events), `problems` and `row_number`:
    the record's place, from 1. Rows without problems are good.
    """

    relation: str
    plan: Rows

    def rejects(self, engine: DuckDB, most: int = 10_000) -> list[tuple[int, Reject]]:
        """The first thing that is wrong with each of the first rows that cannot be used, with the row's number."""
        found = engine.rows(
            "SELECT row_number, p.place, p.code, p.said FROM (SELECT row_number, problems[1] AS p "
            f"FROM {self.relation} WHERE len(problems) > 0) AS wrong ORDER BY row_number LIMIT {most}"
        )
        return [(row, reject(self.plan, None, place, code, said)) for row, place, code, said in found]

    def drop(self, engine: DuckDB) -> None:
        """Take the rows away."""
        drop(engine, _filled(self.plan.table), f"{_filled(self.plan.table)}_staged")


def read_calls(engine: DuckDB, staged: str, zone: str) -> Arrivals:
    """Calls of Segment as rows of `events`. staged: a table whose column `record` holds JSON, NULL for what is none."""
    return _read(engine, EVENTS, calls.events_scan(staged), calls.matches(), zone)


def read_groups(engine: DuckDB, staged: str, zone: str) -> Arrivals | None:
    """What `group` calls say of accounts, a row for each call; None when there are none."""
    told = f"{_filled(ACCOUNTS)}_staged"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE {told} AS SELECT record FROM {identifier(staged)}")
    calls.stage_groups(engine, told)
    if not engine.row(f"SELECT count(*) FROM {told}")[0]:
        drop(engine, told)
        return None
    return read_rows(engine, told, ACCOUNTS, zone)


def read_rows(engine: DuckDB, staged: str, table: Table, zone: str, mapping: TableMapping | None = None) -> Arrivals:
    """Objects as rows of a table. Raises `SourceError` where no record has a column that the table requires."""
    scan = objects.scan(engine, staged)
    matches = match(table, scan.names, mapping or TableMapping(), f"/api/v1/{table.name}")
    return _read(engine, table, scan, matches, zone)


def _no_lookup(table: str) -> None:
    """A record says its account itself."""


def _read(
    engine: DuckDB, table: Table, scan: Scan, matches: Matches, zone: str, lookup: Lookup = _no_lookup
) -> Arrivals:
    file = SourceFile(Path(table.name), table, "json", content="calls" if table is EVENTS else "rows")
    plan = rows(file, scan, matches, zone)
    name = _filled(table)
    drop(engine, name)
    fill(engine, name, plan, lookup)
    columns = ", ".join(identifier(column) for column in names_of(table))
    relation = f"(SELECT {columns}, problems, row_number() OVER () AS row_number FROM {name})"
    return Arrivals(relation, plan)


def _filled(table: Table) -> str:
    return f"arrived_{table.name}"
