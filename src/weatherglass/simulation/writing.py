"""A simulated company as files: one for each table, the events by the month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from weatherglass.simulation.company import Company

Form = Literal["parquet", "csv", "jsonl"]


def write_company(company: Company, folder: Path | str, form: Form = "parquet") -> list[Path]:
    """Write every table into `folder` (made when missing) and return the files.

    `accounts.csv`, `tickets.csv`, ... and `events-2026-10.csv` for the events of each month (UTC).
    Raises ValueError for an unknown form.
    """
    if form not in get_args(Form):
        raise ValueError(f"form must be one of {', '.join(get_args(Form))}: got {form!r}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in company.tables.items():
        parts = _by_month(table) if name == "events" else iter([("", table)])
        for month, part in parts:
            path = folder / f"{name}{month}.{form}"
            _write(part, path, form)
            written.append(path)
    return written


def _by_month(events: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """("-2026-10", the events of that month), for events in the order of time."""
    months = pc.strftime(events["timestamp"], "-%Y-%m").combine_chunks()
    runs = pc.run_end_encode(months)
    start = 0
    for month, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield month, events.slice(start, end - start)
        start = end


def _write(table: pa.Table, path: Path, form: Form) -> None:
    if form == "parquet":
        pq.write_table(table, path, compression="zstd")
    elif form == "csv":
        pa_csv.write_csv(table, path)
    else:
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(f"{{{line}}}\n" for line in _json_fields(table).to_pylist())


def _json_fields(table: pa.Table) -> pa.Array:
    """The fields of each row as JSON, without the nulls and the braces.

    Each different value is turned into JSON once, then the fields are put together column by column.
    """
    columns = [_json_field(name, table[name].combine_chunks()) for name in table.column_names]
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(*columns, ""), 1)


def _json_field(name: str, column: pa.Array) -> pa.Array:
    """`,"name":value` for each row, the empty string for a null; `properties` is an object, as on the wire."""
    if pa.types.is_timestamp(column.type):
        column = pc.replace_substring(pc.cast(column, pa.string()), " ", "T")
    coded = column.dictionary_encode()
    values = [value if name == "properties" else json.dumps(value) for value in coded.dictionary.to_pylist()]
    fields = pa.array([f",{json.dumps(name)}:{value}" for value in values], pa.string())
    return fields.take(coded.indices).fill_null("")
