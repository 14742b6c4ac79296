"""Arithmetic over windows of days gives what a plain loop gives, for all days and for the last few."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from statistics import median

import numpy as np
import numpy.typing as npt
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weatherglass.signals import windows
from weatherglass.signals.fleet import Ranks
from weatherglass.signals.sparse import Sparse

Daily = npt.NDArray[np.int64]


@st.composite
def daily(draw: st.DrawFn, low: int = 0, high: int = 9) -> Daily:
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 40)))
    found: Daily = draw(arrays.arrays(np.int64, shape, elements=st.integers(low, high)))
    return found


@st.composite
def asked(draw: st.DrawFn, of: st.SearchStrategy[Daily] | None = None) -> tuple[Daily, int, int]:
    """An array, the first day asked for and the length of a window."""
    values = draw(daily() if of is None else of)
    return values, draw(st.integers(0, values.shape[1] - 1)), draw(st.integers(1, 50))


def last(values: npt.NDArray[np.generic], day: int, length: int, lag: int = 0) -> npt.NDArray[np.generic]:
    """The days of a window that ends `lag` days before a day; days before the first are not there."""
    end = day - lag + 1
    return values[max(0, end - length) : max(0, end)]


def by_loop(
    values: npt.NDArray[np.generic], start: int, function: Callable[[npt.NDArray[np.generic], int], object]
) -> list[list[object]]:
    return [[function(row, day) for day in range(start, values.shape[1])] for row in values]


@given(drawn_=asked(), lag=st.integers(0, 60))
@drawn(200)
def test_totals(drawn_: tuple[Daily, int, int], lag: int) -> None:
    values, start, length = drawn_
    found = windows.total(windows.prefix(values), start, length, lag)
    assert found.tolist() == by_loop(values, start, lambda row, day: int(last(row, day, length, lag).sum()))


@given(drawn_=asked(), lag=st.integers(0, 60))
@drawn(100)
def test_days_before(drawn_: tuple[Daily, int, int], lag: int) -> None:
    values, start, _ = drawn_
    expected = by_loop(values, start, lambda row, day: int(row[day - lag]) if day >= lag else 0)
    assert windows.shifted(values, start, lag).tolist() == expected


@given(drawn_=asked(), holes=st.integers(0, 3))
@drawn(200)
def test_largest_values(drawn_: tuple[Daily, int, int], holes: int) -> None:
    """A NaN is a day left out; of nothing but days left out there is none."""
    values, start, length = drawn_
    rough = np.where(values % 4 < holes, np.nan, values.astype(np.float64))
    found = windows.largest(rough, start, length)
    expected = by_loop(rough, start, lambda row, day: float(np.fmax.reduce(last(row, day, length))))
    assert np.array_equal(found, np.array(expected), equal_nan=True)
    assert windows.largest(values, start, length).tolist() == by_loop(
        values, start, lambda row, day: int(last(row, day, length).max())
    )


@given(drawn_=asked(daily(high=255)))
@drawn(200)
def test_unions_of_bits(drawn_: tuple[Daily, int, int]) -> None:
    values, start, length = drawn_
    found = windows.union(values.astype(np.uint64), start, length)
    expected = by_loop(values, start, lambda row, day: int(np.bitwise_or.reduce(last(row, day, length))))
    assert found.tolist() == expected


@given(weeks=st.lists(st.lists(st.integers(0, 50), min_size=6, max_size=6), min_size=1, max_size=13))
@drawn(300)
def test_medians(weeks: list[list[int]]) -> None:
    """Eight weeks go through a network of exchanges, other numbers of weeks through a sort."""
    stacked = [np.array([week]) for week in weeks]
    expected = [[float(median(week[day] for week in weeks)) for day in range(6)]]
    assert windows.median_of(stacked).tolist() == expected
    eight = [stacked[place % len(stacked)] for place in range(8)]
    assert windows.median_of(eight).tolist() == [
        [float(median(float(week[0, day]) for week in eight)) for day in range(6)]
    ]


@given(
    rows=st.lists(st.tuples(st.integers(-1, 5), st.integers(-9, 9)), max_size=20),
    low=st.integers(0, 5),
    more=st.integers(0, 5),
    shift=st.integers(-3, 9),
)
@drawn(100)
def test_sparse_facts_of_some_accounts(rows: list[tuple[int, int]], low: int, more: int, shift: int) -> None:
    places = np.array([place for place, _ in rows], dtype=np.int64)
    days = np.array([day for _, day in rows], dtype=np.int64)
    facts = Sparse.of(places, {"some_day": days, "amount": days})
    assert sorted(zip(facts.row.tolist(), facts["amount"].tolist(), strict=True)) == sorted(
        row for row in rows if row[0] >= 0
    )
    part = facts.between(low, low + more, shift)
    expected = sorted((place - low, day - shift, day) for place, day in rows if low <= place < low + more)
    assert sorted(zip(part.row.tolist(), part["some_day"].tolist(), part["amount"].tolist(), strict=True)) == expected


@given(
    values=st.lists(
        st.tuples(st.integers(0, 2), st.one_of(st.just(float("nan")), st.integers(0, 4).map(float))),
        min_size=1,
        max_size=15,
    ),
    parts=st.integers(1, 3),
)
@drawn(200)
def test_the_rank_in_a_cohort(values: list[tuple[int, float]], parts: int) -> None:
    """The share below and half of the ties, the account included, whatever blocks the accounts came in."""
    codes = np.array([code for code, _ in values])
    points = np.array([[value] for _, value in values])
    blocks = [(codes[part::parts], points[part::parts], 100) for part in range(parts)]
    ranks = Ranks.of([block for block in blocks if len(block[0])])
    found = ranks.percentile(codes, points, 100)[:, 0]
    for place, (code, value) in enumerate(values):
        cohort = [other for same, other in values if same == code and not isnan(other)]
        if isnan(value):
            assert np.isnan(found[place])
        else:
            below, ties = sum(other < value for other in cohort), sum(other == value for other in cohort)
            assert found[place] == 100 * (below + ties / 2) / len(cohort)
