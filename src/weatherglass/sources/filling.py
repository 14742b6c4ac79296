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
    if file.format == "parquet":
        plan = _plan(file, parquet.scan(engine, file.path, file.name), zone)
        fill(engine, name, plan, lookup, telling=telling)
        return Filled(plan)
    with as_utf8(file.path, file.compression, head(file.path, file.compression)) as (path, compression):
        if file.format == "csv":
            return _fill_from_csv(engine, name, file, path, compression, zone, lookup, telling)
        return _fill_from_json(engine, name, file, path, compression, zone, lookup, telling)


def _fill_from_csv(
    engine: DuckDB,
    name: str,
    file: SourceFile,
    path: Path,
    compression: Compression,
    zone: str,
    lookup: Lookup,
    telling: bool,
) -> Filled:
    one_way = ends_lines_in_one_way(path, compression)
    header = delimited.header(head(path, compression), file.name)
    if header is None:
        raise _empty(file)
    notes = f"{name}_broken"
    plan = _plan(file, delimited.scan(path, compression, header, notes, rfc4180=one_way), zone)
    try:
        fill(engine, name, plan, lookup, telling=telling)
        broken = delimited.broken_rows(engine, notes, file.name, header.names)
    finally:
        drop(engine, *delimited.note_tables(notes))
    return Filled(plan, tuple(broken), tuple(reject.row for reject in broken if reject.row is not None))


def _fill_from_json(
    engine: DuckDB,
    name: str,
    file: SourceFile,
    path: Path,
    compression: Compression,
    zone: str,
    lookup: Lookup,
    telling: bool,
) -> Filled | None:
    verify(path, compression)
    shape = objects.shape(head(path, compression))
    if shape is None:
        raise _empty(file)
    staged = f"{name}_staged"
    try:
        objects.stage(engine, path, compression, shape, staged, file.name)
        if file.content == "groups":
            calls.stage_groups(engine, staged)
        if not engine.rows(f"SELECT 1 FROM {identifier(staged)} LIMIT 1"):
            return None
        if file.content == "calls":
            scan = calls.events_scan(staged)
        else:
            mapped = [given.column for given in file.mapping.columns.values() if given.column is not None]
            scan = objects.scan(engine, staged, mapped, nested=file.table.name == "events")
        plan = _plan(file, scan, zone)
        fill(engine, name, plan, lookup, telling=telling)
        return Filled(plan)
    finally:
        drop(engine, staged)


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
