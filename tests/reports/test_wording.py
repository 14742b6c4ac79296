"""How numbers, days and names are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.reports import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "$0"), (950, "$950"), (1_000, "$1.00k"), (999_950, "$1.00M"), (12_345, "$12.3k"), (2_050_000, "$2.05M")],
)
def test_short_money(value: float, text: str) -> None:
    assert wording.money_short(value, "$") == text


def test_money_without_and_with_a_currency() -> None:
    assert wording.money(1234567.0) == "1,234,567"
    assert wording.money(-5.0, "$") == "\N{MINUS SIGN}$5"
    assert wording.money(5.0, "EUR ") == "EUR\N{NO-BREAK SPACE}5"
    assert wording.money_round(5_000_000, "$") == "$5M"
    assert wording.money_round(100, "$") == "$100"


def test_change_has_a_sign_unless_it_rounds_to_nothing() -> None:
    assert [wording.change(value) for value in (1.25, -1.25, 0.04, -0.04, None)] == [
        "+1.2",
        "\N{MINUS SIGN}1.2",
        "0.0",
        "0.0",
        "\N{EN DASH}",
    ]


def test_shares_that_are_almost_nothing_or_all_are_not_rounded_to_it() -> None:
    assert [wording.percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0, None)] == [
        "0%",
        "<1%",
        "50%",
        "99%",
        "100%",
        "\N{EN DASH}",
    ]


def test_days() -> None:
    assert wording.day(date(2026, 3, 1)) == "1 Mar 2026"
    late = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert wording.day_of(late, "UTC") == date(2026, 11, 30)
    assert wording.day_of(late, "Asia/Tokyo") == date(2026, 12, 1)
    assert wording.day_of("2026-12-01", "America/New_York") == date(2026, 12, 1)
    assert wording.day_of("2026-12-01T00:00:00Z", "America/New_York") == date(2026, 11, 30)
    assert wording.day_of("soon", "UTC") is None
    assert wording.day_of(datetime(9999, 12, 31, 23, tzinfo=UTC), "Asia/Tokyo") == date(9999, 12, 31)


@given(st.text(max_size=300), st.integers(2, 90))
def test_clean_text_is_short_and_on_one_line(text: str, limit: int) -> None:
    line = wording.clean(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())
    line.encode()


@given(st.floats(0, 100), st.lists(st.floats(0, 100), max_size=4))
def test_a_written_score_stays_on_its_side_of_every_line(score: float, lines: list[float]) -> None:
    lines = [round(line, 2) for line in lines]
    text = wording.score_beside(score, tuple(lines))
    assert abs(float(text) - score) <= 0.05 + 1e-9
    assert all((float(text) >= line) == (round(score, 9) >= line) for line in lines)
