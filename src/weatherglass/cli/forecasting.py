"""The command `forecast`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.cli.opening import looking
from weatherglass.cli.terminal import console, table
from weatherglass.jobs.foresight.forecasting import date_of
from weatherglass.jobs.writing import check_ending, write

if TYPE_CHECKING:
    from weatherglass.jobs.foresight.forecasting import Forecast
    from weatherglass.learning.forecast import Judged

MOST = 20
"""Accounts that the terminal shows: those that are expected to fall furthest."""


def run(project: Path, data: Path | None, out: str | None) -> None:
    if out is not None:
        check_ending(Path(out))
    with looking(project, data) as opened:
        if data is not None:
            opened.update()
        found = opened.forecast()
    if out is not None:
        write(Path(out), found.table.schema, [found.table])
    _show(found)


def _show(found: Forecast) -> None:
    out = console()
    out.print(f"[bold]Forecast[/] of {len(found.table):,} accounts on {date_of(found)}")
    for days, one in found.judged.items():
        out.print(f"in {days // 7} weeks: {_judged(one, used=found.used[days])}")
    rows = found.table.to_pylist()
    columns = [name for name in found.table.column_names if not name.endswith(("_low", "_high"))]
    furthest = columns[3] if len(columns) > 3 else "score"
    rows.sort(key=lambda row: (row[furthest] if row[furthest] is not None else row["score"]) - row["score"])
    shown = [[row[name] for name in columns] for row in rows[:MOST]]
    out.print(table(columns, shown, numbers=columns[1:]))
    if len(rows) > MOST:
        out.print(f"{len(rows) - MOST:,} more rows, and the intervals: --out forecast.parquet")
    if found.months:
        months = [
            (f"{one.number}", f"{one.revenue:,.0f}", f"{one.low:,.0f} to {one.high:,.0f}", f"{one.accounts:.1f}")
            for one in found.months
        ]
        out.print(table(("30 days ahead", "revenue churn", "90 % interval", "accounts"), months))


def _judged(one: Judged | None, *, used: bool) -> str:
    if one is None:
        return "too little history to make a forecast; today's score is repeated"
    verdict = "" if used else ", so today's score is repeated"
    return (
        f"off by {one.error:.2f} points on later days, repeating today's score by {one.repeated:.2f}{verdict}; "
        f"{one.inside:.0%} lay within the 80 % interval"
    )
