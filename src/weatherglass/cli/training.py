"""The command `train`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from weatherglass.cli.opening import day, looking
from weatherglass.cli.terminal import console, progress, table

if TYPE_CHECKING:
    from weatherglass.jobs.foresight.training import Training
    from weatherglass.learning.trial import Trial
    from weatherglass.outcomes.bootstrap import Estimate

METHODS = ("learned", "hybrid", "hazard")
MEASURES = {
    "auc": "AUC",
    "average_precision": "average precision",
    "capture_20": "churn among the lowest 20 %",
    "flag_80": "to be flagged for 80 % of churn",
}
LARGEST = 12
"""Signals that are shown, the heaviest first."""


def run(
    project: Path,
    data: Path | None,
    method: str | None,
    how: tuple[int, int, str | None],
    *,
    force: bool,
    apply: bool,
) -> None:
    if method is not None and method not in METHODS:
        raise typer.BadParameter(f"{method!r} is none of {', '.join(METHODS)}", param_hint="--method")
    if apply and (data is not None or method is None):
        raise typer.BadParameter("it writes --method into a project's weatherglass.yml", param_hint="--apply")
    last = day(how[2], "--until")
    with looking(project, data) as opened, progress() as told:
        found = opened.train(method, seed=how[0], horizon=how[1], until=last, force=force, progress=told)
        if apply and method is not None:
            opened.use_method(method, [one.scorecard for one in found if one.promoted])
    for one in found:
        _show(one, kept=data is None)
        if one.promoted and data is None and not apply:
            console().print("It makes the scores of a scorecard whose method it is; `--apply` sets that.")


def check(project: Path) -> None:
    """Say how far the accounts of a project have moved from those that its models were made of."""
    out = console()
    with looking(project, None) as opened:
        found = opened.drift()
    for one in found:
        if one.drift is None:
            out.print(f"[bold]{escape(one.scorecard)}[/]: {one.said}.")
            continue
        indices = ", ".join(f"{name} {index:.3f}" for name, index in one.drift.index.items() if not math.isnan(index))
        out.print(f"[bold]{escape(one.scorecard)}[/]: stability index {indices or 'of too few accounts to tell'}")
        if one.drift.rows:
            out.print(
                f"{one.drift.seen} churned since, {one.drift.expected:.1f} were expected, in {one.drift.rows:,} rows"
            )
        for warning in one.drift.warnings:
            out.print(f"Warning: {warning}.")


def _show(one: Training, *, kept: bool) -> None:
    out = console()
    out.print(f"[bold]{escape(one.scorecard)}[/], {one.method}: {one.churns:,} churns in {one.rows:,} rows")
    if one.trial is not None:
        _trial(one.trial)
    if one.model is None:
        out.print(f"Nothing was learned: {one.why}.")
        return
    if kept:
        out.print(f"models/{one.model.name}.json")
    out.print(f"{'Promoted' if one.promoted else 'Not promoted'}: {one.why}.")
    weights = [(f"{name}", curve.weight) for name, curve in one.model.fitted.curves.items()]
    if one.model.fitted.prior > 0:
        weights.append(("the weighted score", one.model.fitted.prior))
    weights.sort(key=lambda pair: -pair[1])
    out.print(table(("what it weighs", "weight"), weights[:LARGEST], numbers=("weight",)))
    if len(weights) > LARGEST:
        out.print(f"and {len(weights) - LARGEST} more")


def _trial(found: Trial) -> None:
    out = console()
    out.print(f"out of time, on {found.churns:,} later churns in {found.rows:,} rows:")
    rows = [(name, _interval(found.measures[key]), _interval(found.weighted[key])) for key, name in MEASURES.items()]
    out.print(table(("measure", "model", "weighted score"), rows))
    out.print(f"AUC more than the weighted score's: {_interval(found.gain)}; calibration error {found.error:.3f}")


def _interval(one: Estimate) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"
