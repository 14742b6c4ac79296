"""A history that grows by a day at a time reads what has settled from its copy, and says what a fresh one says."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from reference import Company, Settings
from reference.card import Card, Milestone, comprehensive, default, four_inputs
from reference.company import Row
from reference.stories import at, event
from stores import Bench, bench, same, told, unlike

from weatherglass.jobs.scoring.settled import FOLDER, OLDEST, SETTLED, YOUNGEST
from weatherglass.rollups.rolling import SETTLED_TO

START = date(2024, 1, 1)
FIRST, LAST = 76, 100
MILESTONES = [
    Milestone("core", 14, derived="first_core_action"),
    Milestone("second", 30, derived="second_feature"),
    Milestone("team", 45, derived="third_active_user"),
]


def busy(seed: int, names: int = 6) -> list[Row]:
    """Accounts with users who come, pause for longer than a window, come back and stay away; one begins late."""
    chance = random.Random(seed)
    rows = []
    for account in range(7):
        for user in range(chance.randint(1, 5)):
            here = {*range(chance.randint(0, 20), 30), *range(chance.randint(40, 70), chance.randint(70, LAST))}
            days = [day for day in here if chance.random() < 0.5 and (account or day > 80)]
            rows += [
                event(
                    day, f"u{user}", f"action {chance.randrange(names)}", 23 * chance.random(), account_id=f"a{account}"
                )
                for day in days
            ]
    return sorted(rows, key=lambda row: row["timestamp"])


def day(number: int) -> date:
    return START + timedelta(days=number)


def on(rows: list[Row], low: int, high: int) -> Company:
    return Company(events=[row for row in rows if at(low, 0) <= row["timestamp"] < at(high, 0)])


def day_by_day(one: Bench, rows: list[Row]) -> list[int]:
    """Load and score every day as it comes; the days up to which the copies went."""
    one.load(on(rows, 0, FIRST))
    one.score(day(FIRST - 1))
    copies = []
    for number in range(FIRST, LAST):
        one.load(on(rows, number, number + 1))
        one.score(day(number))
        settled = one.store.setting(SETTLED_TO)
        assert settled is not None
        copies.append(int(settled))
    return sorted(set(copies))


def fresh(settings: Settings, *parts: Company) -> list[tuple[str, ...]]:
    with bench(settings) as one:
        for part in parts:
            one.load(part)
        one.score(day(LAST - 1))
        return one.history()


@pytest.mark.parametrize("card", [default, four_inputs, comprehensive])
def test_a_history_that_grows_day_by_day_is_that_of_a_fresh_store(card: Callable[[], Card]) -> None:
    settings = Settings(card=card(), milestones=MILESTONES)
    rows = busy(5)
    with bench(settings) as one:
        copies = day_by_day(one, rows)
        assert len(copies) == 1 + (LAST - FIRST) // (OLDEST - YOUNGEST)
        difference = unlike(one.history(), fresh(settings, on(rows, 0, LAST)))
        assert not difference, difference


@pytest.mark.parametrize("times", [1, 300, 70_000])
def test_the_copy_holds_days_of_any_size(times: int) -> None:
    rows = busy(12)
    crowd = [event(40, f"c{one % 400}", "action 1", 23 * one / times, account_id="a1") for one in range(times)]
    rows = sorted([*rows, *crowd], key=lambda row: row["timestamp"])
    with bench(Settings()) as one:
        day_by_day(one, rows)
        difference = unlike(one.history(), fresh(Settings(), on(rows, 0, LAST)))
        assert not difference, difference


def test_a_copy_of_an_older_kind_is_made_anew() -> None:
    rows = busy(13)
    with bench(Settings()) as one:
        one.load(on(rows, 0, LAST - 1))
        one.score(day(LAST - 2))
        older = {name: value for name, value in json.loads(one.store.setting(SETTLED) or "").items() if name != "kinds"}
        one.store.remember(SETTLED, json.dumps(older))
        one.load(on(rows, LAST - 1, LAST))
        one.score(day(LAST - 1))
        assert "kinds" in json.loads(one.store.setting(SETTLED) or "")
        difference = unlike(one.history(), fresh(Settings(), on(rows, 0, LAST)))
        assert not difference, difference


def test_a_late_event_of_a_settled_day_takes_the_copy_back() -> None:
    rows, late = busy(6), Company(events=[event(20, "late", "action 1", account_id="a3")])
    with bench(Settings()) as one:
        day_by_day(one, rows)
        one.load(late)
        one.score(day(LAST - 1))
        difference = unlike(one.history(), fresh(Settings(), on(rows, 0, LAST), late))
        assert not difference, difference


def test_features_of_a_second_word_and_accounts_beyond_the_copy() -> None:
    """More names than a word has bits, most of them met after the copy was made."""
    rows = sorted([*busy(7, 40), *busy(8, 90)], key=lambda row: row["timestamp"])
    new = [event(number, "n", f"new {number}", account_id="newcomer") for number in range(90, LAST)]
    with bench(Settings()) as one:
        day_by_day(one, sorted([*rows, *new], key=lambda row: row["timestamp"]))
        difference = unlike(one.history(), fresh(Settings(), on([*rows, *new], 0, LAST)))
        assert not difference, difference


def test_without_the_files_the_roll_ups_are_read() -> None:
    rows = busy(9)
    with bench(Settings()) as one:
        one.load(on(rows, 0, LAST - 1))
        one.score(day(LAST - 2))
        shutil.rmtree(one.store.folder / FOLDER)
        one.load(on(rows, LAST - 1, LAST))
        one.score(day(LAST - 1))
        difference = unlike(one.history(), fresh(Settings(), on(rows, 0, LAST)))
        assert not difference, difference


def test_one_folder_is_kept() -> None:
    with bench(Settings()) as one:
        day_by_day(one, busy(10))
        assert len(list((one.store.folder / FOLDER).iterdir())) == 1


def test_days_at_and_around_the_end_of_the_copy_are_read_like_any_other() -> None:
    rows = busy(11)
    with bench(Settings(milestones=MILESTONES)) as one, bench(Settings(milestones=MILESTONES)) as other:
        day_by_day(one, rows)
        other.load(on(rows, 0, LAST))
        other.score(day(LAST - 1))
        other.store.forget(SETTLED_TO)
        settled = date.fromordinal(date(1970, 1, 1).toordinal() + int(one.store.setting(SETTLED_TO) or 0))
        for shift in (-60, -40, -29, -15, -1, 0, 1):
            asked = settled + timedelta(days=shift)
            same(told(one, asked, asked), told(other, asked, asked))
