"""The four dimensions of the default card in pandas, as one would write them: every account, every day.

`python pandas_scores.py FOLDER OUT.parquet`, where FOLDER holds `accounts.parquet` and `events-*.parquet`.
No key features and no tickets are assumed (support is null), and less than 420 days (the velocity is not compared with
the year before). Frames are wide: a row a day, a column an account.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

WEIGHTS = {"product_usage": 0.30, "engagement_trends": 0.25, "feature_adoption": 0.25, "support_signals": 0.20}
SLOT = pd.Timedelta(minutes=22.5)
NEVER = 1_000_000

Frame = Any
"""pandas comes without types."""


class Wide:
    """Makes frames of all days and all accounts out of what happened on some."""

    def __init__(self, days: Frame, accounts: Frame) -> None:
        self.days = days
        self.accounts = accounts

    def counts(self, rows: Frame, day: str = "day") -> Frame:
        """How many rows each account has on each day."""
        found = rows.groupby([day, "account_id"], observed=True).size().unstack(fill_value=0)
        # reindexing leaves the frame in pieces, on which all that follows is many times slower; a copy is one piece
        return found.reindex(index=self.days, columns=self.accounts, fill_value=0).copy()

    def distinct(self, rows: Frame, what: str, window: int) -> Frame:
        """How many different `what` each account had in the `window` days that end on each day.

        One counts from a day on which it was there until it is there again, or the window has passed over it.
        """
        there = rows[["account_id", what, "day"]].drop_duplicates().sort_values(["account_id", what, "day"])
        again = there.groupby(["account_id", what], observed=True)["day"].shift(-1).fillna(NEVER)
        there["until"] = np.minimum(there["day"] + window, again).astype(int)
        return (self.counts(there) - self.counts(there, "until")).cumsum()


def scores(folder: Path) -> Frame:
    """A row for each account and day since the account began: the score, its coverage and tier, and the dimensions."""
    events = read_events(folder)
    accounts = pd.read_parquet(folder / "accounts.parquet", columns=["account_id", "created_at", "seats"])
    accounts = accounts.set_index("account_id").sort_index()
    wide = Wide(pd.RangeIndex(events["day"].min(), events["day"].max() + 1), accounts.index)

    created = (accounts["created_at"].dt.normalize() - pd.Timestamp(0)).dt.days
    first = np.minimum(
        created, events.groupby("account_id", observed=True)["day"].min().reindex(accounts.index, fill_value=NEVER)
    )
    begin = np.maximum(first, wide.days[0])
    history = _since(wide, begin) + 1

    core = wide.counts(events)
    ever = core.cumsum() > 0
    used = wide.distinct(events, "name", 28)
    names = events.drop_duplicates(["day", "name"]).pivot(index="day", columns="name", values="slot").notna()
    available = names.reindex(wide.days, fill_value=False).rolling(90, min_periods=1).max().sum(axis=1)
    dimensions = {
        "product_usage": usage(wide, events, accounts["seats"], core, history).where(ever),
        "engagement_trends": trends(core, history).where(ever),
        "feature_adoption": adoption(used, available).where(ever),
    }
    mean, coverage = weighted([(WEIGHTS[name], frame) for name, frame in dimensions.items()])
    enough = (coverage >= 0.5) & (_since(wide, first) >= 28)
    return _long(history >= 1, {"score": mean.where(enough), "coverage": coverage, **dimensions})


def read_events(folder: Path) -> Frame:
    """All events, with ids as categories, the day as a number since 1970 and the slot of 22.5 minutes."""
    columns = ["account_id", "user_id", "name", "timestamp"]
    events = pd.concat([pd.read_parquet(path, columns=columns) for path in sorted(folder.glob("events-*.parquet"))])
    for name in ("account_id", "user_id", "name"):
        events[name] = events[name].astype("category")
    midnight = events["timestamp"].dt.normalize()
    events["day"] = (midnight - pd.Timestamp(0)).dt.days
    events["slot"] = (events["timestamp"] - midnight) // SLOT
    return events.drop(columns="timestamp")


def usage(wide: Wide, events: Frame, seats: Frame, core: Frame, history: Frame) -> Frame:
    """Active users for each seat against their peak, sessions and core actions against their usual weeks, habit."""
    ratio = wide.distinct(events, "user_id", 28) / seats.where(seats > 0)
    against_peak = (100 * ratio / ratio.rolling(365, min_periods=1).max()).fillna(0).where(ratio.notna())
    week = core.rolling(7, min_periods=1).sum()
    kept = sum((week.shift(7 * back, fill_value=0) > 0) & (history >= 7 * back + 7) for back in range(12))
    weeks = (history // 7).clip(0, 12)
    habit = (100 * kept / weeks).where(weeks >= 4)
    parts = [
        (0.2, against_peak),
        (0.2, against_usual(sessions(wide, events), history)),
        (0.2, against_usual(core, history)),
        (0.4, habit),
    ]
    return weighted(parts)[0]


def sessions(wide: Wide, events: Frame) -> Frame:
    """Unbroken runs of a user's slots within a day, by account and day."""
    keys = ["account_id", "user_id", "day", "slot"]
    slots = events[keys].drop_duplicates().sort_values(keys)
    before = slots.shift()
    goes_on = (slots["slot"] == before["slot"] + 1) & (slots["day"] == before["day"])
    for name in ("account_id", "user_id"):
        goes_on &= slots[name].cat.codes.diff() == 0
    return wide.counts(slots[~goes_on])


