"""How well a ranking foresees: measures of many weightings of the same rows at once, so that bootstraps are cheap.

Shapes: `risk`, `label`, `red` are `[rows]`; weights are `[draws, rows]` and results `[draws]`. A result is NaN where
it is not defined: without a churn, or with nothing but churns. Rows of equal risk are in no order: what is counted
part way through them is counted in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weatherglass.signals.windows import Bools, Floats, Ints

LOWEST = (0.05, 0.10, 0.20)
"""Shares of the rows, the worst first, whose share of the churn is asked for."""
CAUGHT = 0.8
"""The share of the churn of which it is asked how many rows one must flag to catch it."""


@dataclass(frozen=True)
class Ranking:
    """Rows from the highest risk to the lowest, in groups of equal risk."""

    order: Ints
    ends: Ints
    """The place of the last row of each group, in that order."""
    churned: Floats
    """1 or 0, in that order."""

    @classmethod
    def of(cls, risk: Floats, label: npt.NDArray[Any]) -> Ranking:
        """risk: higher is worse, NaN the least. label: 1 or 0."""
        known = np.where(np.isnan(risk), -np.inf, risk)
        order = np.argsort(-known, kind="stable")
        ranked = known[order]
        ends = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True]) if len(ranked) else np.zeros(0, dtype=np.int64)
        return cls(order, ends, np.asarray(label[order] == 1, dtype=np.float64))


@dataclass(frozen=True)
class Caught:
    """Running weight of churns and of all rows after each group: `[draws, groups]`."""

    churned: Floats
    rows: Floats

    @classmethod
    def of(cls, ranking: Ranking, weights: Floats) -> Caught:
        """weights: what each row counts in each draw, `[draws, rows]`."""
        ordered = weights[:, ranking.order]
        churned = np.cumsum(ordered * ranking.churned, axis=1)[:, ranking.ends]
        return cls(churned, np.cumsum(ordered, axis=1)[:, ranking.ends])

    def auc(self) -> Floats:
        """Area under the ROC curve: the chance that a churn is ranked above a row that is none; ties count half."""
        others = self.rows - self.churned
        step = np.diff(self.churned, axis=1, prepend=0.0)
        other = np.diff(others, axis=1, prepend=0.0)
        above = np.sum(other * (self.churned - step / 2.0), axis=1)
        return _share(above, self._all(self.churned) * self._all(others))

    def average_precision(self) -> Floats:
        """Mean precision at the churns, each group as a whole (the sum of recall steps times precision)."""
        step = np.diff(self.churned, axis=1, prepend=0.0)
        precision = _share(self.churned, self.rows)
        return _share(np.sum(step * np.nan_to_num(precision), axis=1), self._all(self.churned))

    def capture(self, share: float) -> Floats:
        """Share of the churn among so large a share of the rows, the worst first."""
        return _share(_along(self.rows, self.churned, share * self._all(self.rows)), self._all(self.churned))

    def flagged(self, caught: float = CAUGHT) -> Floats:
        """Share of the rows that must be flagged, the worst first, to hold so large a share of the churn."""
        needed = _along(self.churned, self.rows, caught * self._all(self.churned))
        flagged = _share(needed, self._all(self.rows))
        return np.where(self._all(self.churned) > 0, flagged, np.nan)

    def measures(self) -> dict[str, Floats]:
        """Every measure, by name."""
        return {
            "auc": self.auc(),
            "average_precision": self.average_precision(),
            **{f"capture_{round(100 * share)}": self.capture(share) for share in LOWEST},
            f"flag_{round(100 * CAUGHT)}": self.flagged(),
        }

    @staticmethod
    def _all(running: Floats) -> Floats:
        return running[:, -1] if running.shape[1] else np.zeros(len(running))


def _along(along: Floats, of: Floats, reached: Floats) -> Floats:
    """Where a running total reaches a value, the other total there, linear within a group."""
    if not along.shape[1]:
        return np.zeros(len(along))
    group = np.argmax(along >= reached[:, None] - 1e-12 * np.abs(reached[:, None]), axis=1)
    draws = np.arange(len(along))
    before = np.where(group > 0, along[draws, group - 1], 0.0)
    passed = np.where(group > 0, of[draws, group - 1], 0.0)
    width = along[draws, group] - before
    part = np.where(width > 0, (reached - before) / np.where(width > 0, width, 1.0), 0.0)
    return np.asarray(passed + np.clip(part, 0.0, 1.0) * (of[draws, group] - passed))


@dataclass(frozen=True)
class Flags:
    """What a yes or no foresees: `amounts` are the flagged churn, the churn, the flagged and all, `[rows, 4]`."""

    amounts: Floats

    @classmethod
    def of(cls, red: Bools, label: npt.NDArray[Any], amount: Floats) -> Flags:
        churned, flagged = amount * (label == 1), amount * red
        return cls(np.stack([churned * red, churned, flagged, amount], axis=1))

    @staticmethod
    def measures(totals: Floats) -> dict[str, Floats]:
        """Every measure of totals of the four amounts, `[draws, 4]`, by name.

        capture_red: share of the churn that was flagged; precision_red: share of the flagged that churned;
        false_alarm_red: share of those who stayed that was flagged; share_red: share of all.
        """
        both, churn, flagged, every = totals.T
        return {
            "capture_red": _share(both, churn),
            "precision_red": _share(both, flagged),
            "false_alarm_red": _share(flagged - both, every - churn),
            "share_red": _share(flagged, every),
        }


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0))
