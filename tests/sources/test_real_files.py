"""Files that were not written for this project."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from weatherglass.config.reading import read_project
from weatherglass.engine import DuckDB
from weatherglass.sources import Reading, discover, lookup_among, preview, read

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
RAVENSTACK = read_project(ROOT / "examples" / "ravenstack" / "weatherglass.yml")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real data is not there: {DATA}")


def test_ravenstack_loads_with_its_example_project(engine: DuckDB) -> None:
    readings: dict[str, Reading] = {}
    for file in discover([DATA / "ravenstack"], RAVENSTACK.sources):
        readings[file.table.name] = read(engine, file, RAVENSTACK.timezone, lookup=lookup_among(readings.values()))
    assert {table: reading.rows for table, reading in readings.items()} == {
        "accounts": 500,
        "subscriptions": 5000,
        "events": 25000,
        "tickets": 2000,
        "outcomes": 600,
    }
    events = readings["events"]
    assert (events.first, events.last) == (datetime(2023, 1, 1), datetime(2024, 12, 31))
    assert not events.has_null_account
    own = engine.rows(
        "SELECT count(*) FROM read_csv($1, all_varchar = true) AS raw "
        "JOIN read_csv($2, all_varchar = true) AS subs USING (subscription_id) "
        f"JOIN {events.relation} AS ours ON ours.message_id = raw.usage_id "
        "WHERE ours.account_id = subs.account_id AND ours.name = raw.feature_name "
        "AND ours.timestamp = raw.usage_date::TIMESTAMP",
        [str(DATA / "ravenstack" / f"ravenstack_{name}.csv") for name in ("feature_usage", "subscriptions")],
    )
    assert own == [(25000,)]
    severities = engine.rows(f"SELECT DISTINCT severity FROM {readings['tickets'].relation} ORDER BY 1")
    assert severities == [("high",), ("low",), ("normal",), ("urgent",)]
    assert engine.rows(f"SELECT DISTINCT kind FROM {readings['outcomes'].relation}") == [("churned",)]


@pytest.mark.parametrize(("name", "rows"), [("git-streaming", 24_624), ("git-openstack", 194_883)])
def test_git_histories_need_no_mapping_and_are_not_copied(engine: DuckDB, name: str, rows: int) -> None:
    accounts, events = (read(engine, file) for file in discover([DATA / name]))
    assert (events.rows, events.passthrough) == (rows, True)
    assert accounts.rows > 600
    counted = engine.rows(f"SELECT count(*), min(timestamp), max(timestamp) FROM {events.relation}")
    assert counted == [(rows, events.first, events.last)]


def test_without_its_project_ravenstack_says_what_is_missing(engine: DuckDB) -> None:
    told = {one.table: one for one in preview(engine, discover([DATA / "ravenstack"]))}
    assert told["accounts"].error is None
    assert "these events are nobody's" in told["events"].notices[0]
    assert "kind" in (told["outcomes"].error or "")
