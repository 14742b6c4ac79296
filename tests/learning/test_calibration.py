"""Lines, weights and probabilities keep to their rules whatever the data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.learning.logistic import chance, platt
from weatherglass.learning.probability import probability
from weatherglass.learning.thresholds import calm_line, flagged, green_line, red_line
from weatherglass.learning.weights import SEED_BANDS, Rows, banded, fitted

SEEDS = st.integers(0, 10_000)


def rows(seed: int, number: int = 400) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    score = np.round(generator.uniform(0.0, 100.0, number), int(generator.integers(0, 3)))
    label = (generator.random(number) < chance(0.5 - 0.05 * score)).astype(np.float64)
    label[0] = 1.0
    return score, label


@given(seed=SEEDS, capture=st.floats(0.1, 1.0))
@drawn(100)
def test_red_is_the_lowest_line_that_holds_enough(seed: int, capture: float) -> None:
    score, label = rows(seed)
    line = red_line(score, label, capture, int(label.sum()), sure=0.0)
    assert line == pytest.approx(round(line, 1))
    if line < 100.0:
        assert flagged(score, label, line).capture >= capture - 1e-9
    assert flagged(score, label, line - 0.2).capture < capture or line <= 0.2
    assert red_line(score, label, capture, int(label.sum())) >= line


@given(seed=SEEDS)
@drawn(50)
def test_green_lies_above_red(seed: int) -> None:
    score, label = rows(seed)
    red = min(90.0, red_line(score, label, 0.8, int(label.sum())))
    assert red < calm_line(score, label, red) <= 100.0
    line = green_line(score, 1.0 - label, red)
    assert line is None or red < line <= 100.0


def test_green_parts_what_was_bought_more() -> None:
    score = np.linspace(0.0, 100.0, 1001)
    assert green_line(score, (score >= 70.0).astype(float), 40.0) == pytest.approx(70.0)
    assert green_line(score, np.zeros(1001), 40.0) is None
    assert green_line(score, (score < 20.0).astype(float), 40.0) is None


@given(seed=SEEDS)
@drawn(20)
def test_weights_stay_in_their_bands_and_sum_to_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    now = {"product_usage": 0.30, "engagement_trends": 0.25, "feature_adoption": 0.25, "support_signals": 0.20}
    dimensions = {name: generator.uniform(0.0, 100.0, 200) for name in now}
    dimensions["support_signals"] = np.full(200, np.nan)
    label = (generator.random(200) < chance(-0.04 * dimensions["feature_adoption"])).astype(np.float64)
    for found in (banded(now, SEED_BANDS), fitted(Rows(dimensions, label, np.ones(200)), now, SEED_BANDS)):
        assert math.fsum(found.values()) == pytest.approx(1.0)
        for name, weight in found.items():
            low, high = SEED_BANDS[name]
            assert low - 1e-9 <= weight <= high + 1e-9


def test_weights_move_toward_what_foresees() -> None:
    generator = np.random.default_rng(0)
    dimensions = {name: generator.uniform(0.0, 100.0, 3000) for name in ("product_usage", "engagement_trends")}
    label = (generator.random(3000) < chance(1.0 - 0.08 * dimensions["engagement_trends"])).astype(np.float64)
    now, bands = {"product_usage": 0.5, "engagement_trends": 0.5}, dict.fromkeys(dimensions, (0.3, 0.7))
    assert fitted(Rows(dimensions, label, np.ones(3000)), now, bands)["engagement_trends"] == pytest.approx(0.7)


def test_bands_that_cannot_sum_to_one_are_told() -> None:
    with pytest.raises(ValueError, match="widen"):
        banded({"product_usage": 0.5, "engagement_trends": 0.5}, {"product_usage": (0.1, 0.2)})


@given(seed=SEEDS)
@drawn(20)
def test_a_higher_score_never_means_more_churn(seed: int) -> None:
    learn, test = rows(seed), rows(seed + 1)
    found = probability(learn, test, learn, 90)
    if found is None:
        assert min(learn[1].sum(), test[1].sum()) < 20 or test[1].all()
        return
    chances = found(np.linspace(0.0, 100.0, 501))
    assert np.all(np.diff(chances) <= 1e-12) and 0.0 <= chances.min() <= chances.max() <= 1.0
    assert np.isnan(found(np.array([np.nan]))).all()


def test_the_line_of_log_odds_is_found_again() -> None:
    generator = np.random.default_rng(0)
    x = generator.uniform(0.0, 100.0, 50_000)
    label = (generator.random(50_000) < chance(1.0 - 0.05 * x)).astype(np.float64)
    level, slope = platt(x, label)
    assert level == pytest.approx(1.0, abs=0.1) and slope == pytest.approx(-0.05, abs=0.003)
