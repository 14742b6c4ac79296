"""One file as one table of typed rows in the engine."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier
from weatherglass.engine.errors import EngineError
from weatherglass.events.table import Table
from weatherglass.sources import parquet
from weatherglass.sources.errors import Reject, SourceError, refused
from weatherglass.sources.fields import SQL_TYPES
from weatherglass.sources.files import SourceFile
from weatherglass.sources.filling import EmptyFile, Filled, fill_from
from weatherglass.sources.footer import footer
from weatherglass.sources.matching import ColumnMatch, match
from weatherglass.sources.rows import Found, Lookup, examine, names_of, numbered
from weatherglass.sources.temporary import drop

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that has been read: a relation in the engine with the table's columns, typed.

    Columns: those of the table in its order (ids and texts VARCHAR, times TIMESTAMP in UTC, numbers DOUBLE, integers
    BIGINT, booleans BOOLEAN, `properties` VARCHAR), then `traits` VARCHAR (a JSON object of the columns that nobody
    knows; events have them in `properties` instead), then `row_number` BIGINT, 1 for the first data row.
    """

    file: SourceFile
    relation: str
    """The relation, as it stands in FROM."""
    rows: int
    matches: tuple[ColumnMatch, ...] = ()
    unknown: tuple[str, ...] = ()
    """Columns of the file that no column of the table takes."""
    passthrough: bool = False
    """Whether the relation reads the file itself, which is proven good, and no row was copied or looked at."""
    first: datetime | None = None
    """Of events: the earliest timestamp."""
    last: datetime | None = None
    """Of events: the latest timestamp."""
    has_null_account: bool = False
    """Of events: whether some may be without account."""
    has_message_id: bool = False
    """Of events: whether some may have a message id, so that duplicates are possible."""
    in_nanoseconds: bool = False
    """Of events where they lie: whether the file's timestamps are so fine that a cast of them would round up."""
    rejects: tuple[Reject, ...] = ()
    """The first refused values; only a lenient reading has any."""
    reject_count: int = 0
    """How many values were refused."""
    rejected_rows: int = 0
    """How many rows were dropped for it."""
    reasons: tuple[tuple[str, int], ...] = ()
    """Why values were refused, and how often, the most frequent first."""
    notices: tuple[str, ...] = ()
    filled: str | None = None
    """The temporary table that the relation reads; None where it reads the file, or nothing."""

    @property
    def table(self) -> Table:
        return self.file.table

    def close(self, engine: DuckDB) -> None:
        """Drop what the reading has put into the engine."""
        if self.filled is not None:
            drop(engine, self.filled)


def no_lookup(table: str) -> None:
    """A lookup that knows no table."""


def read(
    engine: DuckDB,
    file: SourceFile,
    zone: str = "UTC",
    *,
    lookup: Lookup = no_lookup,
    lenient: bool = False,
    most: int = 20,
) -> Reading:
    """Read a file as a relation of the engine.

    zone: time zone in which a bare date is a day.
    lookup: table name -> a relation, as it stands in FROM, with the table's key and `account_id`; None where there is
    none.
    lenient: drop the rows with values that cannot be used, list the first `most` of those values and count them all,
    instead of raising; pass over an empty file.
    Errors: `SourceError` naming file, row, column, value and the mend. A file that cannot be read at all, or lacks a
    required column, is an error in any case. Inside a transaction most errors end it: roll it back.
    """
    try:
        reading = _passed(engine, file) if file.format == "parquet" and file.table.name == "events" else None
        return reading or _copied(engine, f"reading_{next(_numbers)}", file, zone, lookup, lenient, most)
    except EngineError as error:
        raise SourceError(f"{file.name}: cannot be read: {error}", file=file.name) from error
    except OSError as error:
        raise SourceError(f"{file.name}: cannot be read: {error.strerror or error}", file=file.name) from error


def _passed(engine: DuckDB, file: SourceFile) -> Reading | None:
    """The reading of events where they lie; None where the footer of the file does not prove them good."""
    if file.path.stat().st_size == 0:
        return None
    scan = parquet.scan(engine, file.path, file.name)
    matches = match(file.table, scan.names, file.mapping, file.name)
    passage = parquet.passage(footer(engine, file.path), scan, matches, file.mapping)
    if passage is None:
        return None
    return Reading(
        file,
        f"({parquet.passage_query(scan, matches)})",
        passage.rows,
        matches.matches,
        matches.unknown,
        passthrough=True,
        first=passage.first,
        last=passage.last,
        has_null_account=passage.has_null_account,
        has_message_id=passage.has_message_id,
        in_nanoseconds=passage.in_nanoseconds,
        notices=matches.notices,
    )


