"""A person's word on a tier: shown wherever tiers are shown, and known to no score."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from company_files import write_company
from inventing import Shape, invent

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.state import State
from weatherglass.state.actor import command_line

ME = command_line("ann")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_company(invent(Shape(seed=5, accounts=4, days=120, events=30, quirks=frozenset())), tmp_path / "data")
    (tmp_path / FILE_NAME).write_text("name: Test\n")
    with workspace.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        opened.update()
    return tmp_path


def test_only_the_shown_tier_is_another(project: Path) -> None:
    with workspace.open(project) as opened:
        last = opened.scores().to_pylist()[0]["as_of"]
        first = last - dt.timedelta(days=10)
        before, signals = opened.scores(first, last).to_pylist(), opened.signals(first, last).arrow
        mine = before[0]["account_id"]
        days = last - dt.timedelta(days=3), last - dt.timedelta(days=1)
        with State.open(opened.store.folder) as state:
            state.overrides.make(ME, mine, "red", "they told me", days)
        after = opened.scores(first, last).to_pylist()
        for old, new in zip(before, after, strict=True):
            held = old["account_id"] == mine and days[0] <= old["as_of"] <= days[1]
            assert new == ({**old, "tier_shown": "red"} if held else old)
        assert opened.signals(first, last).arrow == signals
        assert opened.explain(mine, days[1]).day.row["tier_shown"] == "red"
        report = opened.report(project / "report.html", days[1]).read_text()
    assert "red" in report


def test_scoring_again_knows_nothing_of_it(project: Path) -> None:
    with workspace.open(project) as opened:
        query = "SELECT * FROM scores ORDER BY ALL"
        kept = opened.store.engine.rows(query)
        last = opened.scores().to_pylist()[0]["as_of"]
        with State.open(opened.store.folder) as state:
            state.overrides.make(ME, opened.scores().to_pylist()[0]["account_id"], "red", "leaving", (last, last))
        opened.update(since="2000-01-01")
        assert opened.store.engine.rows(query) == kept