def against_usual(daily: Frame, history: Frame) -> Frame:
    """The last three weeks against 85 % of the median of the eight weeks that ended 28 days ago."""
    recent = daily.rolling(21, min_periods=1).sum() / 3
    week = daily.rolling(7, min_periods=1).sum()
    usual = np.median([week.shift(28 + 7 * back, fill_value=0) for back in range(8)], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(usual > 0, np.minimum(1, recent / (0.85 * usual)), recent > 0)
    known = (history >= 56) & (daily.cumsum() > 0)
    return pd.DataFrame(100 * share, daily.index, daily.columns).where(known)


def trends(core: Frame, history: Frame) -> Frame:
    """Velocity beyond what everybody's is, and how even the last eight weeks are."""
    known = (history >= 56) & (core.cumsum() > 0)
    recent = core.rolling(28, min_periods=1).sum()
    before = recent.shift(28, fill_value=0)
    growth = (recent / before.where(before > 0)).where(known)
    counted = growth.where(before >= 20)
    usual = counted.median(axis=1).where(counted.count(axis=1) >= 20, 1.0)
    corrected = growth.div(usual.clip(0.5, 1.5), axis=0) - 1
    points = np.interp(corrected, [-0.20, 0.0, 0.20], [0.0, 50.0, 100.0])
    velocity = np.where(before > 0, points, np.where(recent > 0, 100.0, 0.0))

    week = core.rolling(7, min_periods=1).sum()
    weeks = np.stack([week.shift(7 * back, fill_value=0) for back in range(8)])
    mean, deviation = weeks.mean(axis=0), weeks.std(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        even = np.where(mean > 0, 100 * (1 - np.minimum(1, deviation / mean)), 0.0)
    parts = [
        (weight, pd.DataFrame(part, core.index, core.columns).where(known))
        for weight, part in ((0.4, velocity), (0.6, even))
    ]
    return weighted(parts)[0]


def adoption(used: Frame, available: Frame) -> Frame:
    """How many of the features that anyone has used in 90 days the account has used in 28; six in ten is all."""
    wanted = -(-available.astype(int) * 6 // 10)
    breadth = (used - 1).clip(lower=0).div((wanted - 1).clip(lower=1), axis=0).clip(upper=1)
    breadth.loc[available < 2] = np.nan
    return 100 * breadth


def weighted(parts: list[tuple[float, Frame]]) -> tuple[Frame, Frame]:
    """The mean of the parts that are there, and the weight of those."""
    total = sum(weight * part.fillna(0) for weight, part in parts)
    weight = sum(weight * part.notna() for weight, part in parts)
    return total / weight.where(weight > 0), weight


def _since(wide: Wide, start: Frame) -> Frame:
    days = np.subtract.outer(wide.days.to_numpy(), start.to_numpy())
    return pd.DataFrame(days, wide.days, wide.accounts)


def _long(rows: Frame, columns: dict[str, Frame]) -> Frame:
    chosen = rows.to_numpy().T
    account, day = np.nonzero(chosen)
    table = pd.DataFrame({"account_id": rows.columns[account], "as_of": pd.to_datetime(rows.index[day], unit="D")})
    for name, frame in columns.items():
        table[name if name in ("score", "coverage") else f"dim_{name}"] = frame.to_numpy().T[chosen]
    rounded = table["score"].round(9)
    table["tier"] = np.select([rounded >= 75, rounded >= 45, rounded.notna()], ["green", "yellow", "red"], "unscored")
    return table


def main() -> None:
    folder, out = map(Path, sys.argv[1:])
    table = scores(folder)
    table.to_parquet(out)
    print(json.dumps({"rows": len(table), "mean": float(table["score"].mean())}))


if __name__ == "__main__":
    main()
