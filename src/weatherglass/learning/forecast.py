"""Where scores are heading: the score in some weeks, with an interval, judged against repeating today's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.signals.windows import Floats, Ints

LAGS = (0, 28, 56, 84)
"""Days back of the scores that are looked at."""
BOUNDS = np.arange(10.0, 100.0, 10.0)
"""Bounds of the bands of today's score in which the spread of what followed is taken."""
ENOUGH = 30
"""Rows of a band without which it has the spread of all."""
LIVELY = 10.0
"""Scores below are those of accounts that are mostly gone: nothing moves there, so nothing is judged by them."""
EDGES = (0.1, 0.9)
RIDGE = 1.0
FEWEST = 200


@dataclass(frozen=True)
class Line:
    """The change of a score as a linear function of it and its past; the spread of what that leaves, by band."""

    mean: Floats
    scale: Floats
    weights: Floats
    low: Floats
    high: Floats

    @classmethod
    def of(cls, past: Floats, change: Floats) -> Line:
        """Method: ridge regression, and quantiles of what it leaves."""
        features = _features(past)
        mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
        z = (features - mean) / scale
        level = float(change.mean())
        weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ (change - level))
        left = change - (level + z @ weights)
        band = np.searchsorted(BOUNDS, past[:, 0], side="right")
        parts = [left[band == one] for one in range(len(BOUNDS) + 1)]
        edges = [np.quantile(part if len(part) >= ENOUGH else left, EDGES) for part in parts]
        low, high = np.array(edges).T
        return cls(mean, scale, np.r_[level, weights], low, high)

    def __call__(self, past: Floats) -> tuple[Floats, Floats, Floats]:
        today = past[:, 0]
        change = self.weights[0] + ((_features(past) - self.mean) / self.scale) @ self.weights[1:]
        moved = np.clip(today + change, 0.0, 100.0)
        band = np.searchsorted(BOUNDS, today, side="right")
        return moved, np.clip(moved + self.low[band], 0.0, 100.0), np.clip(moved + self.high[band], 0.0, 100.0)


@dataclass(frozen=True)
class Forecaster:
    """Forecasts of accounts whose past is known, and of those that are too young: they go other ways."""

    days: int
    known: Line | None
    young: Line | None

    def __call__(self, past: Floats) -> tuple[Floats, Floats, Floats]:
        """The forecast with its 80 % interval; today's score, and no interval, where too few were like an account.

        past: scores at `LAGS`, `[accounts, lags]`; NaN where there was none.
        """
        middle, low, high = past[:, 0].copy(), np.full(len(past), np.nan), np.full(len(past), np.nan)
        young = np.isnan(past).any(axis=1)
        for line, rows in ((self.known, ~young), (self.young, young)):
            if line is not None and rows.any():
                middle[rows], low[rows], high[rows] = line(past[rows])
        return middle, low, high


def forecaster(past: Floats, later: Floats, days: int) -> Forecaster | None:
    """Fit the change from today's score to a later one; None with too few rows.

    past: `[rows, lags]`. later: scores `days` after.
    """
    there = ~np.isnan(later) & ~np.isnan(past[:, 0])
    young = np.isnan(past).any(axis=1)
    lines = [_line(past[rows], later[rows]) for rows in (there & ~young, there & young)]
    return None if lines[0] is None and lines[1] is None else Forecaster(days, lines[0], lines[1])


def _line(past: Floats, later: Floats) -> Line | None:
    return None if len(later) < FEWEST else Line.of(past, later - past[:, 0])


def _features(past: Floats) -> Floats:
    today = past[:, :1]
    before = np.where(np.isnan(past[:, 1:]), today, past[:, 1:])
    usual = np.mean(np.concatenate([today, before], axis=1), axis=1, keepdims=True)
    bent = [(values - 50.0) ** 2 / 50.0 for values in (today, usual)]
    return np.concatenate([today, usual, *bent, today - before[:, :1], before[:, -1:] - usual], axis=1)


@dataclass(frozen=True)
class Judged:
    """Mean distance of forecasts from what came, on later rows, beside that of repeating today's score."""

    rows: int
    error: float
    repeated: float
    inside: float
    """Share of what came that lay within the interval, which is made for 0.8."""

    @property
    def better(self) -> bool:
        return self.error < self.repeated


def judged(made: Forecaster, past: Floats, later: Floats) -> Judged | None:
    """How forecasts do on rows of accounts that were there, which they were not fitted to; None without such rows."""
    known = ~np.isnan(later) & (np.nan_to_num(past[:, 0], nan=-1.0) >= LIVELY)
    if not known.any():
        return None
    middle, low, high = made(past[known])
    came, spread = later[known], not np.isnan(low).all()
    return Judged(
        rows=int(known.sum()),
        error=float(np.mean(np.abs(came - middle))),
        repeated=float(np.mean(np.abs(came - past[known, 0]))),
        inside=float(np.mean(((came >= low - 1e-9) & (came <= high + 1e-9))[~np.isnan(low)])) if spread else 0.0,
    )


def shifted_rows(account: Ints, day: Ints, score: Floats, by: int) -> Floats:
    """For each row the score of the same account `by` days later (earlier where negative); NaN where there is none."""
    key = account * (1 << 32) + day
    order = np.argsort(key, kind="stable")
    wanted = key + by
    place = np.searchsorted(key[order], wanted)
    inside = place < len(key)
    found = order[np.where(inside, place, 0)]
    return np.where(inside & (key[found] == wanted), score[found], np.nan)
