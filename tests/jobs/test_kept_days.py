"""Days at hand are those of the store, whatever has changed in between."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from company_files import write_company
from inventing import Shape, invent

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.scoring import kept_days
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.views.listing import Asked, page
from weatherglass.jobs.views.standing import Standing


def test_what_is_at_hand_is_what_the_history_says(tmp_path: Path) -> None:
    write_company(invent(Shape(seed=5, accounts=4, days=120, events=40, quirks=frozenset())), tmp_path / "data")
    (tmp_path / FILE_NAME).write_text("name: Test\n")
    at_hand = KeptDays()
    with workspace.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        last = opened.update().as_of
        days = [last, last - dt.timedelta(days=28)]

        def seen(kept: KeptDays) -> list[object]:
            return [page(Standing(opened.store, at_hand=kept), Asked(day, versus=days[1])).rows for day in days]

        first = seen(at_hand)
        assert seen(at_hand) == first == seen(KeptDays())
        account = opened.scores(last).to_pylist()[0]["account_id"]
        lines = [f"t-{number},{account},{last - dt.timedelta(days=40)}" for number in range(9)]
        (tmp_path / "tickets.csv").write_text("\n".join(["ticket_id,account_id,opened_at", *lines, ""]))
        opened.load(tmp_path / "tickets.csv")
        opened.update()
        assert seen(at_hand) == seen(KeptDays()) != first
        opened.update(since=days[1])
        assert seen(at_hand) == seen(KeptDays())


def test_not_more_is_kept_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_days, "MOST_BYTES", 0)
    test_what_is_at_hand_is_what_the_history_says(tmp_path)


def test_a_fact_that_touches_no_score_is_seen_at_once(tmp_path: Path) -> None:
    write_company(invent(Shape(seed=5, accounts=4, days=60, events=20, quirks=frozenset())), tmp_path / "data")
    (tmp_path / FILE_NAME).write_text("name: Test\n")
    at_hand = KeptDays()
    with workspace.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        day = opened.update().as_of

        def owners() -> set[object]:
            asked = Asked(day, versus=day - dt.timedelta(days=7))
            return {row["owner"] for row in page(Standing(opened.store, at_hand=at_hand), asked).rows}

        assert "new owner" not in owners()
        account = opened.scores(day).to_pylist()[0]["account_id"]
        (tmp_path / "accounts.csv").write_text(f"account_id,owner\n{account},new owner\n")
        opened.load(tmp_path / "accounts.csv")
        assert "new owner" in owners()
