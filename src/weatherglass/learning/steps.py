"""Step functions of one number, and sums of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from weatherglass.signals.windows import Floats


@dataclass(frozen=True)
class Steps:
    """`values[i]` where i bounds lie strictly below a number; one value more than there are bounds."""

    bounds: Floats
    values: Floats

    def __call__(self, x: Floats) -> Floats:
        """Values of numbers; 0 where one is NaN."""
        found = self.values[np.searchsorted(self.bounds, x, side="left")]
        return np.where(np.isnan(x), 0.0, found)

    @property
    def reach(self) -> float:
        """The distance from the lowest value to the highest."""
        return float(self.values.max() - self.values.min())

    def shifted(self, by: float) -> Steps:
        return Steps(self.bounds, self.values + by)

    def plus(self, other: Steps) -> Steps:
        """The sum of both."""
        bounds = np.union1d(self.bounds, other.bounds)
        return Steps(bounds, np.r_[self(bounds) + other(bounds), self.values[-1] + other.values[-1]])

    def times(self, factor: float) -> Steps:
        return Steps(self.bounds, self.values * factor)


FLAT = Steps(np.zeros(0), np.zeros(1))


def summed(parts: Iterable[tuple[float, float, float]]) -> Steps:
    """The sum of single steps, each a bound with the value up to it and the value beyond."""
    listed = sorted(parts)
    if not listed:
        return FLAT
    bounds, place = np.unique(np.array([bound for bound, _, _ in listed]), return_inverse=True)
    rises = np.bincount(place, weights=[above - below for _, below, above in listed], minlength=len(bounds))
    base = float(sum(below for _, below, _ in listed))
    return Steps(bounds, base + np.r_[0.0, np.cumsum(rises)])
