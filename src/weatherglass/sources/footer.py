"""What the footer of a Parquet file proves of its events, so that they need not be looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.events.times import believable
from weatherglass.sources.errors import SourceError

if TYPE_CHECKING:
    import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column over all row groups, as far as the statistics tell."""

    type: str
    """The logical type: `String`, `Timestamp`, ...; with the physical one where there is none."""
    nulls: int | None
    """None where the file does not say."""
    lowest: Any
    """The smallest value, or a lower bound of it; None where the file does not say, and without any value."""
    highest: Any
    no_values: bool
    """Whether the column is NULL in every row."""

    @property
    def no_nulls(self) -> bool:
        return self.nulls == 0

    @property
    def no_empty_text(self) -> bool:
        """Whether it is a text that is nowhere empty (though it may be NULL)."""
        return self.type == "String" and (self.no_values or bool(self.lowest))


@dataclass(frozen=True, slots=True)
class Footer:
    """The number of rows of a Parquet file, and the facts of its flat columns by name."""

    rows: int
    columns: dict[str, ColumnFacts]


def footer(path: Path) -> Footer:
    """Read the footer of a Parquet file. Raises `SourceError` for a file that is none, or is cut off."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path}: not a whole Parquet file: it is cut off or damaged; copy or export it again", file=str(path)
        ) from error
    flat = [(place, metadata.schema.column(place)) for place in range(metadata.num_columns)]
    flat = [(place, described) for place, described in flat if described.path == described.name]
    # of a name that stands there twice nobody knows which one is read
    once = [name for name, count in Counter(described.name for _, described in flat).items() if count == 1]
    columns = {
        described.name: _facts(metadata, described, place) for place, described in flat if described.name in once
    }
    return Footer(metadata.num_rows, columns)


def proven(facts: ColumnFacts | None) -> tuple[datetime, datetime] | None:
    """The first and last moment of a time column that is nowhere NULL and everywhere believable; else None.

    The last is cut to whole microseconds, as its rows are.
    """
    if facts is None or facts.type != "Timestamp" or not facts.no_nulls or facts.lowest is None:
        return None
    first, last = facts.lowest, facts.highest
    return (first, last) if believable(first) and believable(last) else None


def _facts(metadata: pq.FileMetaData, described: pq.ColumnSchema, place: int) -> ColumnFacts:
    groups = (metadata.row_group(group) for group in range(metadata.num_row_groups))
    told = [_chunk(group.column(place), described) for group in groups if group.num_rows]
    filled = [chunk for chunk in told if not chunk.no_values]
    bounded = bool(filled) and all(chunk.lowest is not None for chunk in filled)
    nulls = [chunk.nulls for chunk in told]
    return ColumnFacts(
        _type(described),
        None if None in nulls else sum(count for count in nulls if count is not None),
        min(chunk.lowest for chunk in filled) if bounded else None,
        max(chunk.highest for chunk in filled) if bounded else None,
        not filled,
    )


def _chunk(chunk: pq.ColumnChunkMetaData, described: pq.ColumnSchema) -> ColumnFacts:
    """One column in one row group."""
    statistics = chunk.statistics if chunk.is_stats_set else None
    never_null = described.max_definition_level == 0
    if statistics is None:
        return ColumnFacts(_type(described), 0 if never_null else None, None, None, False)
    nulls = 0 if never_null else statistics.null_count if statistics.has_null_count else None
    bounds = (None, None)
    if statistics.has_min_max:
        bounds = (_plain(statistics.min_raw, described), _plain(statistics.max_raw, described))
    lowest, highest = bounds if None not in bounds else (None, None)
    # for a flat column the number of values in a chunk counts its nulls
    return ColumnFacts(_type(described), nulls, lowest, highest, nulls == chunk.num_values)


def _type(described: pq.ColumnSchema) -> str:
    logical = str(described.logical_type.type)
    return str(described.physical_type) if logical == "NONE" else logical.capitalize()


def _plain(raw: Any, described: pq.ColumnSchema) -> Any:
    """A bound as Python's own: bytes for texts, a naive UTC moment for times; None for what is not needed here."""
    kind = described.logical_type.type
    if kind == "STRING":
        return raw if isinstance(raw, (bytes, str)) else None
    if kind != "TIMESTAMP":
        return None
    unit = next((unit for unit in ("milli", "micro", "nano") if unit in str(described.logical_type)), "")
    micros = {"milli": raw * 1000, "micro": raw, "nano": raw // 1000}.get(unit)
    try:
        return None if micros is None else datetime(1970, 1, 1) + timedelta(microseconds=micros)
    except OverflowError:
        return None
