"""Where red ends and where green begins, by what became of accounts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from weatherglass.signals.windows import Floats

SURE = 0.84
"""Standard errors added to the share of churners: so it holds for later ones, who are others, four times in five."""
STEP = 0.1
"""Lines are written to this."""
APART = 5.0
"""Points that lie between both lines at least."""


@dataclass(frozen=True)
class Flagged:
    """What a red line does on some rows; shares of rows, NaN where there are none to be a share of."""

    line: float
    capture: float
    """Of the churners, those below the line."""
    red: float
    """Of everybody."""
    precision: float
    """Of those below the line, the churners."""
    alarms: float
    """False alarms for each churner that is caught."""


def flagged(score: Floats, label: Floats, line: float) -> Flagged:
    """What a line does."""
    below = score < line
    caught = float(np.sum(below & (label > 0)))
    red, churned = float(below.sum()), float(label.sum())
    return Flagged(
        line=line,
        capture=caught / churned if churned else math.nan,
        red=red / len(score) if len(score) else math.nan,
        precision=caught / red if red else math.nan,
        alarms=(red - caught) / caught if caught else math.nan,
    )


def red_line(score: Floats, label: Floats, capture: float, churns: int, sure: float = SURE) -> float:
    """The lowest line below which there is at least such a share of the churners.

    The share is raised by `sure` standard errors, for later churners are not the same ones.
    churns: how many different ones the labels are about. At least one.
    """
    share = min(1.0, capture + sure * math.sqrt(capture * (1.0 - capture) / max(1, churns)))
    churners = np.sort(score[label > 0])
    last = float(churners[max(0, math.ceil(share * len(churners) - 1e-9) - 1)])
    return min(100.0, math.floor(last / STEP + 1.0 + 1e-9) * STEP)


def green_line(score: Floats, good: Floats, red: float) -> float | None:
    """The line that best parts accounts with a good outcome from the others; None where none does.

    good: 1 where it came. Method: the largest difference of both shares above a line (Youden 1950).
    """
    if not 0 < good.sum() < len(good):
        return None
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    ends = np.flatnonzero(np.r_[ranked[1:] != ranked[:-1], True])
    hits = np.cumsum(good[order])[ends] / good.sum()
    others = np.cumsum(1.0 - good[order])[ends] / (len(good) - good.sum())
    allowed = ranked[ends] >= red + APART
    parted = np.where(allowed, hits - others, -1.0)
    best = int(np.argmax(parted))
    if parted[best] <= 0.0:
        return None
    return math.floor(float(ranked[ends[best]]) / STEP) * STEP


def calm_line(score: Floats, label: Floats, red: float) -> float:
    """Where green begins when no good outcome is known: from here on half of the churn rate of everybody, or less."""
    order = np.argsort(-score, kind="stable")
    rate = np.cumsum(label[order]) / np.arange(1, len(order) + 1)
    calm = np.flatnonzero((rate <= label.mean() / 2.0) & (score[order] >= red + APART))
    line = float(score[order][calm[-1]]) if len(calm) else red + APART
    return min(100.0, max(red + APART, math.floor(line / STEP) * STEP))
