"""The command `backtest`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from weatherglass.cli.opening import day, looking
from weatherglass.cli.terminal import console, progress, table
from weatherglass.jobs.replacing import replacing

if TYPE_CHECKING:
    from weatherglass.outcomes.bootstrap import Estimate
    from weatherglass.outcomes.findings import Counts, Findings, Group, Horizon, LeadTime, Period

TERMINAL = "-"
HORIZONS = (30, 60, 90)

Written = Callable[[float], str]


def run(
    project: Path,
    data: Path | None,
    asked: tuple[int, list[int] | None],
    days: tuple[str | None, str | None],
    files: tuple[str | None, Path | None],
) -> None:
    since, until = day(days[0], "--since"), day(days[1], "--until")
    if since is not None and until is not None and since > until:
        raise typer.BadParameter(f"{since} is after {until}", param_hint="--since")
    every, horizons = asked
    to_json, out = files
    with looking(project, data) as opened, progress() as told:
        found = opened.backtest(every, horizons or HORIZONS, since, until, out, told)
    if to_json is not None:
        text = json.dumps(found.to_json(), indent=2, allow_nan=False) + "\n"
        if to_json == TERMINAL:
            typer.echo(text, nl=False)
            return
        with replacing(Path(to_json)) as file:
            file.write(text.encode())
    _print(found)


def _print(found: Findings) -> None:
    shown = console()
    shown.print(f"Outcomes: {escape(found.source_said)}")
    shown.print(
        f"{found.snapshots} snapshot days, {found.first} to {found.last}, every {found.every} days; "
        f"what happened is known to {found.known_to}"
    )
    for line in found.said:
        shown.print(f"- {escape(line)}")
    for one in found.horizons:
        _print_horizon(shown, one, found.lowest)
    _print_leads(shown, found.leads)
    _print_groups(shown, found)


MEASURES = (
    ("auc", "ROC AUC", False),
    ("average_precision", "average precision", False),
    ("capture_red", "churn caught in {red}", True),
    ("capture_5", "churn caught in the lowest 5 %", True),
    ("capture_10", "churn caught in the lowest 10 %", True),
    ("capture_20", "churn caught in the lowest 20 %", True),
    ("flag_80", "to flag to catch 80 % of churn", True),
    ("share_red", "of all in {red}", True),
    ("precision_red", "of those in {red} churned", True),
    ("false_alarm_red", "of those who stayed in {red}", True),
)
"""Measures in the order shown: name, what it is, whether it is a share."""


def _print_horizon(shown: Console, one: Horizon, red: str) -> None:
    shown.print()
    shown.print(f"[bold]{one.days} days ahead[/]: {_counted(one.counts)}")
    names = [ranker.name for ranker in one.rankers]
    shown.print(table(("", *names), list(_rows(one, red)), numbers=names))
    if one.absent:
        shown.print(f"no data: {escape(', '.join(one.absent))}")
    if one.reliability is not None:
        shown.print(
            "expected calibration error of rates fitted to earlier snapshots, on the later: "
            f"{one.reliability.error:.3f}"
        )


def _counted(counts: Counts) -> str:
    return (
        f"{counts.rows:,} rows of {counts.accounts:,} accounts, {counts.positives:,} of them followed by "
        f"{counts.churns:,} churns"
    )


def _rows(one: Horizon, red: str) -> Iterator[list[str | None]]:
    few = one.counts.few
    for name, what, share in MEASURES:
        written = _percent if share else _number
        found = [_cell(ranker.measures.get(name), written, few=few) for ranker in one.rankers]
        yield [what.format(red=red), *found]
    if one.score.by_revenue is not None:
        for name, what, share in (MEASURES[0], MEASURES[2], MEASURES[5], MEASURES[6]):
            written = _percent if share else _number
            found = [_cell((ranker.by_revenue or {}).get(name), written, few=few) for ranker in one.rankers]
            yield [f"{what.format(red=red)}, by revenue", *found]


def _cell(estimate: Estimate | None, written: Written, *, few: bool) -> str | None:
    if estimate is None or math.isnan(estimate.value):
        return None
    interval = "" if math.isnan(estimate.low) else f"{written(estimate.low)} to {written(estimate.high)}"
    if few:
        return interval or None
    return f"{written(estimate.value)} ({interval})" if interval else written(estimate.value)


def _number(value: float) -> str:
    return f"{value:.2f}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _print_leads(shown: Console, leads: tuple[LeadTime, ...]) -> None:
    rows = [
        (
            one.warning,
            len(one.days) + one.unseen,
            one.unseen,
            _quartiles(one.quartiles),
            _quartiles(one.before_gone),
            None if math.isnan(one.stayed_warned) else _percent(one.stayed_warned),
            _quartiles(one.stayed),
        )
        for one in leads
    ]
    if not any(row[1] for row in rows):
        return
    columns = ("warned by", "churns", "unwarned", "days to churn", "days until gone", "of who stayed", "their days")
    shown.print()
    shown.print("[bold]Lead time[/]: median days of warning, and quartiles; those who stayed show what chance gives")
    shown.print(table(columns, rows, numbers=columns[1:]))


def _quartiles(found: tuple[float, float, float] | None) -> str | None:
    return None if found is None else f"{found[1]:.0f} ({found[0]:.0f} to {found[2]:.0f})"


def _print_groups(shown: Console, found: Findings) -> None:
    days = found.main.days
    columns = ("rows", "churns", "ROC AUC", f"in {found.lowest}", f"churn caught in {found.lowest}")
    for title, groups in (("segment", found.segments), ("tenure", found.tenures)):
        if groups:
            shown.print()
            shown.print(f"[bold]The score by {title}[/], {days} days ahead")
            rows = [[escape(one.name), *_group(one)] for one in groups]
            shown.print(table((title, *columns), rows, numbers=columns))
    if found.periods:
        shown.print()
        shown.print(f"[bold]The score over time[/], {days} days ahead")
        rows = [[f"{one.first} to {one.last}", *_group(one), one.mean_score] for one in found.periods]
        names = (*columns, "mean score")
        shown.print(table(("snapshots", *names), rows, numbers=names))


def _group(one: Group | Period) -> list[object]:
    few = one.counts.few
    return [
        f"{one.counts.rows:,}",
        one.counts.churns,
        _cell(one.measures.get("auc"), _number, few=few),
        _cell(one.measures.get("share_red"), _percent, few=False),
        _cell(one.measures.get("capture_red"), _percent, few=few),
    ]
