"""Rising rates, and whether they come true."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.outcomes.isotonic import isotonic
from weatherglass.outcomes.reliability import reliability

ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1)), min_size=1, max_size=12)


@given(ROWS)
@drawn(100)
def test_isotonic_rates_rise_and_no_step_fits_better(rows: list[tuple[int, int]]) -> None:
    """The least squared error of all rising functions of the values is that of some partition into pools."""
    risk, label = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    rate = isotonic(risk, label.astype(np.int8))(risk)
    order = np.argsort(risk, kind="stable")
    assert (np.diff(rate[order]) >= -1e-12).all()
    values = sorted(set(risk.tolist()))
    best = math.inf
    for cuts in itertools.product((False, True), repeat=len(values) - 1):
        pools = np.cumsum([0, *cuts])
        of = pools[np.searchsorted(values, risk)]
        means = np.array([label[of == pool].mean() for pool in range(pools[-1] + 1)])
        if (np.diff(means) >= 0).all():
            best = min(best, float(((label - means[of]) ** 2).sum()))
    assert ((label - rate) ** 2).sum() == pytest.approx(best, abs=1e-9)


def test_beyond_what_was_seen_the_rate_is_flat() -> None:
    rate = isotonic(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1], np.int8))
    assert rate(np.array([-9.0, 1.5, 2.5, 99.0])).tolist() == [0.0, 0.0, 0.5, 1.0]


def test_a_curve_of_what_is_true_has_no_error() -> None:
    probability = np.repeat([0.1, 0.5, 0.9], 100)
    label = np.concatenate([np.arange(100) < 100 * p for p in (0.1, 0.5, 0.9)]).astype(np.int8)
    found = reliability(probability, label)
    assert found.error == pytest.approx(0.0, abs=1e-12)
    assert found.stated == pytest.approx((0.1, 0.5, 0.9))
    assert found.rows == (100, 100, 100)


def test_the_error_is_the_mean_distance_weighted_by_rows() -> None:
    found = reliability(np.repeat([0.2, 0.6], [30, 10]), np.repeat(np.array([0, 1], np.int8), [30, 10]))
    assert found.error == pytest.approx((30 * 0.2 + 10 * 0.4) / 40)
    assert found.to_json()["expected_calibration_error"] == pytest.approx(found.error)


def test_nothing_has_no_curve() -> None:
    assert reliability(np.zeros(0), np.zeros(0, np.int8)).to_json() == {"bins": [], "expected_calibration_error": None}
