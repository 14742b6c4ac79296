"""From a score to a probability of churn: a curve or a line, whichever did better out of time."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from weatherglass.config.frozen import Frozen, Number, Whole
from weatherglass.learning.logistic import chance, platt
from weatherglass.outcomes.isotonic import isotonic
from weatherglass.outcomes.reliability import reliability
from weatherglass.signals.windows import Floats

Rate = Annotated[Number, Field(ge=0, le=1)]

FEWEST = 20
"""Churns below which there is no probability."""
DECIMALS = 6


class Probability(Frozen):
    """The chance of churn within some days, by score; `error` is its calibration error on later rows."""

    horizon: Whole
    kind: Literal["isotonic", "platt"]
    level: Number = 0.0
    slope: Number = 0.0
    """platt: log-odds are `level + slope * score`."""
    scores: tuple[Number, ...] = ()
    rates: tuple[Rate, ...] = ()
    """isotonic: rates at scores, linear between, flat beyond."""
    error: Rate | None = None
    base: Rate
    """The share of the rows that churned."""

    def __call__(self, score: Floats) -> Floats:
        """Probabilities of scores; NaN stays NaN."""
        if self.kind == "platt":
            return chance(self.level + self.slope * score)
        found = np.interp(score, np.asarray(self.scores), np.asarray(self.rates))
        return np.where(np.isnan(score), np.nan, found)


def probability(
    learn: tuple[Floats, Floats], test: tuple[Floats, Floats], whole: tuple[Floats, Floats], horizon: int
) -> Probability | None:
    """The better of both kinds by their log loss on later rows, fitted to all; None with too few churns.

    learn, test, whole: scores and labels (1 or 0) of the rows.
    """
    if min(learn[1].sum(), whole[1].sum()) < FEWEST or not 0 < test[1].sum() < len(test[1]):
        return None
    fits = {"platt": _platt, "isotonic": _isotonic}
    tried = {kind: fit(*learn, horizon) for kind, fit in fits.items()}
    kind = min(tried, key=lambda name: _loss(tried[name](test[0]), test[1]))
    error = reliability(tried[kind](test[0]), test[1].astype(np.int64)).error
    return fits[kind](*whole, horizon).model_copy(update={"error": round(error, DECIMALS)})


def _platt(score: Floats, label: Floats, horizon: int) -> Probability:
    level, slope = platt(score, label)
    # a higher score never means more churn
    slope = min(slope, 0.0)
    return Probability(
        horizon=horizon, kind="platt", level=round(level, 9), slope=round(slope, 9), base=float(label.mean())
    )


def _isotonic(score: Floats, label: Floats, horizon: int) -> Probability:
    curve = isotonic(-score, label.astype(np.int64))
    order = np.argsort(-curve.risk, kind="stable")
    return Probability(
        horizon=horizon,
        kind="isotonic",
        scores=tuple(np.round(-curve.risk[order], DECIMALS).tolist()),
        rates=tuple(np.round(curve.rate[order], DECIMALS).tolist()),
        base=float(label.mean()),
    )


def _loss(chances: Floats, label: Floats) -> float:
    held = np.clip(chances, 1e-4, 1.0 - 1e-4)
    return float(-np.mean(label * np.log(held) + (1.0 - label) * np.log(1.0 - held)))
