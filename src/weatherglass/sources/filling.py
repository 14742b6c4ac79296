"""From a file to a table of typed rows in the engine, each format in its own way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier
from weatherglass.sources import calls, delimited, objects, parquet
from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.files import SourceFile
from weatherglass.sources.matching import match
from weatherglass.sources.opening import Compression, as_utf8, ends_lines_in_one_way, head, verify
from weatherglass.sources.rows import Lookup, Rows, fill, rows
from weatherglass.sources.scan import Scan
from weatherglass.sources.temporary import drop

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB


@dataclass(frozen=True, slots=True)
class Filled:
    """A table of typed rows, the plan by which it was made, and what of the file is not in it."""

    plan: Rows
    broken: tuple[Reject, ...] = ()
    """Records that were no rows."""
    lost: tuple[int, ...] = ()
    """Their places in the file."""


class EmptyFile(SourceError):
    """A file of no bytes, or of white space only: not even a header."""


def fill_from(
    engine: DuckDB, name: str, file: SourceFile, zone: str, lookup: Lookup, *, telling: bool
) -> Filled | None:
    """Read a file into the temporary table `name`; None, and no table, for a file of JSON without any record.

    telling: whether the table says of a row what is wrong with it, or only whether something is.
    Raises `SourceError` for a file that cannot be read, or has not the columns that its table requires.
    """
    if file.path.stat().st_size == 0:
        raise _empty(file)
    filling = _Filling(engine, name, file, zone, lookup, telling)
    if file.format == "parquet":
        return Filled(filling.by(parquet.scan(engine, file.path, file.name)))
    with as_utf8(file.path, file.compression, head(file.path, file.compression)) as (path, compression):
        return filling.csv(path, compression) if file.format == "csv" else filling.json(path, compression)


@dataclass(frozen=True, slots=True)
class _Filling:
    """One file on its way into one table."""

    engine: DuckDB
    name: str
    file: SourceFile
    zone: str
    lookup: Lookup
    telling: bool

    def by(self, scan: Scan) -> Rows:
        """Fill the table from what a scan reads."""
        plan = _plan(self.file, scan, self.zone)
        fill(self.engine, self.name, plan, self.lookup, telling=self.telling)
        return plan

    def csv(self, path: Path, compression: Compression) -> Filled:
        one_way = ends_lines_in_one_way(path, compression)
        header = delimited.header(head(path, compression), self.file.name)
        if header is None:
            raise _empty(self.file)
        notes = f"{self.name}_broken"
        try:
            plan = self.by(delimited.scan(path, compression, header, notes, rfc4180=one_way))
            broken = delimited.broken_rows(self.engine, notes, self.file.name, header.names)
        finally:
            drop(self.engine, *delimited.note_tables(notes))
        return Filled(plan, tuple(broken), tuple(reject.row for reject in broken if reject.row is not None))

    def json(self, path: Path, compression: Compression) -> Filled | None:
        verify(path, compression)
        shape = objects.shape(head(path, compression))
        if shape is None:
            raise _empty(self.file)
        staged = f"{self.name}_staged"
        try:
            objects.stage(self.engine, path, compression, shape, staged, self.file.name)
            if self.file.content == "groups":
                calls.stage_groups(self.engine, staged)
            if not self.engine.rows(f"SELECT 1 FROM {identifier(staged)} LIMIT 1"):
                return None
            return Filled(self.by(self._staged(staged)))
        finally:
            drop(self.engine, staged)

    def _staged(self, staged: str) -> Scan:
        if self.file.content == "calls":
            return calls.events_scan(staged)
        mapped = [given.column for given in self.file.mapping.columns.values() if given.column is not None]
        return objects.scan(self.engine, staged, mapped, nested=self.file.table.name == "events")


def _plan(file: SourceFile, scan: Scan, zone: str) -> Rows:
    if file.content == "calls":
        return rows(file, scan, calls.matches(), zone)
    matches = match(file.table, scan.names, file.mapping, file.name)
    # members of a nested object that no column takes stay in their object
    unknown = tuple(name for name in matches.unknown if len(scan.document_keys.get(name, (name,))) == 1)
    repeated = tuple(
        f"{file.name}: {name!r} heads several columns: the first is taken, the others are {name}_2, ..."
        for name in scan.repeated
    )
    matches = replace(matches, unknown=unknown, notices=(*matches.notices, *repeated))
    return rows(file, scan, matches, zone)


def _empty(file: SourceFile) -> EmptyFile:
    return EmptyFile(f"{file.name}: the file is empty; export it again, or leave it out", file=file.name)
