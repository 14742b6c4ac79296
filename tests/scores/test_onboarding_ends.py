"""Milestones are no part of a score from the age of 90 days on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import weatherglass as wg

FIRST = date(2024, 1, 1)
PROJECT = "milestones: [{name: set up, due_day: 7}]\nscorecard: {min_coverage: 0}\n"


def test_an_account_of_which_nothing_is_known_is_unscored_when_its_onboarding_is_over(tmp_path: Path) -> None:
    (tmp_path / "weatherglass.yml").write_text(PROJECT)
    (tmp_path / "surveys.csv").write_text(f"response_id,account_id,kind,score,answered_at\nr,a,nps,9,{FIRST}\n")
    with wg.open(tmp_path) as project:
        project.load(tmp_path / "surveys.csv")
        project.score(as_of=FIRST + timedelta(days=90))
        rows = project.scores(since=FIRST + timedelta(days=89), as_of=FIRST + timedelta(days=90)).arrow.to_pylist()
    assert [(row["lifecycle"], row["score"], row["tier"]) for row in rows] == [
        ("onboarding", 0.0, "red"),
        ("onboarding", None, "unscored"),
    ]
