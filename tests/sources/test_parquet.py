"""Parquet: events that are read where they lie, and when they are not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.bench import Bench, mapped, names_in, rows_of
from weatherglass.engine import DuckDB
from weatherglass.sources import Reading, SourceError, discover, read

WHEN = datetime(2024, 1, 5, 10)


def events(**columns: list[Any] | pa.Array) -> pa.Table:
    given: dict[str, Any] = {"account_id": ["a", "b"], "user_id": ["u", None], "name": ["x", "y"]}
    given["timestamp"] = pa.array([WHEN, datetime(2024, 1, 6)], pa.timestamp("us"))
    return pa.table({name: column for name, column in {**given, **columns}.items() if column is not None})


def reading(bench: Bench, table: pa.Table, yaml: str = "", **options: Any) -> Reading:
    path = bench.folder / "events.parquet"
    pq.write_table(table, path, **options)
    return read(bench.engine, discover([path], mapped(yaml) if yaml else None)[0])


def copies(engine: DuckDB) -> int:
    [(count,)] = engine.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'reading%'")
    return int(count)


def test_good_events_are_not_copied(bench: Bench) -> None:
    found = reading(bench, events())
    assert found.passthrough
    assert copies(bench.engine) == 0
    assert (found.rows, found.first, found.last) == (2, WHEN, datetime(2024, 1, 6))
    assert not found.has_null_account
    assert not found.has_message_id
    assert rows_of(bench.engine, found) == [
        {"account_id": "a", "user_id": "u", "name": "x", "timestamp": WHEN},
        {"account_id": "b", "name": "y", "timestamp": datetime(2024, 1, 6)},
    ]


@pytest.mark.parametrize("row_group_size", [1, 2])
@pytest.mark.parametrize(
    "type_", [pa.timestamp("ms"), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.timestamp("ns", "UTC")]
)
def test_every_type_of_timestamp(bench: Bench, type_: pa.DataType, row_group_size: int) -> None:
    found = reading(bench, events(timestamp=pa.array([WHEN, WHEN], type_)), row_group_size=row_group_size)
    assert found.passthrough
    assert [row["timestamp"] for row in rows_of(bench.engine, found)] == [WHEN, WHEN]


def test_optional_columns(bench: Bench) -> None:
    found = reading(bench, events(message_id=["m", ""], type=["page", None], properties=['{"n":1}', "broken"]))
    assert found.passthrough
    assert found.has_message_id
    assert rows_of(bench.engine, found) == [
        {
            "account_id": "a",
            "user_id": "u",
            "name": "x",
            "timestamp": WHEN,
            "type": "page",
            "message_id": "m",
            "properties": '{"n":1}',
        },
        {"account_id": "b", "name": "y", "timestamp": datetime(2024, 1, 6)},
    ]
    assert not reading(bench, events(message_id=pa.array([None, None], pa.string()))).has_message_id


def test_aliases_and_unknown_columns(bench: Bench) -> None:
    table = events(plan=["pro", ""], n=[1, 2]).rename_columns(["company_id", "user_id", "event", "ts", "plan", "n"])
    found = reading(bench, table)
    assert found.passthrough
    assert found.unknown == ("plan", "n")
    assert [row["properties"] for row in rows_of(bench.engine, found)] == ['{"plan":"pro","n":1}', '{"n":2}']


def test_events_without_account_or_user(bench: Bench) -> None:
    found = reading(bench, events(account_id=["a", None]))
    assert found.passthrough
    assert found.has_null_account
    found = reading(bench, events(account_id=None, user_id=pa.array([None, None], pa.string())))
    assert found.passthrough
    assert found.has_null_account


@pytest.mark.parametrize(
    "columns",
    [
        {"name": ["x", ""]},
        {"account_id": ["", "b"]},
        {"user_id": ["", "u"]},
        {"account_id": [1, 2]},
        {"account_id": [b"a", b"b"]},
        {"timestamp": ["2024-01-05", "2024-01-05"]},
        {"timestamp": [1704448800, 1704448800]},
        {"name": ["y" * 10_000, "z" * 10_000]},
    ],
)
def test_what_is_not_proven_is_looked_at(bench: Bench, columns: dict[str, Any]) -> None:
    name = columns.get("name", ["x", "y"])
    if "" in name:
        with pytest.raises(SourceError, match="row 2, column name: is required and empty"):
            reading(bench, events(**columns))
        return
    found = reading(bench, events(**columns))
    assert not found.passthrough
    assert found.rows == 2


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": ["x", None]}, "row 2, column name: is required and empty"),
        ({"timestamp": pa.array([WHEN, None], pa.timestamp("us"))}, "row 2, column timestamp: is required and empty"),
        (
            {"timestamp": pa.array([0, 10**15], pa.timestamp("us"))},
            "row 1, column timestamp: '1970-01-01 00:00:00' is not between",
        ),
        ({"timestamp": pa.array([10**15, 10**16], pa.timestamp("us"))}, "row 2, column timestamp: '2286-11-20"),
        ({"account_id": [None, ["a"]]}, "row 2, column account_id: '.*' is a list or an object"),
        ({"name": [{"x": "e"}, {"x": "f"}]}, "row 1, column name: '.*' is a list or an object"),
    ],
)
def test_what_is_wrong_is_found(bench: Bench, columns: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        reading(bench, events(**columns))


def test_without_statistics_everything_is_looked_at(bench: Bench) -> None:
    for statistics in (False, ["name"], ["account_id", "user_id", "timestamp"]):
        found = reading(bench, events(), write_statistics=statistics)
        assert not found.passthrough
        assert (found.rows, found.first) == (2, WHEN)


@pytest.mark.parametrize(
    "yaml",
    [
        "events:\n  values:\n    name: {x: z}",
        "events:\n  columns:\n    type: {value: page}",
    ],
)
def test_a_mapping_that_changes_values_is_carried_out(bench: Bench, yaml: str) -> None:
    assert not reading(bench, events(), yaml).passthrough


def test_a_mapping_that_renames_changes_nothing(bench: Bench) -> None:
    found = reading(bench, events(account_id=None, org=["a", "b"]), "events:\n  columns:\n    account_id: org")
    assert found.passthrough
    assert [row["account_id"] for row in rows_of(bench.engine, found)] == ["a", "b"]


def test_names_that_stand_there_twice(bench: Bench) -> None:
    table = pa.Table.from_arrays(
        [pa.array(["a"]), pa.array(["x"]), pa.array([""]), pa.array([WHEN])],
        names=["account_id", "name", "name", "timestamp"],
    )
    found = reading(bench, table)
    assert not found.passthrough
    assert rows_of(bench.engine, found)[0]["name"] == "x"


def test_no_rows(bench: Bench) -> None:
    found = reading(bench, events().slice(0, 0))
    assert (found.rows, found.first) == (0, None)


@pytest.mark.parametrize("name", ["events.parquet", "accounts.parquet"])
def test_files_that_are_damaged(bench: Bench, name: str) -> None:
    good = Path(bench.folder / "good")
    pq.write_table(events(), good)
    for content in (good.read_bytes()[:-20], b"PAR1 no", good.read_bytes()[:100], b"id,name\n1,x\n"):
        error = bench.refused(name, content, lenient=True)
        assert "Parquet" in str(error) or "parquet" in str(error)
    assert "the file is empty" in str(bench.refused(name, b""))


def test_texts_that_are_not_utf_8(bench: Bench) -> None:
    path = bench.folder / "accounts.parquet"
    pq.write_table(pa.table({"account_id": pa.array([b"\xff\xfe"], pa.binary())}), path)
    with pytest.raises(SourceError, match=r"accounts\.parquet: cannot be read: .*not valid UTF8"):
        read(bench.engine, discover([path])[0])


def test_file_names_that_are_patterns(bench: Bench) -> None:
    pq.write_table(events(name=["wrong", "wrong"]), bench.folder / "events1.parquet")
    path = bench.folder / "events[1].parquet"
    pq.write_table(events(), path)
    assert rows_of(bench.engine, read(bench.engine, discover([path])[0]))[0]["name"] == "x"


def test_a_reading_can_be_closed(bench: Bench) -> None:
    for table in (events(), events(account_id=[1, 2])):
        found = reading(bench, table)
        found.close(bench.engine)
        assert names_in(bench.engine) == []
