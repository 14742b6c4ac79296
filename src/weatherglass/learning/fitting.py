"""Fitting the methods that learn: from a table to the curves that a scorecard carries."""

from __future__ import annotations

import numpy as np

from weatherglass.config.fitted import Curve, Fitted
from weatherglass.learning.additive import Additive, centred, levelled
from weatherglass.learning.boosting import Examples, Recipe, boosted
from weatherglass.learning.hazard import hazard
from weatherglass.learning.logistic import platt
from weatherglass.learning.steps import Steps
from weatherglass.learning.table import Table
from weatherglass.signals.windows import Floats

ENOUGH = 20
"""Churns below which nothing is learned: the score stays the weighted one, and says so."""
HALF = 20
"""Churns at which a hybrid's curves count as much as its weighted score."""
DECIMALS = 6
"""Digits that are kept of points and weights."""


def learned(table: Table, recipe: Recipe) -> Additive:
    """Curves alone: the mean of those of churn within the horizon and those of the time to churn.

    The first know what is asked for, the second have more to learn from, for they also see the churns that came later.
    At least one churn and one account that stayed.
    """
    within, later = _within(table, recipe), hazard(table, recipe)[0]
    steps = {name: within.steps[name].plus(later.steps[name]).times(0.5) for name in within.steps}
    return levelled(Additive(0.0, 0.0, steps), table)


def _within(table: Table, recipe: Recipe) -> Additive:
    """The curves of churn within the horizon."""
    level = _log_odds(table)
    return centred(Additive(level, 0.0, boosted(_examples(table, np.full(len(table), level)), recipe)), table)


def hybrid(table: Table, recipe: Recipe) -> Additive:
    """The log-odds by the weighted score, and those by learned curves, which count for more the more churns there are.

    The curves have n / (n + `HALF`) of it at n churns, and nothing below `ENOUGH`.
    """
    level, slope = platt(table.prior, table.label, table.weight)
    # a score that is higher where more churn is no prior
    slope = min(slope, -1e-4)
    if table.churns < ENOUGH:
        return Additive(level, -slope, {})
    trust = table.churns / (table.churns + HALF)
    curves = learned(table, recipe)
    return Additive(
        level=(1.0 - trust) * level + trust * curves.level,
        slope=-(1.0 - trust) * slope,
        steps={name: steps.times(trust) for name, steps in curves.steps.items()},
    )


def fitted(model: Additive, periods: tuple[float, ...] = ()) -> Fitted:
    """The same as points from 0 to 100: the range of each part is its weight, its lowest log-odds 100 points."""
    reach = {name: steps.reach for name, steps in model.steps.items() if round(steps.reach, DECIMALS) > 0}
    total = 100.0 * model.slope + sum(reach.values())
    if total == 0.0:
        return Fitted(prior=1.0, curves={}, level=model.level, slope=0.0, periods=periods)
    lowest = sum(float(model.steps[name].values.max()) for name in reach)
    lowest += sum(float(steps.values[0]) for name, steps in model.steps.items() if name not in reach)
    return Fitted(
        prior=round(100.0 * model.slope / total, DECIMALS),
        curves={name: _curve(model.steps[name], reach[name] / total) for name in sorted(reach)},
        level=model.level + lowest,
        slope=total / 100.0,
        periods=tuple(period + lowest for period in periods),
    )


def _curve(steps: Steps, weight: float) -> Curve:
    points = np.round(100.0 * (steps.values.max() - steps.values) / steps.reach, DECIMALS)
    changes = np.flatnonzero(np.diff(points) != 0)
    return Curve(
        weight=round(weight, DECIMALS),
        bounds=tuple(steps.bounds[changes].tolist()),
        points=tuple(points[np.r_[changes, len(points) - 1]].tolist()),
    )


def _examples(table: Table, start: Floats) -> Examples:
    return Examples(table.names, table.x, table.label, table.weight, table.account, start)


def _log_odds(table: Table) -> float:
    yes, everyone = float(np.sum(table.weight * table.label)), float(np.sum(table.weight))
    return float(np.log((yes + 0.5) / (everyone - yes + 0.5)))


def learnable(table: Table) -> bool:
    """Whether there are churns enough, and accounts that stayed."""
    return table.churns >= ENOUGH and bool(np.any(table.label == 0))
