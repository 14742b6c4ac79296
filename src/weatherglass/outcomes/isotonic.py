"""Isotonic regression: the rising steps that fit best, by pooling neighbours that are out of order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weatherglass.signals.windows import Floats


@dataclass(frozen=True)
class Isotonic:
    """A rising function of risk: `rate` at `risk`, linear between, flat beyond."""

    risk: Floats
    rate: Floats

    def __call__(self, risk: Floats) -> Floats:
        return np.asarray(np.interp(risk, self.risk, self.rate))


def isotonic(risk: Floats, label: npt.NDArray[np.integer], weight: Floats | None = None) -> Isotonic:
    """Fit rates of 1-labels that never fall with rising risk. At least one row; no NaN.

    Method: pool adjacent violators (Ayer et al. 1955), rows of equal risk first pooled into one.
    """
    counted = np.ones(len(risk)) if weight is None else weight
    order = np.argsort(risk, kind="stable")
    ranked = risk[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    weights = np.add.reduceat(counted[order], starts)
    hits = np.add.reduceat((counted * (label == 1))[order], starts)
    pools: list[tuple[float, float, int]] = []
    for place in range(len(starts)):
        pool = (float(hits[place]), float(weights[place]), place)
        while pools and pools[-1][0] * pool[1] >= pool[0] * pools[-1][1]:
            before = pools.pop()
            pool = (before[0] + pool[0], before[1] + pool[1], before[2])
        pools.append(pool)
    first = np.array([pool[2] for pool in pools])
    last = np.r_[first[1:] - 1, len(starts) - 1]
    rate = np.array([pool[0] / pool[1] if pool[1] > 0 else 0.0 for pool in pools])
    values = ranked[starts]
    edges, kept = np.unique(np.stack([values[first], values[last]], axis=1).ravel(), return_index=True)
    return Isotonic(edges, np.repeat(rate, 2)[kept])
