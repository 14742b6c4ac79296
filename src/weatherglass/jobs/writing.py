"""Writing results to files: Parquet, CSV or JSON by the ending, whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from weatherglass.jobs.errors import JobError
from weatherglass.jobs.replacing import replacing

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".parquet", ".csv", ".json", ".jsonl")


class Sink(Protocol):
    """Takes tables one after the other."""

    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class _Json:
    """A JSON array of objects, or one object a line."""

    def __init__(self, file: IO[bytes], *, lines: bool) -> None:
        self._file = file
        self._lines = lines
        self._any = False
        if not lines:
            file.write(b"[")

    def write(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            text = json.dumps(row, default=_day, ensure_ascii=False, allow_nan=False).encode()
            if self._lines:
                self._file.write(text + b"\n")
            else:
                self._file.write((b",\n " if self._any else b"\n ") + text)
            self._any = True

    def close(self) -> None:
        if not self._lines:
            self._file.write(b"\n]\n" if self._any else b"]\n")


def _day(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")


def check_ending(path: Path) -> None:
    """Errors: JobError when a file of that ending cannot be written."""
    if path.suffix.lower() not in ENDINGS:
        raise JobError(f"{path}: results are written as {', '.join(ENDINGS)}; choose one of these endings")


def write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables of one schema to a file, in place of what was there only when all went well; how many rows."""
    check_ending(path)
    rows = 0
    with replacing(path) as file:
        sink = _sink(path, file, schema)
        for table in tables:
            sink.write(table)
            rows += table.num_rows
        sink.close()
    return rows


def _sink(path: Path, file: IO[bytes], schema: pa.Schema) -> Sink:
    ending = path.suffix.lower()
    # each is imported by those alone who ask for it: Parquet takes a twentieth of a second
    if ending == ".parquet":
        import pyarrow.parquet as pq

        return pq.ParquetWriter(file, schema, compression="zstd")  # type: ignore[no-any-return]
    if ending == ".csv":
        import pyarrow.csv as pa_csv

        return pa_csv.CSVWriter(file, schema)  # type: ignore[no-any-return]
    return _Json(file, lines=ending == ".jsonl")


def ordered(schema: pa.Schema, tables: Iterable[pa.Table]) -> pa.Table:
    """All tables as one, by account and day; rows of one account and day stay in their order."""
    import pyarrow as pa

    from weatherglass.arrays import nothing

    found: list[Any] = list(tables)
    if not found:
        return nothing(schema)
    return pa.concat_tables(found).sort_by([("account_id", "ascending"), ("as_of", "ascending")])
