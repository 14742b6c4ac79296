"""Subscriptions that end, are replaced, grow and shrink."""

from __future__ import annotations

import numpy as np
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.outcomes.contracts import Contracts, contract_outcomes
from weatherglass.outcomes.labels import KINDS
from weatherglass.signals.sparse import NEVER

Told = list[tuple[int, str, int, int, float]]


def contracts(*rows: tuple[int, int, int | None, int]) -> Contracts:
    """Subscriptions as (account, start, end, month's revenue)."""
    account, started, ended, money = zip(*rows, strict=True)
    ends = [int(NEVER) if end is None else end for end in ended]
    return Contracts(np.array(account), np.array(started), np.array(ends), 100 * np.array(money))


def told(*rows: tuple[int, int, int | None, int], grace: int = 30) -> Told:
    """Outcomes as (account, kind, day, known, amount)."""
    found = contract_outcomes(contracts(*rows), grace)
    columns = (found.account, found.kind, found.day, found.known, found.amount)
    return [(a, KINDS[k], d, n, m) for a, k, d, n, m in zip(*(column.tolist() for column in columns), strict=True)]


def test_an_end_without_another_is_a_churn_when_the_days_of_grace_are_over() -> None:
    assert told((0, 0, 100, 50)) == [(0, "churned", 100, 130, -50.0)]


def test_what_is_replaced_within_the_days_of_grace_is_renewed() -> None:
    assert told((0, 0, 100, 50), (0, 130, None, 50)) == [(0, "renewed", 100, 130, 0.0)]
    assert told((0, 0, 100, 50), (0, 100, None, 50)) == [(0, "renewed", 100, 100, 0.0)]
    assert told((0, 0, 100, 50), (0, 80, None, 50), grace=0)[-1] != (0, "renewed", 100, 100, 0.0)


def test_what_comes_a_day_later_is_a_return() -> None:
    found = contract_outcomes(contracts((0, 0, 100, 50), (0, 131, None, 50)), 30)
    assert [KINDS[kind] for kind in found.kind] == ["churned"]
    assert found.back.tolist() == [131]


def test_who_is_back_can_churn_again() -> None:
    found = contract_outcomes(contracts((0, 0, 100, 50), (0, 200, 300, 50), (1, 0, None, 9)), 30)
    assert found.account.tolist() == [0, 0]
    assert found.day.tolist() == [100, 300]
    assert found.back.tolist() == [200, NEVER]


def test_one_of_two_that_ends_is_a_contraction_and_not_a_churn() -> None:
    assert told((0, 0, 100, 50), (0, 0, None, 20)) == [(0, "contracted", 100, 130, -50.0)]


def test_a_second_one_is_an_expansion() -> None:
    assert told((0, 0, None, 50), (0, 60, None, 20)) == [(0, "expanded", 60, 60, 20.0)]


def test_a_larger_one_in_place_of_a_smaller_is_both() -> None:
    assert told((0, 0, 100, 50), (0, 110, None, 80)) == [
        (0, "renewed", 100, 110, 30.0),
        (0, "expanded", 110, 110, 30.0),
    ]


def test_a_smaller_one_in_place_of_a_larger_is_both() -> None:
    assert told((0, 0, 100, 80), (0, 110, None, 50)) == [
        (0, "renewed", 100, 110, -30.0),
        (0, "contracted", 100, 130, -30.0),
    ]


def test_a_dip_of_a_few_days_is_neither() -> None:
    assert told((0, 0, 100, 50), (0, 0, None, 20), (0, 110, None, 50)) == [(0, "renewed", 100, 110, 0.0)]


def test_the_first_one_is_no_expansion_and_an_end_to_come_is_no_churn_yet() -> None:
    assert told((0, 10, None, 50)) == []
    assert told((0, 10, 5, 50)) == [], "it ended before it began"


def test_an_end_on_a_day_has_ended() -> None:
    found = contracts((0, 10, 20, 50), (1, 0, None, 7))
    days = np.array([9, 10, 19, 20])
    assert found.running(2, days).tolist() == [[0, 1, 1, 0], [1, 1, 1, 1]]
    assert found.revenue(2, days).tolist() == [[0, 5000, 5000, 0], [700, 700, 700, 700]]
    assert found.begun(2, days).tolist() == [[False, True, True, True], [True] * 4]


def test_nothing_at_all() -> None:
    nothing = Contracts.none()
    assert len(contract_outcomes(nothing, 30)) == 0
    assert nothing.running(2, np.array([1])).tolist() == [[0], [0]]


ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 60), st.integers(-3, 40) | st.none(), st.integers(0, 3)),
    min_size=1,
    max_size=7,
)


def _level(rows: list[tuple[int, int, int | None, int]], account: int, day: int) -> tuple[int, int]:
    """How many run, and what they bring."""
    running = [money for a, start, end, money in rows if a == account and start <= day and (end is None or day < end)]
    return len(running), 100 * sum(running)


@given(ROWS, st.integers(0, 20))
@drawn(200)
def test_it_is_as_it_is_when_every_day_is_looked_at(
    drawn_rows: list[tuple[int, int, int | None, int]], grace: int
) -> None:
    rows = [(a, start, None if length is None else start + length, money) for a, start, length, money in drawn_rows]
    expected = set()
    for account in {row[0] for row in rows}:
        levels = [_level(rows, account, day) for day in range(-80, 260)]
        count, cents = ([level[part] for level in levels] for part in (0, 1))
        for at in range(60, 200):
            day = at - 80
            over = count[at] == 0 and count[at - 1] > 0 and not any(count[at : at + grace + 1])
            if over:
                expected.add((account, "churned", day))
            if cents[at] < cents[at - 1] and max(cents[at : at + grace + 1]) < cents[at - 1] and not over:
                expected.add((account, "contracted", day))
            # without days of grace there is still the day before
            before = max(cents[at - max(grace, 1) : at])
            if cents[at] > before > 0:
                expected.add((account, "expanded", day))
    found = {(account, kind, day) for account, kind, day, *_ in told(*rows, grace=grace) if kind != "renewed"}
    assert found == expected
