"""Time to churn: the chance to be lost in each 30 days ahead, given that the account is still there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from weatherglass.learning.additive import Additive, centred, level_at, risk
from weatherglass.learning.boosting import Examples, Recipe, boosted
from weatherglass.learning.table import USUAL, Table
from weatherglass.signals.windows import Bools, Floats

PERIOD = 30
"""Days."""
MOST = 12
"""Periods ahead."""
FEWEST = 5
"""Churns in a period without which it and those after it are not foreseen."""
BAGS = 2


@dataclass(frozen=True)
class Period:
    """Rows that were still there when a period began and were followed to its end, and which were lost in it."""

    rows: Bools
    lost: Floats


def hazard(table: Table, recipe: Recipe) -> tuple[Additive, tuple[float, ...]]:
    """An additive model of the signals, and the log-odds of each period that come to it. At least one churn.

    Method: a discrete-time hazard (Cox 1972, Allison 1982): one logistic model of accounts by periods, those that are
    followed no further left out from there on.
    """
    thin = _thinned(table)
    periods = list(_periods(thin))
    rates = [_log_odds(float(period.lost.mean())) for period in periods]
    examples = Examples(
        names=thin.names,
        x=np.concatenate([thin.x[period.rows] for period in periods]),
        label=np.concatenate([period.lost for period in periods]),
        weight=np.ones(sum(int(period.rows.sum()) for period in periods)),
        account=np.concatenate([thin.account[period.rows] for period in periods]),
        start=np.concatenate(
            [np.full(int(period.rows.sum()), rate) for period, rate in zip(periods, rates, strict=True)]
        ),
    )
    steps = boosted(examples, replace(recipe, bags=min(recipe.bags, BAGS)))
    model = centred(Additive(0.0, 0.0, steps), thin)
    curves = replace(model, level=0.0)
    added = risk(curves, thin)
    levels = tuple(level_at(added[period.rows], float(period.lost.mean())) for period in periods)
    return replace(curves, level=level_at(added, float(np.mean(thin.label)))), levels


def _thinned(table: Table) -> Table:
    """About one row of an account in four weeks: periods of dense rows would mostly say the same."""
    days = np.unique(table.day)
    step = max(1, round(USUAL / float(np.diff(days).min()))) if len(days) > 1 else 1
    return table.where(np.isin(table.day, days[::step]))


def _periods(table: Table) -> list[Period]:
    found = []
    ahead = np.where(np.isnan(table.ahead), np.inf, table.ahead)
    for number in range(MOST):
        begin, end = PERIOD * number, PERIOD * (number + 1)
        lost = (ahead > begin) & (ahead <= end)
        rows = (ahead > begin) & ((table.followed >= end) | lost)
        if number and lost.sum() < FEWEST:
            break
        found.append(Period(rows, lost[rows].astype(np.float64)))
    return found


def _log_odds(rate: float) -> float:
    held = min(max(rate, 1e-5), 1.0 - 1e-5)
    return float(np.log(held / (1.0 - held)))
