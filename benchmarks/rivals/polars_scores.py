"""The four dimensions of the default card in Polars, as one would write them: every account, every day.

`python polars_scores.py FOLDER OUT.parquet`, where FOLDER holds `accounts.parquet` and `events-*.parquet`.
No key features and no tickets are assumed (support is null), and less than 420 days (the velocity is not compared with
the year before). Frames are long: a row an account and day; windows are rolling sums over an account's rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

WEIGHTS = {"product_usage": 0.30, "engagement_trends": 0.25, "feature_adoption": 0.25, "support_signals": 0.20}
SLOT = 1_350_000_000
"""Microseconds: 22.5 minutes."""


def scores(folder: Path) -> pl.DataFrame:
    """A row for each account and day since the account began: the score, its coverage and tier, and the dimensions."""
    accounts = pl.read_parquet(folder / "accounts.parquet").with_row_index("account")
    events = read_events(folder, accounts["account_id"])
    daily = counted(events)
    first, last = daily.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
    grid = begun(accounts, daily, first, last)
    grid = grid.join(daily, on=["account", "day"], how="left").with_columns(pl.col("core", "sessions").fill_null(0))
    users, names = (events.select("account", what, "day").unique() for what in ("user", "name"))
    for name, rows in (("users", users), ("used", names)):
        grid = grid.join(moves(rows, name, 28), on=["account", "day"], how="left").sort("account", "day")
        grid = grid.with_columns(pl.col(name).fill_null(0).cum_sum().over("account"))
    grid = grid.join(offered(names, first, last), on="day", how="left").sort("account", "day")
    return scored(windows(grid))


def read_events(folder: Path, account_ids: pl.Series) -> pl.DataFrame:
    """All events with numbers for their texts (of an account: its row), the day, and the slot of 22.5 minutes."""
    time = pl.col("timestamp")
    return (
        pl.scan_parquet(folder / "events-*.parquet")
        .select(
            account=pl.col("account_id").cast(pl.Enum(account_ids)).to_physical(),
            user=pl.col("user_id").cast(pl.Categorical).to_physical(),
            name=pl.col("name").cast(pl.Categorical).to_physical(),
            day=time.dt.date(),
            slot=((time - time.dt.truncate("1d")).dt.total_microseconds() // SLOT).cast(pl.Int8),
        )
        .collect(engine="streaming")
    )


def counted(events: pl.DataFrame) -> pl.DataFrame:
    """Events and sessions of each account on each day; a session is an unbroken run of a user's slots."""
    core = events.group_by("account", "day").agg(core=pl.len().cast(pl.Int64))
    slots = events.select("account", "user", "day", "slot").unique().sort("account", "user", "day", "slot")
    goes_on = pl.all_horizontal(pl.col(key) == pl.col(key).shift() for key in ("account", "user", "day"))
    goes_on &= pl.col("slot").diff() == 1
    sessions = slots.filter(~goes_on.fill_null(False)).group_by("account", "day").agg(sessions=pl.len().cast(pl.Int64))
    return core.join(sessions, on=["account", "day"], how="left")


def begun(accounts: pl.DataFrame, daily: pl.DataFrame, first: object, last: object) -> pl.DataFrame:
    """The grid: a row for each account and day since the later of its own first day and that of all events."""
    seen = daily.group_by("account").agg(first_event=pl.col("day").min())
    known = accounts.join(seen, on="account", how="left").select(
        "account", "account_id", "seats", born=pl.min_horizontal(pl.col("created_at").dt.date(), "first_event")
    )
    days = pl.select(day=pl.date_range(pl.lit(first), pl.lit(last)))
    return (
        known.join(days, how="cross")
        .filter(pl.col("day") >= pl.col("born"))
        .sort("account", "day")
        .with_columns(
            history=(pl.col("day") - pl.max_horizontal("born", pl.lit(first))).dt.total_days() + 1,
            age=(pl.col("day") - pl.col("born")).dt.total_days(),
        )
    )


def moves(there: pl.DataFrame, name: str, window: int) -> pl.DataFrame:
    """By how much the number of different ones in the last `window` days rises or falls, by account and day.

    One counts from a day on which it was there until it is there again, or the window has passed over it.
    """
    account, what, _ = there.columns
    again = pl.col("day").shift(-1).over(account, what, order_by="day")
    until = pl.min_horizontal(pl.col("day") + pl.duration(days=window), again)
    joins = there.select(account, "day", pl.lit(1).alias(name))
    leaves = there.select(account, until.alias("day"), pl.lit(-1).alias(name))
    return pl.concat([joins, leaves]).group_by(account, "day").agg(pl.col(name).sum())


def offered(names: pl.DataFrame, first: object, last: object) -> pl.DataFrame:
    """How many different names anyone has used in the last 90 days, by day."""
    everybody = names.select(pl.lit(0, pl.UInt32).alias("account"), "name", "day").unique()
    days = pl.select(day=pl.date_range(pl.lit(first), pl.lit(last)))
    rises = days.join(moves(everybody, "available", 90), on="day", how="left").sort("day")
    return rises.select("day", pl.col("available").fill_null(0).cum_sum())


