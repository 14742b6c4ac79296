"""Scores, signals and accounts of some days as one file: CSV, Parquet or Arrow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from weatherglass.arrays import nothing
from weatherglass.jobs.foresight.probabilities import Kept, beside
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.overriding import shown
from weatherglass.jobs.views.standing import ATTRIBUTES, SCORES, Standing
from weatherglass.scores.rows import SCORE_COLUMNS, SIGNAL_COLUMNS, score_rows, signal_rows

What = Literal["scores", "signals", "accounts"]
Form = Literal["csv", "parquet", "arrow"]
BATCH = 50_000


def export(
    standing: Standing,
    what: What,
    path: Path,
    days: tuple[dt.date | None, dt.date | None],
    choice: Choice,
    known: Mapping[str, Kept],
) -> int:
    """Write a file whose ending says its form; how many rows.

    days: the first and the last; the last scored day where it is None. `accounts` is of the last one only.
    known: the chances of churn by scorecard version, for score rows.
    Errors: UnknownAccount where nothing is scored.
    """
    last = standing.day(days[1])
    first = days[0] or last
    if what == "accounts":
        schema, tables = _accounts(standing, choice, last)
    else:
        accounts = None if choice == Choice() else _chosen(standing, choice)
        tables = _rows(standing, what, (first, last), accounts)
        if what == "scores":
            tables = (beside(table, known) for table in shown(tables, standing.overrides))
        schema = beside(nothing(SCORE_COLUMNS), known).schema if what == "scores" else SIGNAL_COLUMNS
    rows = 0
    with path.open("wb") as file, _writer(file, path.suffix, schema) as writer:
        for table in tables:
            writer.write(table)
            rows += table.num_rows
    return rows


def _writer(file: object, ending: str, schema: pa.Schema) -> pq.ParquetWriter:
    if ending == ".parquet":
        return pq.ParquetWriter(file, schema, compression="zstd")
    if ending == ".arrow":
        return pa.ipc.new_stream(file, schema)
    return pa_csv.CSVWriter(file, schema)


def _rows(
    standing: Standing, what: What, days: tuple[dt.date, dt.date], accounts: list[str] | None
) -> Iterator[pa.Table]:
    first, last = days
    made = score_rows if what == "scores" else signal_rows
    for scored in evaluate(standing.store, first, last, accounts, at_hand=standing.at_hand):
        yield made(scored.result, scored.whose, scored.days_between(first, last))
    if what == "scores" and standing.open_day is not None and first <= standing.open_day <= last:
        wanted = None if accounts is None else pc.is_in(standing.newest["account_id"], pa.array(accounts, pa.string()))
        yield standing.newest if wanted is None else standing.newest.filter(wanted)


def _chosen(standing: Standing, choice: Choice) -> list[str]:
    """The accounts that are chosen by how they stand on the last day."""
    condition, values = choice.sql()
    query = f"SELECT account_id FROM ({standing.relation(standing.day())}) WHERE {condition}"
    return [account for (account,) in standing.store.engine.rows(query, values)]


def _accounts(standing: Standing, choice: Choice, day: dt.date) -> tuple[pa.Schema, Iterator[pa.Table]]:
    condition, values = choice.sql()
    columns = ", ".join(f'"{name}"' for name in ("account_id", *ATTRIBUTES, "revenue", *SCORES))
    query = f"SELECT {columns} FROM ({standing.relation(day)}) WHERE {condition} ORDER BY account_id"
    table = standing.store.engine.arrow(query, values)
    return table.schema, iter([table.slice(start, BATCH) for start in range(0, table.num_rows, BATCH)])
