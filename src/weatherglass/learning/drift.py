"""Drift: how far what is seen now has moved from what a model, or a probability, was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from weatherglass.learning.probability import Probability
from weatherglass.signals.windows import Floats, Ints

MOVED = 0.25
"""Population stability index from which a distribution is another one; below 0.1 it is the same."""
FEWEST = 50
"""Values below which nothing is said."""
SURPRISING = 3.0
"""Standard errors between expected and seen churn from which a probability is off."""


@dataclass(frozen=True)
class Drift:
    """What has moved: `index` by name of the score or signal, and expected and seen churn since."""

    index: Mapping[str, float]
    expected: float = 0.0
    seen: int = 0
    rows: int = 0
    surprise: float = 0.0
    """Standard errors between both."""

    @property
    def warnings(self) -> list[str]:
        """What is to be looked at, in words."""
        moved = [name for name, index in self.index.items() if index >= MOVED]
        said = []
        if moved:
            said.append(f"{', '.join(moved)}: not as when it was made (stability index from {MOVED:g} on)")
        if abs(self.surprise) >= SURPRISING:
            said.append(f"{self.seen} churned where {self.expected:.0f} were expected since: calibrate again")
        return said


def stability(deciles: tuple[float, ...], values: Floats) -> float:
    """The population stability index of values against the deciles of what they were; NaN with too few values."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.asarray(deciles))
    if len(known) < FEWEST or not len(edges):
        return float("nan")
    then = np.diff(np.r_[0.0, np.searchsorted(np.asarray(deciles), edges, side="right") / (len(deciles) + 1), 1.0])
    now = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1) / len(known)
    p, q = np.maximum(then, 1e-3), np.maximum(now, 1e-3)
    return float(np.sum((q - p) * np.log(q / p)))


def surprise(found: Probability, score: Floats, label: Floats, account: Ints) -> tuple[float, int, float]:
    """Expected churn, seen churn, and the standard errors between them, of rows that came after the probability.

    Rows of one account say much the same: the spread is that of accounts.
    """
    chance = found(score)
    expected, seen = float(chance.sum()), int(label.sum())
    _, place = np.unique(account, return_inverse=True)
    left = np.bincount(place, label - chance)
    error = max(float(np.sum(left**2)), float(np.sum(chance * (1.0 - chance)))) ** 0.5
    return expected, seen, (seen - expected) / error if error > 0 else 0.0
