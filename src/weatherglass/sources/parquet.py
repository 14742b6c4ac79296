"""Parquet: its columns with their types, and events that are read where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier
from weatherglass.engine.errors import EngineError
from weatherglass.events.tables import EVENTS
from weatherglass.sources import moments, values
from weatherglass.sources.errors import SourceError
from weatherglass.sources.fields import SQL_TYPES
from weatherglass.sources.footer import ColumnFacts, Footer
from weatherglass.sources.matching import ColumnMatch, Matches
from weatherglass.sources.scan import FileColumn, Scan, path_literal, refuse_nul

if TYPE_CHECKING:
    from weatherglass.config.mapping import TableMapping
    from weatherglass.engine import DuckDB


_TEXT = ("VARCHAR",)
_MOMENTS = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", *moments.NANOSECONDS)


@dataclass(frozen=True, slots=True)
class Passage:
    """Events that can be read from a Parquet file as they lie there, since its footer proves them good."""

    rows: int
    first: datetime
    last: datetime
    has_null_account: bool
    has_message_id: bool
    in_nanoseconds: bool


def scan(engine: DuckDB, path: Path, shown: str) -> Scan:
    """The relation of a Parquet file. Raises `SourceError` where the engine cannot read it."""
    relation = f"read_parquet({path_literal(path)}, hive_partitioning = false)"
    try:
        types = _types(engine, relation)
        bare = frozenset(name for name, type_ in types.items() if type_ == "BLOB")
        if bare:
            # older writers leave unsaid that bytes are text
            relation = f"read_parquet({path_literal(path)}, hive_partitioning = false, binary_as_string = true)"
            types = _types(engine, relation)
    except EngineError as error:
        raise unreadable(shown, error) from error
    refuse_nul(types, shown)
    columns = tuple(
        FileColumn(
            name, identifier(name), type_, f"{identifier(name)} IS NOT NULL" if values.is_nested(type_) else None
        )
        for name, type_ in types.items()
    )
    return Scan(relation, columns, unproven=bare)


def _types(engine: DuckDB, relation: str) -> dict[str, str]:
    return {name: type_ for name, type_, *_ in engine.rows(f"DESCRIBE SELECT * FROM {relation}")}


def unreadable(shown: str, error: Exception) -> SourceError:
    """The error of a file that the engine does not take for Parquet."""
    return SourceError(
        f"{shown}: not a whole Parquet file: it is cut off or damaged; copy or export it again ({error})", file=shown
    )


def passage(footer: Footer, scan: Scan, matches: Matches, mapping: TableMapping) -> Passage | None:
    """Whether every event of a file is proven good by its footer: typed, named, dated, plausible, no empty ids.

    None where anything is not proven, or where the mapping changes what the file says.
    """
    if mapping.values or any(match.how in {"through", "constant"} for match in matches.matches):
        return None
    facts = {match.column: _facts(match, scan, footer) for match in matches.matches}
    ids = [facts[name] for name in ("account_id", "user_id") if matches.of(name).source is not None]
    name, when, account, message = (facts[column] for column in ("name", "timestamp", "account_id", "message_id"))
    span = when.span if when is not None and when.no_nulls else None
    if span is None or name is None or not name.no_nulls:
        return None
    if not all(fact is not None and fact.nowhere_empty for fact in (name, *ids)):
        return None
    return Passage(
        footer.rows,
        *span,
        has_null_account=account is None or not account.no_nulls,
        has_message_id=matches.of("message_id").source is not None and not (message is not None and message.no_values),
        in_nanoseconds=scan.column(matches.of("timestamp").source or "").type in moments.NANOSECONDS,
    )


def _facts(match: ColumnMatch, scan: Scan, footer: Footer) -> ColumnFacts | None:
    """What is proven of a column of events; None where it is nothing, or its type is not that of the column."""
    if match.source is None or match.source in scan.unproven:
        return None
    is_time = EVENTS.column(match.column).kind == "time"
    right = scan.column(match.source).type in (_MOMENTS if is_time else _TEXT)
    return footer.columns.get(match.source) if right else None


def passage_query(scan: Scan, matches: Matches) -> str:
    """A SELECT of the events of a file as they lie there; whatever is not asked for is not computed."""
    told = [f"{_column(match, scan, matches)} AS {identifier(match.column)}" for match in matches.matches]
    return f"SELECT {', '.join(told)}, file_row_number + 1 AS row_number FROM {scan.relation}"


def _column(match: ColumnMatch, scan: Scan, matches: Matches) -> str:
    kind = EVENTS.column(match.column).kind
    source = None if match.source is None else scan.column(match.source)
    if kind == "json":
        return _properties(source, scan, matches.unknown)
    if source is None:
        return f"CAST(NULL AS {SQL_TYPES[kind]})"
    if kind == "time":
        return moments.of_column(source.sql, source.type, "UTC", None)
    # the footer proves the others
    return values.as_text(source.sql, source.type) if match.column in {"type", "message_id"} else source.sql


def _properties(source: FileColumn | None, scan: Scan, unknown: tuple[str, ...]) -> str:
    """The properties of an event that is read where it lies; a text that is no JSON object is NULL, not refused."""
    own = "CAST(NULL AS VARCHAR)" if source is None else values.as_object(values.as_text(source.sql, source.type))
    columns = [scan.column(name) for name in unknown]
    if not columns:
        return own
    rest = f"nullif({values.as_document([(column.name, column.sql, column.type) for column in columns])}, '{{}}')"
    return rest if source is None else values.merged(f"({rest})", f"({own})")
