"""What moved a score between two days (section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Change:
    """The lines that add up to the change of a score."""

    unscored: tuple[str, ...] = ()
    """Which of "before" and "after" is unscored; then there is no change to split."""
    card: float = 0.0
    """The old day scored with the new card, less the old day scored with the old one. Comes first."""
    signals: dict[tuple[str, str], float] = field(default_factory=dict)
    """(dimension, signal) -> (w + w')/2 * (s' - s)."""
    weights: float = 0.0
    """sum (w' - w) * (s + s')/2: the moved weights."""

    @property
    def total(self) -> float:
        """The change of the score."""
        return self.card + sum(self.signals.values()) + self.weights


Rows = Sequence[dict[str, Any]]
"""The signal rows of one account and day."""


def split_change(before_rows: Rows, after_rows: Rows, before_with_new_card: Rows | None = None) -> Change:
    """Split the change between two days of an account, given the signal rows of both.

    When the card changed in between, `before_with_new_card` holds the old day's rows under the new card.
    """
    start = before_rows if before_with_new_card is None else before_with_new_card
    unscored = []
    if not is_scored(before_rows) or not is_scored(start):
        unscored.append("before")
    if not is_scored(after_rows):
        unscored.append("after")
    if unscored:
        return Change(unscored=tuple(unscored))

    old, new = _by_signal(start), _by_signal(after_rows)
    signals: dict[tuple[str, str], float] = {}
    moved = 0.0
    for name in dict.fromkeys([*old, *new]):
        w, s = old.get(name, (0.0, None))
        w_new, s_new = new.get(name, (0.0, None))
        if s is None and s_new is None:
            continue
        # A missing score is taken equal to the other.
        s = s_new if s is None else s
        s_new = s if s_new is None else s_new
        assert s is not None
        assert s_new is not None
        signals[name] = (w + w_new) / 2 * (s_new - s)
        moved += (w_new - w) * (s + s_new) / 2
    return Change(card=score_of(start) - score_of(before_rows), signals=signals, weights=moved)


def is_scored(rows: Rows) -> bool:
    """Whether the day has a score: its signals have weights."""
    return any(row["weight"] is not None for row in rows)


def score_of(rows: Rows) -> float:
    """The score of a scored day: the sum of the contributions."""
    return sum((row["contribution"] for row in rows if row["contribution"] is not None), 0.0)


def _by_signal(rows: Rows) -> dict[tuple[str, str], tuple[float, float | None]]:
    """Weight (0 where there is none) and score of each signal."""
    return {(row["dimension"], row["signal"]): (row["weight"] or 0.0, row["score"]) for row in rows}
