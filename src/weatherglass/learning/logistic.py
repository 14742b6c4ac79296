"""Logistic regression on one number."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.windows import Floats

ROUNDS = 50


def platt(x: Floats, label: Floats, weight: Floats | None = None, ridge: float = 1e-3) -> tuple[float, float]:
    """Level and slope of the log-odds, `level + slope * x`; at least one label of each kind for a slope.

    Method: Newton's, with Platt's (1999) targets, which keep few labels from saying 0 or 1, and a ridge on the slope
    of standardised x.
    """
    counted = np.ones(len(x)) if weight is None else weight
    yes, no = float(np.sum(counted * label)), float(np.sum(counted * (1.0 - label)))
    target = np.where(label > 0, (yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0))
    spread = float(np.std(x)) or 1.0
    middle = float(np.mean(x)) if len(x) else 0.0
    z = (x - middle) / spread
    level, slope = float(np.log((yes + 1.0) / (no + 1.0))), 0.0
    for _ in range(ROUNDS):
        rate = 1.0 / (1.0 + np.exp(-(level + slope * z)))
        bend = counted * rate * (1.0 - rate)
        error = counted * (target - rate)
        pull = np.array([error.sum(), (error * z).sum() - ridge * slope])
        curve = np.array([[bend.sum() + 1e-9, (bend * z).sum()], [(bend * z).sum(), (bend * z * z).sum() + ridge]])
        step = np.clip(np.linalg.solve(curve, pull), -2.0, 2.0)
        level, slope = level + float(step[0]), slope + float(step[1])
        if float(np.abs(step).max()) < 1e-10:
            break
    return level - slope * middle / spread, slope / spread


def chance(log_odds: Floats) -> Floats:
    """The probability that log-odds stand for."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))
