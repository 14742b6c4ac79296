"""What the footer of a Parquet file proves of its columns, so that their rows need not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.sources.moments import unbelievable
from weatherglass.sources.scan import path_literal

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One flat column over all row groups, as far as the statistics tell."""

    no_nulls: bool
    no_values: bool
    """Whether it is NULL in every row."""
    no_empty_text: bool
    """Whether it is a text that is nowhere empty, though it may be NULL."""
    first: datetime | None
    """The earliest moment of a time column that is believable everywhere; cut to whole microseconds."""
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Footer:
    """The number of rows of a Parquet file, and the facts of its flat columns by name."""

    rows: int
    columns: dict[str, ColumnFacts]


def footer(engine: DuckDB, path: Path) -> Footer:
    """Read the footer of a Parquet file. Raises `EngineError` for a file that is none, or is cut off."""
    file = path_literal(path)
    [(rows,)] = engine.rows(f"SELECT sum(num_rows) FROM parquet_file_metadata({file})")
    flat = _flat(engine, file)
    columns = {}
    for name, no_nulls, no_values, filled, first, last in engine.rows(_facts(file)):
        if name in flat:
            is_text, required = flat[name]
            columns[name] = ColumnFacts(no_nulls or required, no_values, is_text and filled, first, last)
    return Footer(int(rows or 0), columns)


def _flat(engine: DuckDB, file: str) -> dict[str, tuple[bool, bool]]:
    """The columns that are not nested and not repeated: whether each is text, and whether it is required."""
    told = engine.rows(
        "SELECT name, num_children, logical_type = 'StringType()' OR converted_type = 'UTF8', repetition_type "
        f"FROM parquet_schema({file})"
    )
    flat: dict[str, tuple[bool, bool]] = {}
    repeated: set[str] = set()
    inside = 0
    for name, children, is_text, repetition in told[1:]:
        if inside:
            inside += (children or 0) - 1
        elif children:
            inside = children
        else:
            repeated |= {name} & flat.keys()
            flat[name] = (bool(is_text), repetition == "REQUIRED")
    return {name: facts for name, facts in flat.items() if name not in repeated and ", " not in name}


def _facts(file: str) -> str:
    """A SELECT of what the statistics tell of each column: name, no nulls, no values, nowhere empty, first, last."""
    first, last = (f"make_timestamp(epoch_us(TRY_CAST(stats_{end}_value AS TIMESTAMPTZ)))" for end in ("min", "max"))
    chunks = (
        "SELECT path_in_schema AS name, stats_null_count = 0 AS complete, "
        "coalesce(stats_null_count, 0) = num_values AS void, stats_min_value > '' AS filled, "
        f"{first} AS first, {last} AS last FROM parquet_metadata({file}) WHERE row_group_num_rows > 0"
    )
    believed = " AND ".join(
        f"{end} IS NOT NULL AND NOT {unbelievable(end, planned=False)}" for end in ("first", "last")
    )
    return (
        "SELECT name, bool_and(coalesce(complete, false)), bool_and(void), bool_and(void OR coalesce(filled, false)), "
        "CASE WHEN bool_and(void OR dated) THEN min(first) END, CASE WHEN bool_and(void OR dated) THEN max(last) END "
        f"FROM (SELECT *, {believed} AS dated FROM ({chunks}) AS chunks) AS facts GROUP BY name"
    )
