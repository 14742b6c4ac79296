"""The command `score`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from weatherglass.cli import served
from weatherglass.cli.asking import Service, service
from weatherglass.cli.opening import day, workspace
from weatherglass.cli.terminal import console, progress, table
from weatherglass.jobs.writing import check_ending, write

if TYPE_CHECKING:
    import datetime as dt

    import pyarrow as pa

    from weatherglass.jobs.scoring.run import Run
    from weatherglass.workspace import Workspace

SHOWN = (
    *("account_id", "score", "tier", "tier_shown", "lifecycle", "coverage", "confidence"),
    *("dim_product_usage", "dim_engagement_trends", "dim_feature_adoption", "dim_support_signals"),
)
SIGNALS_SHOWN = ("account_id", "dimension", "signal", "value", "baseline", "score", "weight", "contribution")
TABLE = "-"
MOST = 1000
"""Rows a terminal table shows."""


def run(
    project: Path, data: Path | None, days: tuple[str | None, str | None], out: str | None, signals_out: str | None
) -> None:
    as_of, since = day(days[0], "--as-of"), day(days[1], "--since")
    for name in (out, signals_out):
        if name not in (None, TABLE):
            check_ending(Path(str(name)))
    running = service(project) if data is None else None
    if running is not None:
        _served(running, (as_of, since), out, signals_out)
        return
    Thread(target=_import_scoring).start()
    with workspace(project, data) as opened:
        with progress() as told:
            done = opened.update(as_of, None if data is not None else since, progress=told)
        first = since or done.as_of
        _write(opened, (first, done.as_of), out, signals_out)
        if out == TABLE:
            chances = [name for name in opened.score_columns.names if name.startswith("churn_")]
            _print(_rows(opened.score_tables(first, done.as_of)), (*SHOWN, *chances), several=first != done.as_of)
        if signals_out == TABLE:
            _print(_rows(opened.signal_tables(first, done.as_of)), SIGNALS_SHOWN, several=first != done.as_of)
        if TABLE not in (out, signals_out):
            _summary(opened, done)


def _import_scoring() -> None:
    """Import what scores beside the reading of files, which is the engine's work: a fifth of a second."""
    import weatherglass.jobs.scoring.run
    import weatherglass.scores.rows  # noqa: F401


def _served(running: Service, days: served.Days, out: str | None, signals_out: str | None) -> None:
    """The same through the service that has the store open."""
    day_scored = served.score(running, days)
    for what, target, columns in (("scores", out, SHOWN), ("signals", signals_out, SIGNALS_SHOWN)):
        if target is None:
            continue
        rows = served.rows(running, what, day_scored)
        if target == TABLE:
            _print(rows.to_pylist(), columns, several=False)
        else:
            write(Path(target), rows.schema, [rows])
    if TABLE not in (out, signals_out):
        console().print(f"The service has scored every account, up to {day_scored}.")


def _write(opened: Workspace, days: tuple[dt.date, dt.date], out: str | None, signals_out: str | None) -> None:
    # the rows of one day are put in order; those of a long history need not fit in memory, and stay as they come
    one = days[0] == days[1]
    if out not in (None, TABLE):
        rows = [opened.scores(*days).arrow] if one else opened.score_tables(*days)
        write(Path(str(out)), opened.score_columns, rows)
    if signals_out not in (None, TABLE):
        from weatherglass.scores.rows import SIGNAL_COLUMNS

        rows = [opened.signals(*days).arrow] if one else opened.signal_tables(*days)
        write(Path(str(signals_out)), SIGNAL_COLUMNS, rows)


def _rows(tables: Iterable[pa.Table]) -> list[dict[str, Any]]:
    """The rows of some tables by account and day, put in order here: Arrow's sorting takes long to import."""
    return sorted(
        (row for found in tables for row in found.to_pylist()), key=lambda row: (row["account_id"], row["as_of"])
    )


def _print(rows: list[dict[str, object]], columns: tuple[str, ...], *, several: bool) -> None:
    shown = (columns[0], "as_of", *columns[1:]) if several else columns
    names = [name.removeprefix("dim_") for name in shown]
    numbers = [
        name
        for name in names
        if name not in ("account_id", "as_of", "tier", "tier_shown", "lifecycle", "dimension", "signal")
    ]
    out = console()
    out.print(table(names, [[row[name] for name in shown] for row in rows[:MOST]], numbers=numbers))
    if len(rows) > MOST:
        out.print(f"{len(rows) - MOST:,} more rows; write them to a file with --out scores.parquet")


def _summary(opened: Workspace, done: Run) -> None:
    from weatherglass.reports.wording import count

    out = console()
    counted = _tiers(opened, done)
    said = ", ".join(f"{number:,} {escape(name)}" for name, number in counted.items())
    out.print(f"{done.as_of}: {count(sum(counted.values()), 'account')}: {said}")
    out.print(f"{done.update.rows:,} account-days scored, {done.rolled_up.events:,} events rolled up")
    if done.card_changed:
        out.print(_change(done))


def _change(done: Run) -> str:
    if done.again_from is None:
        return "The configuration has changed what events mean, or their days: every day was scored again with it."
    return (
        f"The configuration has changed: it holds from {done.again_from} on, days before keep the card they were "
        "scored with. `weatherglass score --since DAY` scores older days with it."
    )


def _tiers(opened: Workspace, done: Run) -> dict[str, int]:
    """How many accounts each tier has: the most first, of as many the better tier."""
    rows = opened.scores(done.as_of, done.as_of).arrow["tier_shown"].value_counts().to_pylist()
    best_first = [name for card in opened.project.scorecards for name in reversed(card.tiers.names)]
    names = list(dict.fromkeys([*best_first, *sorted(row["values"] for row in rows)]))
    rows.sort(key=lambda row: (-row["counts"], names.index(row["values"])))
    return {row["values"]: row["counts"] for row in rows}
