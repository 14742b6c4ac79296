"""Real histories load and score with no change of code; they are not part of the project and stay where they are."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from product import SCORE_KEYS, SIGNAL_KEYS, differences, rows_of
from reference import Company, Settings, default, score_company

import weatherglass as wg

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("WEATHERGLASS_DATA", ROOT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"the real histories are not in {DATA} (set WEATHERGLASS_DATA)"),
]


def test_a_software_company_under_other_column_names(tmp_path: Path) -> None:
    """RavenStack, by River @ Rivalytics: read by the mapping in examples/."""
    shutil.copy(ROOT / "examples" / "ravenstack" / "weatherglass.yml", tmp_path)
    with wg.open(tmp_path) as workspace:
        loaded = workspace.load(DATA / "ravenstack")
        rows = {file.table: file.rows for file in loaded.files}
        assert rows == {"accounts": 500, "tickets": 2000, "subscriptions": 5000, "outcomes": 600, "events": 25_000}
        scores = workspace.score().arrow
        assert scores.num_rows == 500
        assert scores["score"].null_count == 0
        assert set(pc.unique(scores["tier"]).to_pylist()) <= {"red", "yellow", "green"}
        assert scores["dim_support_signals"].null_count == 0
        health = workspace.doctor()
        assert health.join_coverage == 1.0
        assert health.good
        again = workspace.load(DATA / "ravenstack")
        assert sum(file.new for file in again.files) == 0


def test_thirteen_years_of_commits() -> None:
    """613 companies, universities and communities at work on Arrow, Iceberg and Kafka; no mapping at all."""
    with wg.open_data(DATA / "git-streaming") as workspace:
        scores = workspace.score().arrow
        assert workspace.last_run is not None
        assert workspace.last_run.rolled_up.events == 24_624
        assert scores.num_rows == 613
        assert workspace.last_run.update.rows > 1_000_000
        counts = {row["values"]: row["counts"] for row in pc.value_counts(scores["tier_shown"]).to_pylist()}
        assert counts["red"] > 400, "most of them left long ago"
        best = max((row for row in scores.to_pylist() if row["score"] is not None), key=lambda row: row["score"])
        assert (best["account_id"], best["tier"]) == ("apache.org", "green"), "who works there every week"


def test_a_cut_of_the_commits_agrees_with_the_reference(tmp_path: Path) -> None:
    events = pq.read_table(DATA / "git-streaming" / "events.parquet")
    chosen = ["adobe.com", "aiven.io", "netflix.com", "airbnb.com", "apache.org"]
    first, last = dt.datetime(2019, 1, 1), dt.datetime(2019, 6, 1)
    kept = pc.and_(
        pc.is_in(events["account_id"], pa.array(chosen)),
        pc.and_(pc.greater_equal(events["timestamp"], first), pc.less(events["timestamp"], last)),
    )
    cut = events.filter(kept)
    assert cut.num_rows > 100
    pq.write_table(cut, tmp_path / "events.parquet")
    rows = [{**row, "timestamp": row["timestamp"].replace(tzinfo=dt.UTC)} for row in cut.to_pylist()]
    since, as_of = dt.date(2019, 5, 20), dt.date(2019, 5, 31)
    expected, expected_signals = score_company(Company(events=rows), Settings(card=default()), as_of, since)
    with wg.open_data(tmp_path) as workspace:
        workspace.update(as_of)
        scores, signals = rows_of(workspace.store, since, as_of)
    assert not differences(scores, expected, SCORE_KEYS, frozenset({"scorecard_version"}))
    assert not differences(signals, expected_signals, SIGNAL_KEYS)
