"""The scalings that can be put on any signal by name: percentile, range, steps (section 5)."""

from __future__ import annotations

from collections.abc import Sequence

from .card import Scaling
from .numbers import Measured, clamp


def percentile(x: float, cohort: Sequence[float]) -> float:
    """100 * the share of the cohort (the account included) below x plus half of the ties."""
    below = len([other for other in cohort if other < x])
    ties = len([other for other in cohort if other == x])
    return 100 * (below + ties / 2) / len(cohort)


def linear(x: float, low: float, high: float) -> float:
    """0 at `low`, 100 at `high`, linear between, clamped."""
    return 100 * clamp((x - low) / (high - low), 0.0, 1.0)


def steps(x: float, bounds: Sequence[tuple[float, float]]) -> float:
    """The score of the highest bound reached, 0 below the lowest."""
    reached = [(bound, score) for bound, score in bounds if x >= bound]
    return max(reached)[1] if reached else 0.0


def counts(measured: Measured) -> bool:
    """Whether x exists for these scalings: there is a value, and the signal's own rule does not make it null."""
    return measured.value is not None and measured.score is not None


def rescaled(scaling: Scaling, measured: Measured, cohort: Sequence[float]) -> float | None:
    """The score of a signal under its scaling; where x does not exist the signal's own rule stands.

    `cohort` holds x of every account of the cohort for which it exists.
    """
    if isinstance(scaling, str) or not counts(measured):
        return measured.score
    x = measured.value
    assert x is not None
    if scaling[0] == "percentile":
        return percentile(x, cohort)
    if scaling[0] == "range":
        return linear(x, scaling[1], scaling[2])
    assert scaling[0] == "steps", scaling
    return steps(x, scaling[1])
