from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from weatherglass.simulation import Company, Form, simulate_company, write_company
from weatherglass.simulation.schemas import arrow_schema


@pytest.fixture(scope="module")
def small() -> Company:
    return simulate_company(15, 160, seed=5)


def read_csv(path: Path, table: str) -> pa.Table:
    schema = arrow_schema(table)
    # Strings are quoted, nulls are not: an empty unquoted field is a null.
    options = pa_csv.ConvertOptions(
        column_types=schema, strings_can_be_null=True, quoted_strings_can_be_null=False, true_values=["true"]
    )
    return pa_csv.read_csv(path, convert_options=options).cast(schema)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_is_written_is_read_back(small: Company, form: Form, tmp_path: Path) -> None:
    written = write_company(small, tmp_path / "made", form)
    assert sorted(written) == sorted((tmp_path / "made").iterdir())
    for name, table in small.tables.items():
        paths = sorted(tmp_path.glob(f"made/{name}-*" if name == "events" else f"made/{name}.*"))
        parts = [pq.read_table(path) if form == "parquet" else read_csv(path, name) for path in paths]
        assert pa.concat_tables(parts).combine_chunks().equals(table.combine_chunks()), name


def test_events_are_filed_by_the_month(small: Company, tmp_path: Path) -> None:
    names = [path.name for path in write_company(small, tmp_path) if path.name.startswith("events")]
    assert names == [f"events-2026-{month:02d}.parquet" for month in range(5, 11)]
    june = pq.read_table(tmp_path / "events-2026-06.parquet")["timestamp"].to_pylist()
    assert {(time.year, time.month) for time in june} == {(2026, 6)}


def test_json_lines_leave_nulls_out(small: Company, tmp_path: Path) -> None:
    write_company(small, tmp_path, "jsonl")
    for name, table in small.tables.items():
        rows = [
            json.loads(line)
            for path in sorted(tmp_path.glob(f"{name}*.jsonl"))
            for line in path.read_text().splitlines()
        ]
        expected = [{key: value for key, value in row.items() if value is not None} for row in table.to_pylist()]
        assert len(rows) == len(expected)
        for row, wanted in zip(rows[::97], expected[::97], strict=True):
            assert row.keys() == wanted.keys()
            assert all(row[key] == value for key, value in wanted.items() if isinstance(value, (bool, int, float)))
            if "properties" in row:
                assert row["properties"] == json.loads(wanted["properties"])
            if "timestamp" in row:
                assert row["timestamp"] == wanted["timestamp"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_an_unknown_form_is_refused(small: Company, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="form must be one of parquet, csv, jsonl: got 'xml'"):
        write_company(small, tmp_path, "xml")  # type: ignore[arg-type]
