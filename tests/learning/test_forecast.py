"""Forecasts beat repeating today's score where there is something to foresee, and survival is what was fitted."""

from __future__ import annotations

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.config.fitted import Curve, Fitted
from weatherglass.learning.drift import Drift, stability
from weatherglass.learning.forecast import LAGS, forecaster, judged, shifted_rows
from weatherglass.learning.survival import by_day, median_left, revenue_churn, survival
from weatherglass.signals.windows import Floats


def moving(seed: int, rows: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Scores that go back half of the way to what is usual for the account."""
    generator = np.random.default_rng(seed)
    usual = generator.uniform(20.0, 95.0, rows)
    past = np.clip(usual[:, None] + generator.normal(0.0, 12.0, (rows, len(LAGS))), 0.0, 100.0)
    later = np.clip(0.5 * past[:, 0] + 0.5 * usual + generator.normal(0.0, 4.0, rows), 0.0, 100.0)
    return past, later


def test_it_beats_todays_score() -> None:
    made = forecaster(*moving(0), 28)
    assert made is not None
    found = judged(made, *moving(1))
    assert found is not None and found.better and found.error < 0.8 * found.repeated
    assert found.inside == pytest.approx(0.8, abs=0.05)


def test_what_stays_is_foretold_to_stay() -> None:
    past = np.repeat(np.linspace(0.0, 100.0, 500)[:, None], len(LAGS), axis=1)
    made = forecaster(past, past[:, 0], 28)
    assert made is not None
    np.testing.assert_allclose(made(past)[0], past[:, 0], atol=0.05)


def test_too_little_history_makes_no_forecast() -> None:
    past, later = moving(0, rows=100)
    assert forecaster(past, later, 28) is None
    assert forecaster(past, np.full(100, np.nan), 28) is None


def test_scores_of_other_days_are_those_of_the_same_account() -> None:
    account, day = np.repeat([7, 9], 10), np.tile(np.arange(10) * 7, 2)
    score = np.arange(20.0)
    later = shifted_rows(account, day, score, 14)
    assert later[0] == 2.0 and later[10] == 12.0
    assert np.isnan(later[[8, 9, 18, 19]]).all()


@st.composite
def models(draw: st.DrawFn) -> Fitted:
    periods = draw(st.lists(st.floats(-8.0, 2.0), min_size=1, max_size=12))
    curve = Curve(weight=1.0, points=(50.0,))
    return Fitted(
        prior=0.0, curves={"habit": curve}, level=0.0, slope=draw(st.floats(0.0, 0.1)), periods=tuple(periods)
    )


@given(fitted=models())
@drawn(50)
def test_survival_falls_with_time_and_rises_with_the_score(fitted: Fitted) -> None:
    curve = survival(fitted, np.linspace(0.0, 100.0, 21))
    assert np.all(np.diff(curve, axis=1) <= 0.0) and np.all(np.diff(curve, axis=0) >= -1e-12)
    days = np.full(21, 30 * curve.shape[1])
    np.testing.assert_allclose(by_day(curve, days), curve[:, -1])
    np.testing.assert_allclose(by_day(curve, np.zeros(21, dtype=np.int64)), 1.0)
    assert np.isnan(by_day(curve, days + 1)).all() and np.isnan(by_day(curve, days * 0 - 1)).all()
    left = median_left(curve)
    there = ~np.isnan(left)
    assert np.all(curve[~there][:, -1] > 0.5)


def test_half_are_gone_by_the_median() -> None:
    curve = np.array([[0.9, 0.6, 0.4], [0.5, 0.2, 0.1], [0.9, 0.9, 0.9]])
    left = median_left(curve)
    assert left[1] == pytest.approx(30.0) and np.isnan(left[2])
    assert 60.0 < left[0] < 90.0
    assert by_day(curve, np.array([75, 30, 90])) == pytest.approx([0.6 * (0.4 / 0.6) ** 0.5, 0.5, 0.9])


def test_expected_revenue_churn_lies_within_its_interval() -> None:
    generator = np.random.default_rng(0)
    curve: Floats = np.cumprod(generator.uniform(0.9, 1.0, (200, 12)), axis=1, dtype=np.float64)
    months = revenue_churn(curve, generator.uniform(10.0, 1000.0, 200))
    assert len(months) == 12
    assert all(0.0 <= month.low <= month.revenue <= month.high for month in months)
    assert revenue_churn(curve, np.full(200, np.nan))[0].revenue == 0.0


def test_drift_is_told_when_values_have_moved() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(50.0, 10.0, 5000)
    deciles = tuple(np.quantile(values, np.linspace(0.1, 0.9, 9)).tolist())
    same, moved = stability(deciles, values[:1000]), stability(deciles, values + 10.0)
    assert same < 0.1 and moved > 0.25
    assert not Drift({"score": same}).warnings and "score" in Drift({"score": moved}).warnings[0]
    assert np.isnan(stability(deciles, values[:10]))
