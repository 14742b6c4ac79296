from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from weatherglass.simulation import open_history, simulate_day, simulate_events_parquet

ACCOUNTS, EVENTS = 500, 480_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("history")
    files = simulate_events_parquet(made, ACCOUNTS, 180, EVENTS, seed=3)
    assert len(files) == 180 and files == sorted(made.glob("events-*.parquet"))
    return made


def test_a_file_a_day_of_plain_columns(folder: Path) -> None:
    table = pq.read_table(folder / "events-2026-03-04.parquet")
    assert table.schema.names == ["account_id", "user_id", "name", "timestamp"]
    assert table.schema.types == [pa.string(), pa.string(), pa.string(), pa.timestamp("us")]
    assert table.slice(0, 1).to_pylist()[0]["account_id"].startswith("acc_0000")
    assert len(table["user_id"][0].as_py()) == len("usr_01234567")
    times = table["timestamp"].to_numpy()
    assert np.all(times[:-1] <= times[1:])
    assert times[0] >= np.datetime64("2026-03-04") and times[-1] < np.datetime64("2026-03-05")


def test_the_shape_is_that_of_the_measured_histories(folder: Path) -> None:
    """Of 96.09 M events: 100 k accounts, 1.2 M users, 21.9 M account-user-days, 6.38 M account-days."""
    events = f"'{folder}/events-*.parquet'"
    [(count, active, names)] = duckdb.execute(
        f"SELECT count(*), count(DISTINCT account_id), count(DISTINCT name) FROM {events}"
    ).fetchall()
    assert abs(count / EVENTS - 1) < 0.1
    assert 0.93 * ACCOUNTS < active <= ACCOUNTS
    assert names == 40
    user_days, account_days = duckdb.execute(
        f"""SELECT count(DISTINCT (user_id, timestamp::date)), count(DISTINCT (account_id, timestamp::date))
            FROM {events}"""
    ).fetchall()[0]
    assert abs(count / user_days / (96.09 / 21.9) - 1) < 0.1
    assert abs(user_days / account_days / (21.9 / 6.38) - 1) < 0.25
    assert duckdb.execute(
        f"SELECT max(n) FROM (SELECT count(DISTINCT account_id) n FROM {events} GROUP BY user_id)"
    ).fetchall() == [(1,)]


def test_the_accounts_come_along(folder: Path) -> None:
    accounts = pq.read_table(folder / "accounts.parquet")
    assert accounts.schema.names == ["account_id", "name", "created_at", "seats", "plan", "segment", "arr"]
    assert accounts.num_rows == ACCOUNTS == len(set(accounts["name"].to_pylist()))
    assert min(accounts["seats"].to_pylist()) >= 3
    assert min(accounts["arr"].to_pylist()) > 0
    created = dict(zip(accounts["account_id"].to_pylist(), accounts["created_at"].to_pylist(), strict=True))
    first_seen = duckdb.execute(
        f"SELECT account_id, min(timestamp) FROM '{folder}/events-*.parquet' GROUP BY 1"
    ).fetchall()
    assert all(created[account] <= seen for account, seen in first_seen)


def test_a_longer_history_begins_with_the_shorter_one(folder: Path, tmp_path: Path) -> None:
    assert simulate_day(tmp_path, 180, ACCOUNTS, EVENTS, seed=3).name == "events-2026-06-30.parquet"
    again = simulate_day(tmp_path, 17, ACCOUNTS, EVENTS, seed=3)
    assert again.read_bytes() == (folder / again.name).read_bytes()
    longer = simulate_events_parquet(tmp_path / "longer", ACCOUNTS, 181, EVENTS, seed=3)
    for path in (*longer[:180:30], longer[179]):
        assert path.read_bytes() == (folder / path.name).read_bytes()
    assert longer[180].read_bytes() == (tmp_path / "events-2026-06-30.parquet").read_bytes()


def test_another_seed_and_another_first_day() -> None:
    one, other = open_history(50, 50_000, seed=1), open_history(50, 50_000, seed=2)
    assert not one.table(3).equals(other.table(3))
    moved = open_history(50, 50_000, first=date(2025, 2, 3)).table(0)
    assert moved["timestamp"][0].as_py().date() == datetime(2025, 2, 3).date()


def test_a_history_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1 account and 1 event: got accounts=0"):
        simulate_events_parquet(tmp_path, accounts=0)
