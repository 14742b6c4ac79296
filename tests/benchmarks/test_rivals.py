"""The scripts that the benchmark sets beside the product compute the same scores as the product."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from weatherglass.config import DEFAULT_PROJECT
from weatherglass.jobs.incoming.loading import load
from weatherglass.jobs.scoring.run import bring_up_to_date, evaluate
from weatherglass.scores.rows import score_rows
from weatherglass.simulation import simulate_events_parquet
from weatherglass.store import Store

RIVALS = Path(__file__).parents[2] / "benchmarks" / "rivals"
NUMBERS = ("score", "coverage", "dim_product_usage", "dim_engagement_trends", "dim_feature_adoption")
FIRST = dt.date(2026, 1, 1)

# one small history, and one with more days of users than the database hands over at once (122,880)
SIZES = [pytest.param((200, 120, 200_000), id="small"), pytest.param((450, 90, 1_350_000), id="several batches")]


@pytest.fixture(scope="module", params=SIZES)
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("history")
    accounts, days, events = request.param
    simulate_events_parquet(folder, accounts, days, events)
    return folder


@pytest.fixture(scope="module")
def ours(history: Path) -> pa.Table:
    with Store.temporary() as store:
        load(store, DEFAULT_PROJECT, [history])
        last = bring_up_to_date(store, DEFAULT_PROJECT).as_of
        scored = evaluate(store, FIRST, last)
        tables = [score_rows(one.result, one.whose, one.days_between(FIRST, last)) for one in scored]
    return _sorted(pa.concat_tables(tables))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_every_account_and_day_has_the_same_score(library: str, history: Path, ours: pa.Table, tmp_path: Path) -> None:
    pytest.importorskip(library, reason=f"{library} is for benchmarks only: pip install -r requirements/bench.txt")
    table = _rival(f"{library}_scores").scores(history)
    out = tmp_path / "scores.parquet"
    (table.to_parquet if library == "pandas" else table.write_parquet)(out)
    theirs = _sorted(pq.read_table(out))
    assert theirs.num_rows == ours.num_rows
    for name in ("account_id", "as_of", "tier"):
        assert _plain(theirs[name]).equals(_plain(ours[name])), name
    for name in NUMBERS:
        np.testing.assert_allclose(_numbers(theirs[name]), _numbers(ours[name]), rtol=0, atol=1e-6, err_msg=name)
    assert pc.count(ours["score"]).as_py() > ours.num_rows / 2


def _rival(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, RIVALS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([("account_id", "ascending"), ("as_of", "ascending")])


def _plain(column: pa.ChunkedArray) -> pa.Array:
    kind = pa.date32() if pa.types.is_temporal(column.type) else pa.string()
    return pc.cast(column, kind).combine_chunks()


def _numbers(column: pa.ChunkedArray) -> Any:
    return pc.cast(column, pa.float64()).to_numpy()