def _copied(
    engine: DuckDB, name: str, file: SourceFile, zone: str, lookup: Lookup, lenient: bool, most: int
) -> Reading:
    """The reading of a file into a temporary table, every value checked."""
    try:
        examined = _examined(engine, name, file, zone, lookup, most)
        if examined is None:
            return _nothing(file)
        filled, found = examined
        if found.count and not lenient:
            raise refused(file.name, found.rejects, found.count)
        return _described(engine, name, file, filled, found)
    except EmptyFile as error:
        if not lenient:
            raise
        return _nothing(file, str(error))
    except BaseException:
        drop(engine, name)
        raise


def _examined(
    engine: DuckDB, name: str, file: SourceFile, zone: str, lookup: Lookup, most: int, *, telling: bool = False
) -> tuple[Filled, Found] | None:
    """The filled table and what is wrong in it; None for a file of JSON without any record."""
    filled = fill_from(engine, name, file, zone, lookup, telling=telling)
    if filled is None:
        return None
    found = examine(engine, name, filled.plan, filled.lost, most, telling=telling)
    if found.rejected and not telling:
        # to say what is wrong costs a small file as much as its reading: only one with something wrong is asked
        drop(engine, name)
        return _examined(engine, name, file, zone, lookup, most, telling=True)
    return filled, _with_broken(found, filled, most)


def _with_broken(found: Found, filled: Filled, most: int) -> Found:
    """What is wrong in the rows, and with the records that were none."""
    if not filled.broken:
        return found
    both = sorted((*found.rejects, *filled.broken), key=lambda reject: reject.row or 0)[:most]
    reasons = dict(found.reasons)
    for reject in filled.broken:
        told = f"row {reject.reason}"
        reasons[told] = reasons.get(told, 0) + 1
    count = len(filled.broken)
    return replace(
        found, rejected=found.rejected + count, rejects=tuple(both), count=found.count + count, reasons=reasons
    )


def _described(engine: DuckDB, name: str, file: SourceFile, filled: Filled, found: Found) -> Reading:
    """Show the good rows of the filled table, and say what they are."""
    plan = filled.plan
    columns = [identifier(column) for column in names_of(file.table)]
    good = f"SELECT {', '.join(columns)}, row_number FROM {numbered(name, plan)}"
    if found.left_out:
        good += " WHERE problems IS NULL"
    if file.content == "groups":
        good = _latest(columns, good)
    relation = f"({good})"
    count = int(engine.row(f"SELECT count(*) FROM {relation}")[0]) if file.content == "groups" else found.rows
    return Reading(
        file,
        relation,
        count,
        plan.matches.matches,
        plan.matches.unknown,
        first=found.events.first,
        last=found.events.last,
        has_null_account=found.events.has_null_account,
        has_message_id=found.events.has_message_id,
        rejects=found.rejects,
        reject_count=found.count,
        rejected_rows=found.rejected,
        reasons=tuple(sorted(found.reasons.items(), key=lambda told: -told[1])),
        notices=plan.matches.notices,
        filled=name,
    )


def _latest(columns: list[str], good: str) -> str:
    """What several rows say of one account: of each column the last that says anything."""
    told = [f"arg_max({column}, row_number) AS {column}" for column in columns if column != identifier("account_id")]
    return (
        f"SELECT account_id, {', '.join(told)}, max(row_number) AS row_number FROM ({good}) AS said GROUP BY account_id"
    )


def _nothing(file: SourceFile, *notices: str) -> Reading:
    """The reading of a file in which there is no row."""
    kinds = {column.name: SQL_TYPES[column.kind] for column in file.table.columns}
    columns = [
        f"CAST(NULL AS {kinds.get(column, 'VARCHAR')}) AS {identifier(column)}" for column in names_of(file.table)
    ]
    columns.append("CAST(NULL AS BIGINT) AS row_number")
    nothing = f"(SELECT {', '.join(columns)} LIMIT 0)"
    return Reading(file, nothing, 0, notices=tuple(f"{notice} (skipped)" for notice in notices))
