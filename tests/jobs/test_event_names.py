"""Event names that are new, and those that came regularly and have stopped."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.data_health.event_names import EventName, NameDays, event_names

LAST = dt.date(2026, 3, 31)


def on(name: str, *back: int, times: int = 3) -> list[dict[str, str]]:
    day = [LAST - dt.timedelta(days=one) for one in back]
    return [
        {"account_id": "a", "user_id": f"u{number}", "name": name, "timestamp": f"{one}T10:00:00Z"}
        for one in day
        for number in range(times)
    ]


STEADY = on("steady", *range(100))


def found(folder: Path, *loads: list[dict[str, str]]) -> dict[str, EventName]:
    (folder / FILE_NAME).write_text("name: Names\nproduct:\n  core_actions: [steady, stopped]\n")
    days = NameDays()
    with workspace.open(folder) as opened:
        for number, rows in enumerate(loads):
            file = folder / f"events-{number}.jsonl"
            file.write_text("\n".join(map(json.dumps, rows)))
            opened.load(file)
            opened.update()
            names = event_names(opened.store, opened.project, days, LAST)
        assert names == event_names(opened.store, opened.project, NameDays(), LAST), "files are counted once"
        return {one.name: one for one in names}


@pytest.mark.parametrize(
    ("rows", "news"),
    [
        (on("x", *range(7, 60)), "gone"),
        (on("x", *range(6, 60)), ""),
        (on("x", *range(7, 35, 7)), ""),
        (on("x", *(day for day in range(7, 60) if (LAST - dt.timedelta(days=day)).weekday() < 5)), "gone"),
        (on("x", *range(7, 60), times=1), "gone"),
        (on("x", *range(7, 17), times=1), ""),
        (on("x", *range(14)), "new"),
        (on("x", 2), "new"),
        (on("x", 2, 14), ""),
        (on("x", 2, 80), ""),
    ],
    ids=["gone", "last a week ago", "weekly", "on workdays", "rare", "few", "new", "once", "older", "back"],
)
def test_what_is_new_and_what_is_gone(tmp_path: Path, rows: list[dict[str, str]], news: str) -> None:
    names = found(tmp_path, STEADY + rows)
    assert names["x"].news == news
    assert names["steady"].news == ""
    assert names["steady"].core and not names["x"].core


def test_all_names_of_a_young_store_are_not_news(tmp_path: Path) -> None:
    assert found(tmp_path, on("x", *range(10)))["x"].news == ""


def test_those_that_are_gone_come_first_and_core_actions_before_others(tmp_path: Path) -> None:
    gone = on("gone", *range(8, 60)) + on("stopped", *range(9, 60))
    names = found(tmp_path, STEADY + gone + on("fresh", 1))
    assert list(names) == ["stopped", "gone", "fresh", "steady"]
    assert names["stopped"].last == LAST - dt.timedelta(days=9)
    assert (names["stopped"].regular, names["gone"].regular) == (26, 27)
    assert names["steady"].lately == 28 * 3


def test_what_comes_later_is_counted_with_what_was_there(tmp_path: Path) -> None:
    names = found(tmp_path, STEADY + on("x", *range(8, 60)), on("x", 0))
    assert names["x"].news == ""
    assert names["x"].last == LAST
