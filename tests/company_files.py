"""A made-up company as the files that somebody would load."""

from __future__ import annotations

import csv
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from reference.company import TABLES, Company, Row

from weatherglass.events.table import Column
from weatherglass.events.tables import BY_NAME

Form = Literal["csv", "jsonl", "parquet"]

ARROW_TYPES: dict[str, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "json": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}
TRUE = ("true", "t", "yes", "Y", "1", "True")
FALSE = ("false", "f", "no", "N", "0", "False")


def write_company(company: Company, folder: Path, form: Form = "csv") -> None:
    """Write `<table>.<form>` for every table that has rows, in the order of the rows.

    Only columns that hold something are written. Times stand in ISO 8601: with `Z`, with the offset of the zone, naive
    (UTC), or, at midnight of the zone, as a bare date. Parquet has instants with or without UTC.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        rows = company.table(name)
        if rows:
            columns = [
                column for column in BY_NAME[name].columns if any(row.get(column.name) is not None for row in rows)
            ]
            # Seeded by the table so that the same company is the same bytes.
            writer = _Writer(ZoneInfo(company.zone), random.Random(f"{name} {len(rows)}"))
            getattr(writer, form)(folder / f"{name}.{form}", columns, rows)


class _Writer:
    def __init__(self, zone: ZoneInfo, chooser: random.Random) -> None:
        self.zone = zone
        self.random = chooser

    def csv(self, path: Path, columns: list[Column], rows: list[Row]) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([column.name for column in columns])
            for row in rows:
                writer.writerow([self._text(column, row.get(column.name)) for column in columns])

    def jsonl(self, path: Path, columns: list[Column], rows: list[Row]) -> None:
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                values = {column.name: self._json(column, row.get(column.name)) for column in columns}
                # An empty value is a null or no key at all.
                kept = {
                    name: value for name, value in values.items() if value is not None or self.random.random() < 0.5
                }
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def parquet(self, path: Path, columns: list[Column], rows: list[Row]) -> None:
        aware = self.random.random() < 0.5
        arrays = []
        for column in columns:
            values = [row.get(column.name) for row in rows]
            if column.kind == "time":
                naive = [None if value is None else value.astimezone(UTC).replace(tzinfo=None) for value in values]
                arrays.append(pa.array(naive, pa.timestamp("us", "UTC" if aware else None)))
            elif column.kind == "json":
                arrays.append(pa.array([None if v is None else json.dumps(v) for v in values], pa.string()))
            else:
                arrays.append(pa.array(values, ARROW_TYPES[column.kind]))
        pq.write_table(pa.table(arrays, names=[column.name for column in columns]), path)

    def _text(self, column: Column, value: Any) -> str:
        if value is None:
            return ""
        if column.kind == "time":
            return self._time(value)
        if column.kind == "boolean":
            return self.random.choice(TRUE if value else FALSE)
        return json.dumps(value) if column.kind == "json" else str(value)

    def _json(self, column: Column, value: Any) -> Any:
        return self._time(value) if column.kind == "time" and value is not None else value

    def _time(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        # With a fold there may be two midnights; a bare date is the first of them.
        if local.time() == datetime.min.time() and local.fold == 0 and self.random.random() < 0.5:
            return local.date().isoformat()
        form = self.random.randrange(4)
        if form == 0:
            return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at.microsecond else at.strftime("%Y-%m-%dT%H:%M:%SZ")
        if form == 1:
            return local.isoformat()
        return at.replace(tzinfo=None).isoformat(sep="T" if form == 2 else " ")
