"""What is said of a signal fits its numbers, also where one of them is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import companies
import pytest
from companies import Case
from effort import drawn
from hypothesis import given
from reference import Company, Settings
from stores import bench

from weatherglass.config import PRESETS
from weatherglass.scores.words import arithmetic, compared, sentence

CARD = PRESETS["default"]
FIRST = datetime(2024, 1, 1, 9, tzinfo=UTC)


def line(signal: str, dimension: str, **numbers: float) -> dict[str, Any]:
    return {"signal": signal, "dimension": dimension, "score": None, "value": None, "baseline": None, **numbers}


def rating(score: float, value: float) -> tuple[str, str]:
    row = line("satisfaction", "support_signals", score=score, value=value)
    return sentence(row, CARD), arithmetic(row, CARD)


@given(case=companies.cases())
@drawn(10)
def test_what_has_a_score_has_data(case: Case) -> None:
    with bench(case.settings, case.company.zone, kept=False) as one:
        one.load(case.company)
        one.score(case.as_of)
        card = one.project.scorecards[0]
        _, signals = one.rows(case.since, case.as_of)
    for row in signals:
        assert row["score"] is None or "no data" not in sentence(row, card), row
        assert arithmetic(row, card)


@pytest.mark.parametrize(
    ("signal", "score", "value", "made"),
    [
        ("core_actions", 0.0, 0.0, "100 for anything and 0 for nothing, since the median of 8 weeks"),
        ("core_actions", 100.0, 2.0, "100 for anything and 0 for nothing, since the median of 8 weeks"),
        ("active_user_ratio", 0.0, 0.0, "0, since the most in 365 days is 0"),
    ],
)
def test_nothing_is_divided_by_nothing(signal: str, score: float, value: float, made: str) -> None:
    said = arithmetic(line(signal, "product_usage", score=score, value=value, baseline=0.0), CARD)
    assert said.startswith(made) and said.endswith(f"= {score:.2f}")


@pytest.mark.parametrize(("score", "value"), [(0.0, -1.0), (50.0, 0.0), (60.0, 0.2), (100.0, 1.0)])
def test_a_mood_is_no_rating(score: float, value: float) -> None:
    said, made = rating(score, value)
    assert said == f"the mood of the tickets is {value:+.2f} (-1 to 1), and none was rated"
    assert made == f"({value:.4f} + 1) x 50 = {score:.2f}"


@pytest.mark.parametrize(("score", "value"), [(0.0, 1.0), (75.0, 4.0), (100.0, 5.0)])
def test_a_rating_is_a_rating(score: float, value: float) -> None:
    said, made = rating(score, value)
    assert said == f"tickets were rated {value:.1f} on average"
    assert made == f"({value:.4f} - 1) x 25 = {score:.2f}"


def test_tickets_with_a_mood_and_no_rating_are_told_by_their_mood() -> None:
    ticket = {"ticket_id": "1", "account_id": "a", "opened_at": FIRST, "sentiment": 0.2}
    assert told(Company(tickets=[ticket]), FIRST.date())["satisfaction"].startswith("the mood of the tickets is +0.20")


def told(company: Company, day: date) -> dict[str, str]:
    """What is said of each signal of a day."""
    with bench(Settings(), kept=False) as one:
        one.load(company)
        one.score(day)
        card = one.project.scorecards[0]
        return {row["signal"]: sentence(row, card) for row in one.rows(day, day)[1]}


def used(*days: int) -> Company:
    """Somebody who came on some days, counted from the first."""
    return Company(
        events=[
            {"account_id": "a", "user_id": "u", "name": "edit", "timestamp": FIRST + timedelta(days=day)}
            for day in days
        ]
    )


def test_silence_is_told_as_silence() -> None:
    said = told(used(0, 1), FIRST.date() + timedelta(days=90))
    assert said["depth"] == "no session in the last 28 days, but there were some before"
    assert said["velocity"] == "no core action in the last 28 days, nor in the 28 days before"
    assert said["consistency"] == "no core action in the last 8 weeks, but there were some before"


def test_a_beginning_is_told_as_a_beginning() -> None:
    said = told(used(0, 80), FIRST.date() + timedelta(days=90))
    assert said["velocity"] == "core actions in the last 28 days, and none in the 28 days before"


def test_a_value_without_a_baseline_is_told_alone() -> None:
    row = line("core_actions", "product_usage", score=40.0, value=8.0)
    assert sentence(row, CARD) == "8.0 core actions a week"
    assert sentence(row, PRESETS["four-inputs"]) == "8.0 core actions in 28 days"


def test_a_value_stands_beside_what_it_was() -> None:
    now = line("consistency", "engagement_trends", score=20.0, value=0.8)
    then = {**now, "score": 60.0, "value": 0.4}
    told = "weekly core actions vary by 80% of their mean"
    assert compared(now, then, CARD, "4 weeks ago") == f"{told}; 4 weeks ago 40%"
    assert compared(now, {**then, "value": 0.803}, CARD, "4 weeks ago") == told
    assert compared(now, None, CARD, "4 weeks ago") == told
    assert compared(now, {**then, "value": None}, CARD, "4 weeks ago") == told
    assert compared({**now, "score": 0.0, "value": None}, then, CARD, "4 weeks ago").startswith("no core action")


def test_a_mood_does_not_stand_beside_a_rating() -> None:
    mood = line("satisfaction", "support_signals", score=60.0, value=0.2)
    rated = line("satisfaction", "support_signals", score=75.0, value=4.0)
    assert "4 weeks ago" not in compared(mood, rated, CARD, "4 weeks ago")
