"""Weights of dimensions fitted to outcomes: near to what they are, inside their bands, never negative."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from weatherglass.learning.logistic import chance, platt
from weatherglass.signals.windows import Floats

Bands = Mapping[str, tuple[float, float]]

SEED_BANDS: Bands = {
    "product_usage": (0.30, 0.35),
    "engagement_trends": (0.20, 0.25),
    "feature_adoption": (0.20, 0.25),
    "support_signals": (0.10, 0.15),
}
"""Shares of the score, 0 to 1."""
PULL = 0.5
"""Log loss that a weight pays for being 1 away from what it is now, squared."""
STEPS = (0.04, 0.01, 0.0025)
"""Shares that are moved from one dimension to another while that helps."""


@dataclass(frozen=True)
class Rows:
    """Scores of dimensions, `[rows]` each, NaN where null, with labels 1 or 0 and what each row counts."""

    dimensions: Mapping[str, Floats]
    label: Floats
    weight: Floats

    def score(self, weights: Mapping[str, float]) -> Floats:
        """The weighted score, the weight of what is null moved to the others."""
        total, held = np.zeros(len(self.label)), np.zeros(len(self.label))
        for name, weight in weights.items():
            values = self.dimensions[name]
            there = ~np.isnan(values)
            total += np.where(there, weight * np.nan_to_num(values), 0.0)
            held += weight * there
        return np.asarray(np.divide(total, held, out=np.full(len(held), np.nan), where=held > 0))


def banded(weights: Mapping[str, float], bands: Bands) -> dict[str, float]:
    """The nearest weights in the bands that sum to one. Errors: ValueError where the bands do not allow that."""
    low, high = _edges(weights, bands)
    if sum(low.values()) > 1.0 + 1e-9 or sum(high.values()) < 1.0 - 1e-9:
        raise ValueError("the bands leave no weights that sum to one: widen them")
    least, most = -1.0, 1.0
    for _ in range(100):
        shift = (least + most) / 2.0
        total = sum(min(high[name], max(low[name], weight + shift)) for name, weight in weights.items())
        least, most = (shift, most) if total < 1.0 else (least, shift)
    return {name: min(high[name], max(low[name], weight + shift)) for name, weight in weights.items()}


def fitted(rows: Rows, now: Mapping[str, float], bands: Bands) -> dict[str, float]:
    """Weights that foresee the labels best for how far they are from the present ones.

    now: present weights, summing to one. Method: descent on the logistic loss of the score, a share at a time.
    """
    low, high = _edges(now, bands)
    weights = banded(now, bands)
    best = _loss(rows, weights, now)
    for step in STEPS:
        improved = True
        while improved:
            improved = False
            for giver, taker in itertools.permutations(weights, 2):
                moved = {**weights, giver: weights[giver] - step, taker: weights[taker] + step}
                if moved[giver] < low[giver] - 1e-9 or moved[taker] > high[taker] + 1e-9:
                    continue
                loss = _loss(rows, moved, now)
                if loss < best - 1e-7:
                    weights, best, improved = moved, loss, True
    return weights


def _edges(weights: Mapping[str, float], bands: Bands) -> tuple[dict[str, float], dict[str, float]]:
    edges = {name: bands.get(name, (weight, weight)) for name, weight in weights.items()}
    return {name: edge[0] for name, edge in edges.items()}, {name: edge[1] for name, edge in edges.items()}


def _loss(rows: Rows, weights: Mapping[str, float], now: Mapping[str, float]) -> float:
    score = np.nan_to_num(rows.score(weights), nan=50.0)
    level, slope = platt(score, rows.label, rows.weight)
    held = np.clip(chance(level + min(slope, 0.0) * score), 1e-9, 1.0 - 1e-9)
    losses = -(rows.label * np.log(held) + (1.0 - rows.label) * np.log(1.0 - held))
    far = sum((weights[name] - now[name]) ** 2 for name in weights)
    return float(np.average(losses, weights=rows.weight)) + PULL * far * float(np.mean(rows.label))
