"""Arrow tables in the form of the source tables: every canonical column, in its order, of its kind."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from weatherglass.events.table import Kind
from weatherglass.events.tables import BY_NAME

_TYPES: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "time": pa.timestamp("us", tz="UTC"),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "json": pa.string(),
}


def arrow_schema(table: str) -> pa.Schema:
    """The canonical columns of a source table as an Arrow schema."""
    return pa.schema([pa.field(column.name, _TYPES[column.kind]) for column in BY_NAME[table].columns])


def table_of(table: str, rows: list[dict[str, Any]], numbered: str | None = None) -> pa.Table:
    """Rows as an Arrow table, in the order of their time, which each has; columns that a row leaves out are null.

    `numbered` is the prefix of ids to be given to the rows in that order, for tables with a key of one column.
    """
    source = BY_NAME[table]
    dated_by = source.dated_by
    if dated_by is not None:
        rows = sorted(rows, key=lambda row: (row[dated_by], row["account_id"]))
    if numbered is not None:
        rows = [{source.key[0]: f"{numbered}_{number:06d}", **row} for number, row in enumerate(rows, 1)]
    return pa.Table.from_pylist(rows, schema=arrow_schema(table))
