"""What the footer of a Parquet file proves of its columns, so that their rows need not be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.events.times import TimeError, moment
from weatherglass.sources.scan import path_literal

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

NESTED = ", "
"""Parts the names in the path of a nested column."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the footer says of one column in one row group."""

    values: int
    """The number of values, NULLs among them."""
    nulls: int | None
    """None where the file does not say."""
    lowest: str | None
    """The smallest value or a lower bound of it, as text; None where the file does not say."""
    highest: str | None

    @property
    def is_void(self) -> bool:
        """Whether every value is NULL."""
        return self.nulls == self.values


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One flat column over all its chunks."""

    chunks: tuple[Chunk, ...]

    @property
    def no_nulls(self) -> bool:
        return all(chunk.nulls == 0 for chunk in self.chunks)

    @property
    def no_values(self) -> bool:
        return all(chunk.is_void for chunk in self.chunks)

    @property
    def nowhere_empty(self) -> bool:
        """Whether no value is the empty text; some may be NULL."""
        return all(chunk.is_void or bool(chunk.lowest) for chunk in self.chunks)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The first and last moment of a column of times; None where not all of them are proven believable."""
        bounds = [(chunk.lowest, chunk.highest) for chunk in self.chunks if not chunk.is_void]
        try:
            moments = [moment(bound or "") for pair in bounds for bound in pair]
        except TimeError:
            return None
        return (min(moments), max(moments)) if moments else None


@dataclass(frozen=True, slots=True)
class Footer:
    """The number of rows of a Parquet file, and the facts of its flat columns by name."""

    rows: int
    columns: dict[str, ColumnFacts]


def footer(engine: DuckDB, path: Path) -> Footer:
    """Read the footer of a Parquet file. Raises `EngineError` for a file that is none, or is cut off."""
    told = engine.rows(
        "SELECT path_in_schema, row_group_id, row_group_num_rows, num_values, stats_null_count, "
        f"stats_min_value, stats_max_value FROM parquet_metadata({path_literal(path)})"
    )
    groups: dict[int, int] = {group: rows for _, group, rows, *_ in told}
    chunks: dict[str, list[Chunk]] = {}
    for name, _, rows, *facts in told:
        if rows and NESTED not in name:
            chunks.setdefault(name, []).append(Chunk(*facts))
    filled = sum(1 for rows in groups.values() if rows)
    # of a name that stands there twice nobody knows which column is read
    columns = {name: ColumnFacts(tuple(found)) for name, found in chunks.items() if len(found) == filled}
    return Footer(sum(groups.values()), columns)
