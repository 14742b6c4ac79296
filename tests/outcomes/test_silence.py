"""Silence after regular use, told day by day."""

from __future__ import annotations

import numpy as np
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.config import OutcomeRules
from weatherglass.outcomes.labels import Following, within
from weatherglass.outcomes.silence import Activity, regular, silences
from weatherglass.signals.sparse import NEVER

FIRST = 1000
"""The number of the first day."""


def activity(*accounts: list[int], days: int = 400) -> Activity:
    """Accounts by the days on which they were active, counted from the first."""
    active = np.zeros((len(accounts), days), dtype=np.bool_)
    for row, columns in enumerate(accounts):
        active[row, columns] = True
    return Activity(active, FIRST)


WEEKLY = list(range(0, 141, 7))
"""Once a week up to day 140."""


def test_a_silence_of_ninety_days_is_a_churn_on_the_ninetieth() -> None:
    found = silences(activity(WEEKLY), OutcomeRules())
    assert found.day.tolist() == [FIRST + 230]
    assert found.known.tolist() == [FIRST + 230]
    assert found.since.tolist() == [FIRST + 141]
    assert found.back.tolist() == [NEVER]


def test_a_silence_that_is_not_over_may_yet_be_broken() -> None:
    assert len(silences(activity(WEEKLY, days=230), OutcomeRules())) == 0
    assert len(silences(activity(WEEKLY, days=231), OutcomeRules())) == 1


def test_eighty_nine_quiet_days_are_none() -> None:
    assert len(silences(activity([*WEEKLY, 230], days=231), OutcomeRules())) == 0
    found = silences(activity([*WEEKLY, 231], days=300), OutcomeRules())
    assert found.day.tolist() == [FIRST + 230]
    assert found.back.tolist() == [FIRST + 231]


def test_who_came_and_went_goes_again() -> None:
    again = [*WEEKLY, *range(240, 310, 7)]
    found = silences(activity(again, days=500), OutcomeRules())
    assert found.day.tolist() == [FIRST + 230, FIRST + 303 + 90]
    assert found.back.tolist() == [FIRST + 240, NEVER]


def test_who_was_never_regular_does_not_churn() -> None:
    """One day a month is three weeks of twelve."""
    assert len(silences(activity([0, 28, 56, 84]), OutcomeRules())) == 0
    assert len(silences(activity([0, 28, 56, 84]), OutcomeRules(regular_weeks=3))) == 1


def test_other_rules() -> None:
    found = silences(activity(WEEKLY), OutcomeRules(silence_days=30))
    assert found.day.tolist() == [FIRST + 170]


def test_who_never_did_anything_is_silent_and_no_churn() -> None:
    empty = activity([])
    assert len(silences(empty, OutcomeRules())) == 0
    assert not regular(empty, 1, np.array([FIRST + 300]), OutcomeRules()).any()


def _weeks(days: set[int], day: int, of: int) -> int:
    """Blocks of 7 days ending on a day, with activity."""
    return sum(any(day - 7 * week - back in days for back in range(7)) for week in range(of))


DAYS = st.lists(st.integers(0, 299), unique=True, max_size=40).map(sorted)


@given(DAYS, st.integers(0, 299))
@drawn(200)
def test_regular_is_as_it_is_written(days: list[int], day: int) -> None:
    rules = OutcomeRules()
    expected = bool(days) and day - days[0] >= 84 and _weeks(set(days), day, 12) >= 4
    assert regular(activity(days, days=300), 1, np.array([FIRST + day]), rules)[0, 0] == expected


@given(DAYS, st.integers(0, 209))
@drawn(300)
def test_a_regular_account_churns_in_ninety_days_when_it_does_nothing_in_them(days: list[int], day: int) -> None:
    """The label of the reference figures in shared/data."""
    found, rules = activity(days, days=300), OutcomeRules()
    if regular(found, 1, np.array([FIRST + day]), rules)[0, 0]:
        row = Following(np.array([0]), np.array([FIRST + day]))
        happens = within(silences(found, rules), row, 90, gone_at_end=True)[0]
        assert happens == (not any(day < one <= day + 90 for one in days))


@given(DAYS, st.lists(st.integers(0, 299), min_size=1, max_size=5, unique=True).map(sorted))
@drawn(50)
def test_the_last_active_day(days: list[int], asked: list[int]) -> None:
    found = activity(days, days=300).last_by(np.array(asked) + FIRST)[0]
    for one, day in zip(found.tolist(), asked, strict=True):
        before = [active for active in days if active <= day]
        assert one == (FIRST + before[-1] if before else -NEVER)
