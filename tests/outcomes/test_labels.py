"""What followed on a day: who had gone, who goes within a horizon, and what nobody can know yet."""

from __future__ import annotations

import numpy as np
import pytest

from weatherglass.outcomes.labels import (
    CHURNED,
    NO,
    NOT_YET,
    RENEWED,
    YES,
    Following,
    Outcomes,
    days_until,
    gone,
    labelled,
    within,
)
from weatherglass.signals.sparse import NEVER


def rows(*cells: tuple[int, int]) -> Following:
    account, day = zip(*cells, strict=True)
    return Following(np.array(account), np.array(day))


def churns(*cells: tuple[int, int, int]) -> Outcomes:
    """Churns as (account, day, day back)."""
    account, day, back = zip(*cells, strict=True)
    return Outcomes.of(account=account, kind=[CHURNED] * len(cells), day=day, back=back)


TWICE = churns((0, 100, 150), (0, 200, int(NEVER)), (2, 100, int(NEVER)))
"""Account 0 goes twice and comes back once, 1 stays, 2 goes for good."""


def test_who_is_back_is_not_gone() -> None:
    asked = rows((0, 99), (0, 100), (0, 149), (0, 150), (0, 199), (0, 200), (1, 500), (2, 99), (2, 5000))
    assert gone(TWICE, asked).tolist() == [False, True, True, False, False, True, False, False, True]


def test_within_a_horizon_is_after_the_day_and_up_to_its_end() -> None:
    asked = rows((0, 69), (0, 70), (0, 99), (0, 100), (0, 170), (0, 199), (1, 99), (2, 70), (2, 100))
    assert within(TWICE, asked, 30).tolist() == [False, True, True, False, True, True, False, True, False]


def test_who_is_back_by_the_end_of_the_horizon_was_only_away() -> None:
    asked = rows((0, 61), (0, 59), (0, 120), (2, 50))
    assert within(TWICE, asked, 90).tolist() == [True, True, True, True]
    # back on day 150: gone on day 149, and not on day 151
    assert within(TWICE, asked, 90, gone_at_end=True).tolist() == [False, True, True, True]


def test_days_until_the_next_churn() -> None:
    asked = rows((0, 99), (0, 100), (0, 200), (1, 0), (2, -50))
    assert days_until(TWICE, asked).tolist() == pytest.approx([1, 100, np.nan, np.nan, 150], nan_ok=True)


def test_a_label_waits_for_the_end_of_its_horizon_and_for_what_is_known_later() -> None:
    asked = rows((0, 70), (0, 71))
    happens = within(TWICE, asked, 30)
    assert labelled(happens, asked, 30, delay=0, known_to=100).tolist() == [YES, NOT_YET]
    assert labelled(happens, asked, 30, delay=30, known_to=130).tolist() == [YES, NOT_YET]
    assert labelled(happens, asked, 30, delay=30, known_to=129).tolist() == [NOT_YET, NOT_YET]
    assert labelled(~happens, asked, 30, delay=0, known_to=101).tolist() == [NO, NO]


def test_without_outcomes_nothing_happens() -> None:
    asked = rows((0, 1), (5, 7))
    assert not within(Outcomes.none(), asked, 90).any()
    assert not gone(Outcomes.none(), asked).any()
    assert np.isnan(days_until(Outcomes.none(), asked)).all()


def test_kinds_are_kept_apart_and_rows_in_order() -> None:
    told = Outcomes.of(account=[1, 0, 0], kind=[CHURNED, RENEWED, CHURNED], day=[5, 9, 9])
    assert told.account.tolist() == [0, 0, 1]
    assert told.kind.tolist() == [CHURNED, RENEWED, CHURNED]
    assert told.known.tolist() == [9, 9, 5]
    assert len(told.only(RENEWED)) == 1
    assert Outcomes.joined([told, told.only(CHURNED)]).account.tolist() == [0, 0, 0, 1, 1]
    assert told.known_by(5).account.tolist() == [1]
