"""The few formulas that several rules share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One signal of one account on one day."""

    value: float | None = None
    baseline: float | None = None
    score: float | None = None
    """0..100; None where the signal is null."""


NOTHING = Measured()


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return sum(values) / len(values)


def median(values: Sequence[float]) -> float:
    """The middle value of at least one; of an even number, the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def population_sd(values: Sequence[float]) -> float:
    """The standard deviation that divides by the number of values."""
    middle = mean(values)
    return (sum((value - middle) ** 2 for value in values) / len(values)) ** 0.5  # type: ignore[no-any-return]


def clamp(value: float, low: float, high: float) -> float:
    """The value, not below `low` nor above `high`."""
    return max(low, min(high, value))


def falling(value: float, full: float, nothing: float) -> float:
    """100 up to `full`, 0 from `nothing` on, linear between."""
    if value <= full:
        return 100.0
    if value >= nothing:
        return 0.0
    return 100 * (nothing - value) / (nothing - full)


def change_score(change: float) -> float:
    """Piecewise linear through (-0.20, 0), (0, 50), (0.20, 100), flat outside."""
    if change <= -0.20:
        return 0.0
    if change >= 0.20:
        return 100.0
    return 50 + 50 * change / 0.20


def mood_score(mood: float) -> float:
    """-1..1 -> 0..100."""
    return (mood + 1) / 2 * 100


def reaches(value: float, line: float) -> bool:
    """Whether the value is at or above the line; both rounded to 9 decimals (section 3)."""
    return round(value, 9) >= round(line, 9)
