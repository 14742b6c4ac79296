"""What a load would do: each file, its table, its columns, its first problems; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.files import SourceFile
from weatherglass.sources.lookups import lookup_among
from weatherglass.sources.matching import ColumnMatch
from weatherglass.sources.reading import Reading, read
from weatherglass.sources.rows import Lookup

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB


@dataclass(frozen=True, slots=True)
class FilePreview:
    """One file as a load would read it."""

    file: SourceFile
    rows: int
    """Rows that can be used."""
    columns: tuple[ColumnMatch, ...]
    """Every column of the table and where it comes from."""
    unknown: tuple[str, ...]
    """Columns of the file that are kept as traits, or as properties of events."""
    problems: tuple[Reject, ...]
    """The first values that cannot be used."""
    problem_count: int
    reasons: tuple[tuple[str, int], ...]
    """Why they cannot, and how often."""
    notices: tuple[str, ...]
    error: str | None = None
    """Why nothing of the file can be used; the rest is then empty."""

    @property
    def table(self) -> str:
        return self.file.table.name


def preview(
    engine: DuckDB,
    files: Iterable[SourceFile],
    zone: str = "UTC",
    *,
    lookup: Lookup | None = None,
    most: int = 5,
) -> list[FilePreview]:
    """Read every file as a load would, and say what it finds.

    lookup: tables that are loaded already; the files themselves are known besides.
    most: how many problems are listed for each file.
    """
    open_readings: list[Reading] = []
    told = []
    try:
        for file in files:
            try:
                known = _either(lookup_among(open_readings), lookup)
                reading = read(engine, file, zone, lookup=known, lenient=True, most=most)
            except SourceError as error:
                told.append(FilePreview(file, 0, (), (), (), 0, (), (), str(error)))
                continue
            open_readings.append(reading)
            told.append(_told(reading))
    finally:
        for reading in open_readings:
            reading.close(engine)
    return told


def _told(reading: Reading) -> FilePreview:
    return FilePreview(
        reading.file,
        reading.rows,
        reading.matches,
        reading.unknown,
        reading.rejects,
        reading.reject_count,
        reading.reasons,
        reading.notices,
    )


def _either(first: Lookup, second: Lookup | None) -> Lookup:
    return lambda table: first(table) or (second(table) if second else None)
