"""Made-up tables to learn from: accounts with signals of which some foresee churn and some do not."""

from __future__ import annotations

import numpy as np

from weatherglass.learning.boosting import Recipe
from weatherglass.learning.table import Table

QUICK = Recipe(bags=2, rounds=40)
SIGNALS = ("recency", "pulse", "tenure", "slope_quarter")
"""The first two foresee churn, the third does not, and of the fourth, whose sign is not known, more is worse."""


def table(accounts: int = 300, days: int = 6, seed: int = 0, strength: float = 4.0, rate: float = -3.0) -> Table:
    """Rows of accounts on days four weeks apart; strength 0: nothing foresees churn."""
    generator = np.random.default_rng(seed)
    rows = accounts * days
    x = generator.uniform(0.0, 100.0, (rows, len(SIGNALS)))
    x[generator.random(rows) < 0.05, 1] = np.nan
    known = np.nan_to_num(x[:, 1], nan=50.0)
    odds = rate + strength * ((50.0 - x[:, 0]) / 50.0 + (50.0 - known) / 100.0 + (x[:, 3] - 50.0) / 100.0)
    label = (generator.random(rows) < 1.0 / (1.0 + np.exp(-odds))).astype(np.float64)
    day = np.tile(np.arange(days) * 28, accounts)
    ahead = np.where(label > 0, generator.integers(1, 91, rows), np.nan)
    return Table(
        names=SIGNALS,
        x=x,
        label=label,
        weight=np.ones(rows),
        account=np.repeat(np.arange(accounts), days),
        day=day,
        prior=np.clip(0.5 * x[:, 0] + 0.5 * generator.uniform(0.0, 100.0, rows), 0.0, 100.0),
        churn=np.where(label > 0, day + np.nan_to_num(ahead), -1).astype(np.int64),
        ahead=ahead,
        followed=np.full(rows, 400),
    )
