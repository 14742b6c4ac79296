"""The command `calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from weatherglass.cli.opening import day, looking
from weatherglass.cli.terminal import console, progress, table

if TYPE_CHECKING:
    from weatherglass.jobs.foresight.calibrating import Calibration, Lines, Weighing
    from weatherglass.learning.thresholds import Flagged


def run(
    project: Path, data: Path | None, asked: tuple[float, int, float, int], until: str | None, *, apply: bool
) -> None:
    if apply and data is not None:
        raise typer.BadParameter(
            "it writes into a project's weatherglass.yml; --data keeps nothing", param_hint="--apply"
        )
    capture, horizon, widen, seed = asked
    last = day(until, "--until")
    with looking(project, data) as opened:
        with progress() as told:
            found = opened.calibrate(
                capture=capture, horizon=horizon, until=last, widen=widen / 100.0, seed=seed, apply=apply, progress=told
            )
        for one in found:
            _show(one)
        out = console()
        if data is None:
            out.print("The probabilities are kept: they stand beside every score from now on.")
        if apply:
            versions = ", ".join(opened.project.version(card) for card in opened.project.scorecards)
            out.print(f"Written into weatherglass.yml: scorecard {versions}.")
        elif data is None:
            out.print("Lines and weights are proposals: `--apply` writes them into weatherglass.yml.")


def _show(one: Calibration) -> None:
    out = console()
    out.print(f"[bold]{escape(one.scorecard)}[/]: {one.churns:,} churns in {one.rows:,} rows")
    if one.lines is not None:
        _lines(one.lines)
    if one.weights is not None:
        _weights(one.weights)
    if one.probabilities:
        rows = [
            (f"{p.horizon} days", p.kind, f"{p.base:.1%}", "-" if p.error is None else f"{p.error:.3f}")
            for p in one.probabilities
        ]
        out.print(table(("probability of churn in", "by", "of all", "calibration error on later rows"), rows))
    for told in one.said:
        out.print(f"{told}.")


def _lines(lines: Lines) -> None:
    out = console()
    rows = [_flagged("now", lines.now), _flagged("proposed", lines.then)]
    if lines.later is not None:
        rows.append(_flagged("set on earlier rows, on later ones", lines.later))
    columns = ("red", "below", "of churners", "of everybody", "right", "false alarms a churner")
    out.print(table(columns, rows))
    out.print(f"green from {lines.green:g}, by {lines.green_by}")


def _flagged(name: str, one: Flagged) -> tuple[str, ...]:
    return (
        *(name, f"{one.line:g}", f"{one.capture:.0%}", f"{one.red:.0%}", f"{one.precision:.0%}"),
        f"{one.alarms:.1f}",
    )


def _weights(weights: Weighing) -> None:
    out = console()
    rows = [(name, f"{weight:.3f}", f"{weights.then[name]:.3f}") for name, weight in weights.now.items()]
    out.print(table(("weight", "now", "fitted"), rows))
    if weights.gain is not None:
        gain = weights.gain
        out.print(f"AUC on later rows by the fitted weights: {gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]")
    if weights.refused:
        out.print(f"The present weights stay: {weights.refused}.")
