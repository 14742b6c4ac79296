"""A trial out of time: a model that learned from earlier rows, judged on later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from weatherglass.learning.table import Table
from weatherglass.outcomes.bootstrap import Draws, Estimate, sample
from weatherglass.outcomes.reliability import reliability
from weatherglass.signals.windows import Floats

FEW = 10
"""Later churns below which a trial decides nothing."""
SHOWN = ("auc", "average_precision", "flag_80", "capture_20")


@dataclass(frozen=True)
class Trial:
    """Measures of a risk and of the weighted score on the same rows, which none of them learned from."""

    first: int
    """Day numbers of the first and the last row."""
    last: int
    rows: int
    churns: int
    measures: Mapping[str, Estimate]
    weighted: Mapping[str, Estimate]
    gain: Estimate
    """AUC more than the weighted score's."""
    error: float
    """Expected calibration error of the risk's own probabilities; NaN where it has none."""

    @property
    def blind(self) -> str:
        """Why the risk is not to be used; empty where it is better than chance and than the weighted score."""
        if self.churns < FEW:
            return f"only {self.churns} churns after those it learned from: too few to judge a model by"
        if not self.measures["auc"].low > 0.5:
            return "there is no signal: on later churns it is no better than chance"
        if self.gain.value <= 0.0:
            return "it foresees later churns no better than the weighted score"
        return ""


def trial(risk: Floats, test: Table, probability: Floats | None = None) -> Trial | None:
    """Judge a risk on rows it did not learn from; None without rows, or where all are of one kind."""
    if not len(test) or not 0 < test.label.sum() < len(test):
        return None
    draws, label = Draws.of(test.account), test.label.astype(np.int64)
    mine, theirs = sample(risk, label, draws), sample(-test.prior, label, draws)
    return Trial(
        first=int(test.day.min()),
        last=int(test.day.max()),
        rows=len(test),
        churns=test.churns,
        measures=_shown(mine.estimates()),
        weighted=_shown(theirs.estimates()),
        gain=mine.less(theirs, "auc"),
        error=float("nan") if probability is None else reliability(probability, label).error,
    )


def _shown(found: Mapping[str, Estimate]) -> dict[str, Estimate]:
    return {name: found[name] for name in SHOWN}
