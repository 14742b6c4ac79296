"""Ids are kept exactly, whatever is in them, in every format."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources.bench import Bench
from weatherglass.sources import discover, read

NASTY = [
    "💣🧨",
    'with "quotes", commas; and\ttabs',
    "two\nlines",
    "two\r\nlines",
    "'; DROP TABLE events; --",
    "$1 ? %s {x} \\n \\",
    " leading and trailing ",
    "0012",
    "1e5",
    "NULL",
    "nan",
    "true",
    "x" * 10_000,
    "ä\u0301 ﷽ \u202e",
    "\u0001\u0007",
    "_",
    "%",
]
FORMATS = ("csv", "jsonl", "json", "parquet")

ids = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


def written(bench: Bench, kind: str, found: list[str]) -> str:
    rows = [{"account_id": text, "name": text, "timestamp": "2024-01-05"} for text in found]
    path = bench.folder / f"events.{kind}"
    if kind == "csv":
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
        path.write_bytes(out.getvalue().encode())
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        lines = [json.dumps(row, ensure_ascii=len(found) % 2 == 0) for row in rows]
        path.write_text("\n".join(lines) if kind == "jsonl" else "[" + ",\n".join(lines) + "]", newline="")
    return str(path)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ids, min_size=1, max_size=20))
@example(NASTY)
@example([*NASTY, "even"])
@pytest.mark.parametrize("kind", FORMATS)
def test_ids_and_names_are_kept(bench: Bench, kind: str, found: list[str]) -> None:
    reading = read(bench.engine, discover([written(bench, kind, found)])[-1])
    told = bench.engine.rows(f"SELECT account_id, name FROM {reading.relation} ORDER BY row_number")
    assert told == [(text, text) for text in found]
    reading.close(bench.engine)
