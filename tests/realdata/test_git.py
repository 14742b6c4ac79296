"""Thirteen years of commits: 613 companies, universities and communities, with no configuration."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from product import Cells

import weatherglass
from weatherglass import Workspace

pytestmark = pytest.mark.realdata

LAST = date(2024, 10, 23)
FEW = ("apple.com", "ibm.com", "linkedin.com", "palantir.com", "intel.com")
FROM, TO = datetime(2018, 6, 1), datetime(2019, 11, 1)
DAYS = (date(2019, 9, 15), date(2019, 10, 5))


def rows(opened: Workspace, account: str, day: date) -> Cells:
    found: Cells = opened.signals(day, day, [account]).to_pylist()
    return found


def test_everything_is_there(git: Workspace) -> None:
    health = git.doctor()
    counted = {table: count for table, count, *_ in health.tables if count}
    assert counted == {"accounts": 613, "events": 24_624}
    assert health.join_coverage == 1.0
    assert git.last_run is not None
    assert git.last_run.as_of == LAST


def test_every_account_has_a_row_a_day_from_its_first_day_on(git: Workspace) -> None:
    engine = git.store.engine
    per_account = engine.rows("SELECT count(*) - (max(day) - min(day) + 1), max(day) FROM scores GROUP BY account")
    assert len(per_account) == 613
    assert set(per_account) == {(0, (LAST - date(1970, 1, 1)).days)}
    begun = dict(
        engine.rows("SELECT a.account_id, min(s.day) FROM scores AS s JOIN account_ids AS a USING (account) GROUP BY 1")
    )
    created = engine.rows("SELECT account_id, epoch_us(created_at) // 86400000000 FROM accounts")
    assert begun == dict(created)


def test_the_tiers_are_plausible(git: Workspace) -> None:
    """Most who ever sent a change are gone; who works on it every day is well."""
    today = {row["account_id"]: row for row in git.scores(LAST).to_pylist()}
    assert len(today) == 613
    tiers = Counter(row["tier"] for row in today.values())
    assert tiers["red"] > 500 and tiers["green"] >= 1
    assert today["confluent.io"]["tier"] in ("yellow", "green")
    active = git.store.engine.rows(
        "SELECT a.account_id FROM account_days AS d JOIN account_ids AS a USING (account) WHERE d.day > ? GROUP BY 1 "
        "HAVING count(*) >= 14",
        [(LAST - date(1970, 1, 1)).days - 28],
    )
    scores = {account: row["score"] for account, row in today.items() if row["score"] is not None}
    busy = [score for account, score in scores.items() if (account,) in active]
    others = [score for account, score in scores.items() if (account,) not in active]
    assert len(busy) >= 2
    assert min(busy) > sum(others) / len(others)
    assert all(row["dim_support_signals"] is None for row in today.values()), "nobody files tickets here"
    assert {round(row["coverage"], 9) for row in today.values()} <= {0.0, 0.25, 0.3, 0.5, 0.55, 0.8}
    assert all(row["score"] is None or 0 <= row["score"] <= 100 for row in today.values())


def test_seats_are_unknown_and_say_so(git: Workspace) -> None:
    lines = {line["signal"]: line for line in rows(git, "confluent.io", LAST)}
    assert lines["active_user_ratio"]["score"] is None
    assert lines["habit"]["score"] == 100.0
    assert "seats are unknown for 613 of 613 accounts" in " ".join(finding.what for finding in git.doctor().findings)


# A cut-out


@pytest.fixture(scope="module")
def cut_out(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few accounts over a year and a half, as files of the same kind."""
    folder = tmp_path_factory.mktemp("git")
    mine = pc.field("account_id").isin(FEW)
    within = (pc.field("timestamp") >= FROM) & (pc.field("timestamp") < TO)
    for name, kept in (("events", mine & within), ("accounts", mine)):
        table = pq.read_table(data / "git-streaming" / f"{name}.parquet", filters=kept)
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


ALONE = ("habit", "core_actions", "session_frequency", "consistency")
"""Signals of an account that nobody else has a part in."""


@pytest.mark.parametrize("account", FEW)
def test_an_account_among_all_is_as_an_account_among_a_few(account: str, git: Workspace, cut_out: Path) -> None:
    """Where the windows reach no further back than the cut: what is weekly, and not a year's peak."""
    with weatherglass.open_data(cut_out) as opened:
        opened.update(DAYS[-1])
        for day in DAYS:
            told = [
                {
                    line["signal"]: (line["value"], line["score"])
                    for line in rows(each, account, day)
                    if line["signal"] in ALONE
                }
                for each in (git, opened)
            ]
            assert told[0] == told[1]
            assert len(told[0]) == len(ALONE)
