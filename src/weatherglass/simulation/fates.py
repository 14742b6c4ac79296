"""Fates: how the use and the mood of an account move over the days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["stable", "growing", "declining", "sudden", "returning", "shrinking", "seasonal"]
Knots = tuple[tuple[float, float], ...]

SHARES: dict[Kind, float] = {
    "stable": 0.55,
    "growing": 0.11,
    "declining": 0.12,
    "sudden": 0.06,
    "returning": 0.06,
    "shrinking": 0.06,
    "seasonal": 0.04,
}
"""How many of the accounts without a story have which fate."""

_LOST = 0.12
"""Level of use on which a declining account lives its last days."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an account. Days count from 0, the first day of the history, and may lie outside it."""

    kind: Kind = "stable"
    use: Knots = ((0.0, 1.0),)
    """(day, level) points of the use, straight lines between them; 1 is the account's usual use."""
    mood: Knots = ((0.0, 0.8),)
    """(day, mood) points; 1 is delighted, 0 is furious. Tickets, surveys and meetings follow it."""
    churned: int | None = None
    """The day on which the customer is gone."""
    swing: float = 0.0
    """Half of the yearly swing of the use, as a share of the usual."""
    low_day: int = 0
    """A day in the middle of the yearly low."""
    grows: tuple[int, int] | None = None
    """The days between which seats and people are added."""
    shrinks: int | None = None
    """The day from which seats are given back at the next renewal."""

    @property
    def foreseeable(self) -> bool:
        """Whether the account's behaviour tells of the churn before it comes."""
        return self.churned is not None and self.kind != "sudden"

    def use_by_day(self, days: int) -> NDArray[np.float64]:
        """Level of use on each day of the history; 0 from the churn on."""
        day = np.arange(days, dtype=np.float64)
        level = np.interp(day, [at for at, _ in self.use], [value for _, value in self.use])
        level *= 1.0 - self.swing * np.cos(2.0 * np.pi * (day - self.low_day) / 365.0)
        if self.churned is not None:
            level[max(0, self.churned) :] = 0.0
        return level

    def mood_by_day(self, days: int) -> NDArray[np.float64]:
        day = np.arange(days, dtype=np.float64)
        return np.interp(day, [at for at, _ in self.mood], [value for _, value in self.mood])

    def mood_on(self, day: float) -> float:
        return float(np.interp(day, [at for at, _ in self.mood], [value for _, value in self.mood]))

    def gone_by(self, day: int) -> bool:
        return self.churned is not None and self.churned <= day

    def trend_on(self, days: int) -> NDArray[np.float64]:
        """The level without the season: how much of the account's usual interest is left on each day, at most 1."""
        day = np.arange(days, dtype=np.float64)
        return np.minimum(1.0, np.interp(day, [at for at, _ in self.use], [value for _, value in self.use]))


def declining(start: int, churned: int, mood: float = 0.8, sooner: int = 20) -> Fate:
    """Use falls in a straight line from `start` until the customer leaves; the mood falls `sooner` days before."""
    return Fate(
        kind="declining",
        use=((start, 1.0), (churned - 10, _LOST), (churned, _LOST)),
        mood=((start - sooner, mood), (start + (churned - start) * 0.6, 0.2)),
        churned=churned,
    )


def draw_fate(days: int, created: int, rng: np.random.Generator) -> Fate:
    """The fate of an account without a story, for a history of `days` days.

    Of the churns about two in three are foreseeable: use and mood decline 45 to 150 days before.
    The others ("sudden": a budget cut, a merger) come out of unchanged behaviour and nobody can foresee them.
    A churn may lie up to 60 days after the history: then only the decline is to be seen.
    """
    kind = list(SHARES)[int(rng.choice(len(SHARES), p=list(SHARES.values())))]
    mood = float(np.clip(rng.normal(0.78, 0.1), 0.45, 0.98))
    calm: Knots = ((0.0, mood),)
    settled = max(created, 0) + 75
    if settled >= days and kind != "growing":
        return Fate("stable", mood=calm)
    match kind:
        case "declining":
            churned = int(rng.integers(min(settled + 30, days), days + 60))
            start = max(churned - int(rng.integers(45, 150)), settled - 40)
            return declining(start, churned, mood, int(rng.integers(5, 40)))
        case "sudden":
            return Fate(kind, mood=calm, churned=int(rng.integers(settled, days + 60)))
        case "returning":
            start = int(rng.integers(settled, days + 1))
            gone = int(rng.integers(35, 80))
            low = float(rng.uniform(0.03, 0.2))
            return Fate(kind, ((start, 1.0), (start + 14, low), (start + gone, low), (start + gone + 20, 0.95)), calm)
        case "shrinking":
            start = int(rng.integers(settled, days + 1))
            mood_knots = ((start, mood), (start + 60, mood - 0.2))
            return Fate(kind, ((start, 1.0), (start + 60, 0.5)), mood_knots, shrinks=start + 60)
        case "growing":
            start = int(rng.integers(max(created, 0), days))
            return Fate(kind, ((start, 1.0), (start + 150, 1.15)), calm, grows=(start, start + 150))
        case "seasonal":
            return Fate(kind, mood=calm, swing=float(rng.uniform(0.35, 0.65)), low_day=int(rng.integers(0, 365)))
        case _:
            return Fate("stable", mood=calm)
