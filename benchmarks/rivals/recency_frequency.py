"""The rival of the foresight figures: LightGBM on 19 features of recency, frequency, trend and breadth.

Features and settings are those of the reference beside the real data (`../shared/data/reference.py`): one fixed
setting, three seeds averaged, no tuning. Here it gets the same rows as the product.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import lightgbm
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "verbose": -1,
    "num_threads": 1,
}
ROUNDS, SEEDS = 250, 3


class Rival:
    """The events of a folder, by account and day."""

    def __init__(self, folder: Path) -> None:
        rows = duckdb.sql(
            "SELECT account_id AS a, coalesce(user_id, '-') AS u, name AS n, "
            "(\"timestamp\"::date - date '1970-01-01')::int AS d, count(*) AS c "
            f"FROM '{folder / 'events.parquet'}' GROUP BY ALL ORDER BY a, d"
        ).fetchnumpy()
        names, place = np.unique(rows["a"].astype(str), return_inverse=True)
        self._place = {name: number for number, name in enumerate(names.tolist())}
        self._edges = np.searchsorted(place, np.arange(len(names) + 1))
        self._first = int(rows["d"].min())
        self._days = int(rows["d"].max()) - self._first + 1
        codes = [np.unique(rows[name].astype(str), return_inverse=True)[1] for name in ("u", "n")]
        self._columns = (np.asarray(rows["d"]) - self._first, codes[0], codes[1], np.asarray(rows["c"]))

    def features(self, account_id: Array, day: Array) -> Array:
        """The features of accounts on days, by number since 1970: `[rows, 19]`."""
        found = np.zeros((len(account_id), 19))
        for name in np.unique(account_id.astype(str)):
            place = self._place[str(name)]
            part = slice(self._edges[place], self._edges[place + 1])
            mine = np.flatnonzero(account_id.astype(str) == name)
            found[mine] = self._account(tuple(column[part] for column in self._columns), day[mine] - self._first)
        return found

    def _account(self, columns: tuple[Array, ...], days: Array) -> Array:
        dd, uu, nn, cc = columns
        daily = np.bincount(dd, weights=cc, minlength=self._days)
        events, active = np.r_[0, np.cumsum(daily)], np.r_[0, np.cumsum(daily > 0)]
        return np.array([_features((dd, uu, nn), (events, active), int(t)) for t in days])


def _features(columns: tuple[Array, Array, Array], sums: tuple[Array, Array], t: int) -> list[float]:
    dd, uu, nn = columns
    events, active = sums

    def within(prefix: Array, low: int, high: int) -> float:
        return float(prefix[max(t + 1 - low, 0)] - prefix[max(t + 1 - high, 0)])

    weeks = np.array([within(events, 7 * k, 7 * k + 7) for k in range(12)])
    k = int(np.searchsorted(dd, t, "right"))
    month, quarter = dd[:k] > t - 28, dd[:k] > t - 84
    gaps = np.diff(np.unique(dd[:k][dd[:k] > t - 365]))
    now, before, whole = within(events, 0, 28), within(events, 28, 56), within(events, 0, 84)
    return [
        *(float(t - dd[k - 1]), float(t - dd[0]), now, before, within(events, 56, 84), whole, within(events, 0, 364)),
        *(float(active[t + 1] - active[max(t - 27, 0)]), float(active[t + 1] - active[max(t - 83, 0)])),
        *(float((weeks > 0).sum()), float((weeks[:4] > 0).sum()), float(np.log1p(now) - np.log1p(before))),
        float(weeks[:8].std() / max(weeks[:8].mean(), 1e-9)),
        *(float(len(np.unique(uu[:k][month]))), float(len(np.unique(uu[:k][quarter])))),
        *(float(len(np.unique(nn[:k][month]))), float(len(np.unique(nn[:k][quarter])))),
        *(float(gaps.mean()) if len(gaps) else 365.0, float(gaps.max()) if len(gaps) else 365.0),
    ]


def risk(learn: tuple[Array, Array], test: Array) -> Array:
    """Churn probabilities of rows, learned from features and labels."""
    found = [
        lightgbm.train({**SETTINGS, "seed": seed}, lightgbm.Dataset(*learn), ROUNDS).predict(test)
        for seed in range(SEEDS)
    ]
    return np.asarray(np.mean(found, axis=0))
