"""How long accounts may stay: survival by month, the median time left, and the revenue that is expected to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weatherglass.config.fitted import Fitted
from weatherglass.learning.hazard import PERIOD
from weatherglass.learning.logistic import chance
from weatherglass.signals.windows import Floats, Ints

DRAWS = 2000
LEVEL = 0.9


def survival(fitted: Fitted, score: Floats) -> Floats:
    """The chance that each account is still there at the end of each period of 30 days: `[accounts, periods]`."""
    odds = np.asarray(fitted.periods)[None, :] - fitted.slope * score[:, None]
    return np.asarray(np.cumprod(1.0 - chance(odds), axis=1))


def by_day(curve: Floats, days: Ints) -> Floats:
    """The chance to be still there after some days, the same part of those left each day of a period.

    curve: `[accounts, periods]`; days: one number an account. NaN beyond the last period, and for days below 0.
    """
    whole = np.concatenate([np.ones((len(curve), 1)), curve], axis=1)
    period = np.clip(days // PERIOD, 0, curve.shape[1] - 1)
    rows = np.arange(len(curve))
    before, after = whole[rows, period], whole[rows, period + 1]
    part = (days - period * PERIOD) / PERIOD
    known = (days >= 0) & (days <= PERIOD * curve.shape[1])
    share = np.divide(after, before, out=np.zeros(len(curve)), where=before > 0)
    return np.where(known, before * share**part, np.nan)


def median_left(curve: Floats) -> Floats:
    """Days until half of accounts like each would be gone; NaN where that lies beyond the last period."""
    gone = curve <= 0.5
    period = np.where(gone.any(axis=1), gone.argmax(axis=1), -1)
    whole = np.concatenate([np.ones((len(curve), 1)), curve], axis=1)
    rows = np.arange(len(curve))
    before, after = whole[rows, np.maximum(period, 0)], whole[rows, np.maximum(period, 0) + 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.log(before / 0.5) / np.log(before / np.maximum(after, 1e-12))
    return np.where(period >= 0, PERIOD * (period + part), np.nan)


@dataclass(frozen=True)
class MonthAhead:
    """Revenue, a month's worth of it, that is expected to go in 30 days ahead, with a 90 % interval; and accounts."""

    number: int
    revenue: float
    low: float
    high: float
    accounts: float


def revenue_churn(curve: Floats, revenue: Floats, seed: int = 0) -> Sequence[MonthAhead]:
    """What a portfolio is expected to lose, period by period; an account of unknown revenue counts as none.

    Method: the interval is that of simulated portfolios in which each account goes, or does not, by its own chances.
    It holds what chance does, and not that the chances may be wrong.
    """
    paid = np.nan_to_num(revenue)
    whole = np.concatenate([np.ones((len(curve), 1)), curve], axis=1)
    leaving = whole[:, :-1] - whole[:, 1:]
    expected = paid @ leaving
    generator = np.random.default_rng(seed)
    lost = np.zeros((DRAWS, curve.shape[1]))
    going = 1.0 - curve
    for account in np.flatnonzero(paid > 0):
        month = np.searchsorted(going[account], generator.random(DRAWS))
        inside = np.flatnonzero(month < curve.shape[1])
        lost[inside, month[inside]] += paid[account]
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(lost, (edge, 1.0 - edge), axis=0)
    return [
        MonthAhead(number + 1, float(expected[number]), float(low[number]), float(high[number]), float(left))
        for number, left in enumerate(leaving.sum(axis=0))
    ]
