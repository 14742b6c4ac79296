"""Additive models of the log-odds of churn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from weatherglass.learning.logistic import chance
from weatherglass.learning.steps import Steps
from weatherglass.learning.table import Table
from weatherglass.signals.windows import Floats


@dataclass(frozen=True)
class Additive:
    """Log-odds of churn: `level`, less `slope` times the weighted score, plus a step function of each signal."""

    level: float
    slope: float
    steps: dict[str, Steps]


def risk(model: Additive, table: Table) -> Floats:
    """Log-odds of churn of a table's rows; a signal that is null adds nothing."""
    total = model.level - model.slope * table.prior
    for place, name in enumerate(table.names):
        if name in model.steps:
            total = total + model.steps[name](table.x[:, place])
    return np.asarray(total)


def centred(model: Additive, table: Table) -> Additive:
    """The same with curves that are 0 on average over the rows, so that one that is null is neither good nor bad."""
    steps, level = {}, model.level
    for place, name in enumerate(table.names):
        known = table.x[:, place][~np.isnan(table.x[:, place])]
        if name in model.steps and len(known):
            mean = float(np.mean(model.steps[name](known)))
            steps[name], level = model.steps[name].shifted(-mean), level + mean
    return Additive(level, model.slope, steps)


def levelled(model: Additive, table: Table) -> Additive:
    """The same at the level at which the mean chance of a table's rows is the share of them that churned."""
    added = risk(replace(model, level=0.0), table)
    return replace(model, level=level_at(added, float(np.average(table.label, weights=table.weight)), table.weight))


def level_at(added: Floats, rate: float, weight: Floats | None = None) -> float:
    """The level at which the mean chance is a rate."""
    low, high = -30.0, 30.0
    for _ in range(80):
        middle = (low + high) / 2.0
        under = float(np.average(chance(added + middle), weights=weight)) < rate
        low, high = (middle, high) if under else (low, middle)
    return (low + high) / 2.0
