"""Measures agree with their plain definitions, for any rows, ties and weights."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from outcomes import plainly
from outcomes.plainly import Rows
from weatherglass.outcomes import bootstrap
from weatherglass.outcomes.bootstrap import Draws, Estimate, auc_difference, ranking_estimates, sample
from weatherglass.outcomes.metrics import Caught, Flags, Ranking

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 3)), min_size=1, max_size=25)


def caught(rows: Rows) -> Caught:
    risk, churned, weight = (np.array(column) for column in zip(*rows, strict=True))
    return Caught.of(Ranking.of(risk.astype(float), churned), weight[None, :].astype(float))


def same(one: float, other: float) -> bool:
    return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, abs_tol=1e-9)


@given(ROWS)
@drawn(200)
def test_they_are_what_they_are_defined_to_be(rows: Rows) -> None:
    found = {name: float(values[0]) for name, values in caught(rows).measures().items()}
    assert same(found["auc"], plainly.auc(rows))
    assert same(found["average_precision"], plainly.average_precision(rows))
    for percent in (5, 10, 20):
        assert same(found[f"capture_{percent}"], plainly.capture(rows, Fraction(percent, 100)))
    assert same(found["flag_80"], plainly.flagged(rows, Fraction(4, 5)))


@given(ROWS, st.randoms(use_true_random=False))
@drawn(50)
def test_the_order_of_rows_means_nothing(rows: Rows, random: object) -> None:
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = caught(rows).measures(), caught(shuffled).measures()
    assert all(same(float(one[name][0]), float(other[name][0])) for name in one)


@given(ROWS)
@drawn(50)
def test_a_row_of_weight_three_is_three_rows(rows: Rows) -> None:
    several = [(risk, churned, 1) for risk, churned, weight in rows for _ in range(weight)]
    if several:
        one, other = caught(rows).measures(), caught(several).measures()
        assert all(same(float(one[name][0]), float(other[name][0])) for name in one)


@given(ROWS, st.integers(0, 5))
@drawn(100)
def test_what_a_line_flags(rows: Rows, line: int) -> None:
    risk, churned, weight = (np.array(column) for column in zip(*rows, strict=True))
    flags = Flags.of(risk >= line, churned, weight.astype(float))
    found = {name: float(v[0]) for name, v in flags.measures(flags.amounts.sum(axis=0, keepdims=True)).items()}
    red = [(w, c) for r, c, w in rows if r >= line]
    assert same(found["capture_red"], plainly.share([w * c for w, c in red], [w * c for _, c, w in rows]))
    assert same(found["precision_red"], plainly.share([w * c for w, c in red], [w for w, _ in red]))
    stayed = [w * (1 - c) for _, c, w in rows]
    assert same(found["false_alarm_red"], plainly.share([w * (1 - c) for w, c in red], stayed))
    assert same(found["share_red"], plainly.share([w for w, _ in red], [w for *_, w in rows]))


def test_a_missing_risk_is_the_least() -> None:
    ranking = Ranking.of(np.array([np.nan, 1.0, -5.0]), np.array([0, 1, 0]))
    assert ranking.order.tolist() == [1, 2, 0]


def test_without_a_churn_nothing_is_defined() -> None:
    found = ranking_estimates(np.arange(4.0), np.zeros(4, np.int8), np.arange(4))
    assert all(math.isnan(one.value) and math.isnan(one.low) for one in found.values())
    assert found["auc"].holds(0.5), "and no interval tells against anything"


# Intervals


def made_up(rows: int, accounts: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    account = random.integers(0, accounts, rows)
    churned = (random.random(rows) < 0.1).astype(np.int8)
    return np.round(random.normal(size=rows) + churned, 1), churned, account


def test_a_draw_is_a_panel_of_the_accounts_drawn() -> None:
    """Every draw gives what the rows of its accounts give, each as often as it was drawn."""
    risk, churned, account = made_up(120, 15)
    draws = Draws.of(account, draws=8)
    found = sample(risk, churned, draws, red=risk > 1)
    _, place = np.unique(account, return_inverse=True)
    assert draws.counts.sum(axis=1).tolist() == [15] * 8
    for number, counts in enumerate(draws.counts):
        rows = [int(row) for row in range(120) for _ in range(counts[place[row]])]
        ranking = Ranking.of(risk[rows], churned[rows])
        plain = Caught.of(ranking, np.ones((1, len(rows)))).measures()
        flags = Flags.of(risk[rows] > 1, churned[rows], np.ones(len(rows)))
        plain |= flags.measures(flags.amounts.sum(axis=0, keepdims=True))
        for name, values in plain.items():
            assert same(float(values[0]), float(found.drawn[name][number])), name


def test_many_rows_are_drawn_in_groups_to_the_same_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    risk, churned, account = made_up(4000, 300)
    weight = np.random.default_rng(2).random(4000)
    exact = ranking_estimates(risk, churned, account, weight)
    monkeypatch.setattr(bootstrap, "EXACT_ROWS", 0)
    grouped = ranking_estimates(risk, churned, account, weight)
    for name, one in exact.items():
        assert one.value == grouped[name].value
        assert grouped[name].low == pytest.approx(one.low, abs=0.004), name
        assert grouped[name].high == pytest.approx(one.high, abs=0.004), name


def test_the_same_rows_give_the_same_intervals() -> None:
    risk, churned, account = made_up(500, 50)
    assert ranking_estimates(risk, churned, account) == ranking_estimates(risk, churned, account)


def test_rows_of_one_account_are_drawn_together() -> None:
    """Ten copies of every row are no more evidence than one."""
    risk, churned, account = made_up(200, 200)
    one = ranking_estimates(risk, churned, account)["auc"]
    copies = ranking_estimates(np.tile(risk, 10), np.tile(churned, 10), np.tile(account, 10))["auc"]
    alone = ranking_estimates(np.tile(risk, 10), np.tile(churned, 10), np.arange(2000))["auc"]
    assert (copies.low, copies.high) == pytest.approx((one.low, one.high), abs=1e-9)
    assert alone.high - alone.low < 0.5 * (one.high - one.low)


def test_the_interval_is_about_as_wide_as_the_measure_varies() -> None:
    """Of many samples of the same population, about 95 in 100 have the true value in their interval."""
    truth = ranking_estimates(*made_up(200_000, 200_000, seed=99))["auc"].value
    held = 0
    for seed in range(60):
        found = ranking_estimates(*made_up(300, 300, seed=seed))["auc"]
        held += found.low <= truth <= found.high
    assert held >= 51


def test_a_difference_is_that_of_the_same_draws() -> None:
    risk, churned, account = made_up(600, 60)
    assert auc_difference(risk, risk, churned, account) == Estimate(0.0, 0.0, 0.0)
    better = auc_difference(risk + 3.0 * churned, risk, churned, account)
    assert better.low > 0


def test_numbers_of_too_few_are_left_out() -> None:
    one = Estimate(0.7, 0.6, float("nan"))
    assert one.to_json() == {"value": 0.7, "low": 0.6, "high": None}
    assert one.to_json(interval_only=True) == {"value": None, "low": 0.6, "high": None}