def windows(grid: pl.DataFrame) -> pl.DataFrame:
    """The totals of windows that the signals look at."""
    core, sessions = pl.col("core"), pl.col("sessions")
    ratio = pl.col("users") / pl.when(pl.col("seats") > 0).then("seats")
    grid = grid.with_columns(
        ever=(core.cum_sum() > 0).over("account"),
        ratio=ratio,
        peak=ratio.rolling_max(365, min_samples=1).over("account"),
        core_7=_rolled(core, 7),
        core_28=_rolled(core, 28),
        core_recent=_rolled(core, 21) / 3,
        sessions_7=_rolled(sessions, 7),
        sessions_recent=_rolled(sessions, 21) / 3,
    )
    weeks = [_shifted("core_7", 7 * back) for back in range(12)]
    grid = grid.with_columns(
        core_before=_shifted("core_28", 28),
        core_usual=pl.concat_arr([_shifted("core_7", 28 + 7 * back) for back in range(8)]).arr.median(),
        sessions_usual=pl.concat_arr([_shifted("sessions_7", 28 + 7 * back) for back in range(8)]).arr.median(),
        kept=pl.sum_horizontal((week > 0) & (pl.col("history") >= 7 * back + 7) for back, week in enumerate(weeks)),
        mean=pl.sum_horizontal(weeks[:8]) / 8,
        deviation=pl.concat_arr(weeks[:8]).arr.std(ddof=0),
    )
    return grid.with_columns(
        growth=pl.when((pl.col("core_before") > 0) & _grown()).then(pl.col("core_28") / pl.col("core_before"))
    )


def scored(grid: pl.DataFrame) -> pl.DataFrame:
    """From windows to signals, from signals to dimensions, from dimensions to the score."""
    parts = {"product_usage": _usage(), "engagement_trends": _trends(), "feature_adoption": _adoption()}
    dimensions = grid.join(_fleet(grid), on="day", how="left").with_columns(
        **{f"dim_{name}": pl.when("ever").then(part) for name, part in parts.items()}
    )
    mean, coverage = _weighted([(WEIGHTS[name], pl.col(f"dim_{name}")) for name in parts])
    score, rounded = pl.when((coverage >= 0.5) & (pl.col("age") >= 28)).then(mean), pl.col("score").round(9)
    lines = pl.when(rounded >= 75).then(pl.lit("green")).when(rounded >= 45).then(pl.lit("yellow"))
    tier = lines.when(rounded.is_not_null()).then(pl.lit("red")).otherwise(pl.lit("unscored"))
    return (
        dimensions.with_columns(score=score, coverage=coverage)
        .with_columns(tier=tier)
        .select(
            "account_id",
            as_of="day",
            **{name: name for name in ("score", "coverage", "tier")},
            **{f"dim_{n}": f"dim_{n}" for n in parts},
        )
    )


def _usage() -> pl.Expr:
    weeks = (pl.col("history") // 7).clip(0, 12)
    peak = pl.when(pl.col("peak") > 0).then(100 * pl.col("ratio") / pl.col("peak")).otherwise(0.0)
    parts = [
        (0.2, pl.when(pl.col("ratio").is_not_null()).then(peak)),
        (0.2, _against_usual("sessions")),
        (0.2, _against_usual("core")),
        (0.4, pl.when(weeks >= 4).then(100 * pl.col("kept") / weeks)),
    ]
    return _weighted(parts)[0]


def _against_usual(name: str) -> pl.Expr:
    recent, usual = pl.col(f"{name}_recent"), pl.col(f"{name}_usual")
    share = pl.when(usual > 0).then((recent / (0.85 * usual)).clip(upper_bound=1.0)).otherwise((recent > 0).cast(float))
    return pl.when(_grown()).then(100 * share)


def _trends() -> pl.Expr:
    change = (pl.col("growth") / pl.col("fleet") - 1).clip(-0.20, 0.20)
    from_nothing = 100.0 * (pl.col("core_28") > 0).cast(float)
    velocity = pl.when(pl.col("core_before") > 0).then(50 + 250 * change).otherwise(from_nothing)
    variation = (pl.col("deviation") / pl.col("mean")).clip(upper_bound=1.0)
    even = pl.when(pl.col("mean") > 0).then(100 * (1 - variation)).otherwise(0.0)
    return _weighted([(weight, pl.when(_grown()).then(part)) for weight, part in ((0.4, velocity), (0.6, even))])[0]


def _fleet(grid: pl.DataFrame) -> pl.DataFrame:
    """What velocity is divided by on each day: the clamped median growth, where there are 20 accounts to tell."""
    growth = pl.col("growth").filter(pl.col("core_before") >= 20)
    usual = pl.when(growth.count() >= 20).then(growth.median().clip(0.5, 1.5)).otherwise(1.0)
    return grid.group_by("day").agg(fleet=usual)


def _adoption() -> pl.Expr:
    wanted = (pl.col("available") * 6 + 9) // 10
    breadth = (pl.col("used") - 1).clip(lower_bound=0) / (wanted - 1).clip(lower_bound=1)
    return pl.when(pl.col("available") >= 2).then(100 * breadth.clip(upper_bound=1.0))


def _weighted(parts: list[tuple[float, pl.Expr]]) -> tuple[pl.Expr, pl.Expr]:
    """The mean of the parts that are there, and the weight of those."""
    total = pl.sum_horizontal(weight * part for weight, part in parts)
    weight = pl.sum_horizontal(weight * part.is_not_null().cast(float) for weight, part in parts)
    return pl.when(weight > 0).then(total / weight), weight


def _grown() -> pl.Expr:
    return (pl.col("history") >= 56) & pl.col("ever")


def _rolled(daily: pl.Expr, days: int) -> pl.Expr:
    return daily.rolling_sum(days, min_samples=1).over("account")


def _shifted(name: str, days: int) -> pl.Expr:
    return pl.col(name).shift(days, fill_value=0).over("account")


def main() -> None:
    folder, out = map(Path, sys.argv[1:])
    table = scores(folder)
    table.write_parquet(out)
    print(json.dumps({"rows": len(table), "mean": table["score"].mean()}))


if __name__ == "__main__":
    main()
