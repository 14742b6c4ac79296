"""What is fitted is additive, monotone where the sign is known, and silent where there is no evidence."""

from __future__ import annotations

import numpy as np
import pytest

from learning.tables import QUICK, table
from weatherglass.config.fitted import Fitted
from weatherglass.learning import fitting
from weatherglass.learning.methods import fit
from weatherglass.learning.table import Table
from weatherglass.learning.trial import trial
from weatherglass.scores.learned import worth
from weatherglass.signals.catalogue import BY_NAME

METHODS = ("learned", "hybrid", "hazard")


def score(found: Fitted, rows: Table) -> np.ndarray:
    total = found.prior * rows.prior
    for place, name in enumerate(rows.names):
        if name in found.curves:
            total = total + found.curves[name].weight * worth(found.curves[name], rows.x[:, place])
    return total / (found.prior + sum(curve.weight for curve in found.curves.values()))


@pytest.mark.parametrize("method", METHODS)
def test_the_score_says_the_log_odds(method: str) -> None:
    rows = table()
    made = fit(method, rows, QUICK)
    whole = rows.where(np.asarray(~np.isnan(rows.x).any(axis=1)))
    found = made.fitted
    np.testing.assert_allclose(found.level - found.slope * score(found, whole), made.risk(whole), atol=2e-4)
    assert score(found, whole).min() >= 0.0 and score(found, whole).max() <= 100.0 + 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_a_better_signal_is_never_worth_less_where_its_sign_is_known(method: str) -> None:
    curves = fit(method, table(), QUICK).fitted.curves
    assert curves["recency"].weight > curves["tenure"].weight if "tenure" in curves else True
    for name, curve in curves.items():
        assert BY_NAME[name].unsigned or np.all(np.diff(curve.points) >= 0.0), name
    assert not np.all(np.diff(curves["slope_quarter"].points) >= 0.0)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_model(method: str) -> None:
    assert fit(method, table(), QUICK).fitted == fit(method, table(), QUICK).fitted


def test_a_hybrid_without_evidence_is_the_weighted_score() -> None:
    few = table(accounts=60, rate=-7.5)
    assert 0 < few.churns < fitting.ENOUGH
    found = fit("hybrid", few, QUICK).fitted
    assert found.curves == {} and found.prior == 1.0
    assert not fitting.learnable(few)


def test_the_curves_of_a_hybrid_weigh_the_more_the_more_churned() -> None:
    weights = [1.0 - fit("hybrid", table(accounts=n), QUICK).fitted.prior for n in (60, 200, 800)]
    assert weights == sorted(weights) and weights[0] < weights[-1]


def halves(rows: Table) -> tuple[Table, Table]:
    return rows.where(rows.account % 2 == 0), rows.where(rows.account % 2 == 1)


def test_a_model_of_what_foresees_nothing_is_told_to_be_blind() -> None:
    learn, test = halves(table(strength=0.0, rate=-2.0))
    judged = trial(fit("learned", learn, QUICK).risk(test), test)
    assert judged is not None and "no signal" in judged.blind


def test_shuffled_labels_hold_no_signal() -> None:
    rows = table()
    shuffled = Table(**{**rows.__dict__, "label": np.random.default_rng(1).permutation(rows.label)})
    judged = [trial(fit("learned", one, QUICK).risk(other), other) for one, other in (halves(rows), halves(shuffled))]
    assert judged[0] is not None and judged[1] is not None
    assert not judged[0].blind and judged[0].measures["auc"].low > 0.65
    assert "no signal" in judged[1].blind


def test_the_hazards_of_periods_are_those_that_were() -> None:
    rows = table(accounts=800)
    made = fit("hazard", rows, QUICK)
    assert len(made.periods) == 3, "all churns lie within 90 days"
    first = 1.0 / (1.0 + np.exp(-(made.periods[0] + made.risk(rows) - made.model.level)))
    assert first.mean() == pytest.approx(np.mean(rows.ahead <= 30), abs=0.01)
