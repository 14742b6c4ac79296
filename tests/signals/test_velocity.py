"""velocity with a window of another length."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

import weatherglass as wg

FIRST = date(2024, 1, 1)
CARD = "scorecard: {windows: {velocity: 60}, corrections: {fleet: false}}\n"


@pytest.mark.parametrize(("history", "score"), [(450, 50), (364 + 2 * 60, 100)])
def test_a_season_is_known_when_both_of_its_stretches_are(tmp_path: Path, history: int, score: float) -> None:
    """450 days reach back to 27 of the 60 days that the year before would be held against: growth that was none."""
    days = [FIRST + timedelta(days=number) for number in range(history) if not 60 <= number < 90]
    rows = "".join(f"a,u,Opened,{day}T08:00:00Z\n" for day in days)
    (tmp_path / "weatherglass.yml").write_text(CARD)
    (tmp_path / "events.csv").write_text(f"account_id,user_id,name,timestamp\n{rows}")
    with wg.open(tmp_path) as project:
        project.load(tmp_path / "events.csv")
        project.score(as_of=days[-1])
        found = project.signals(as_of=days[-1], since=days[-1]).arrow.to_pylist()
    assert next(row["score"] for row in found if row["signal"] == "velocity") == pytest.approx(score)
