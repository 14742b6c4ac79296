"""The command `explain`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.markup import escape

from weatherglass.cli import served
from weatherglass.cli.asking import service
from weatherglass.cli.opening import day, workspace
from weatherglass.cli.terminal import console, table, text
from weatherglass.jobs.foresight.probabilities import Kept
from weatherglass.jobs.views.explaining import Day, Explanation, Versus
from weatherglass.rollups import steps
from weatherglass.scores.words import arithmetic, sentence


def run(project: Path, data: Path | None, account: str, days: tuple[str | None, str | None], *, sql: bool) -> None:
    as_of, versus = day(days[0], "--as-of"), day(days[1], "--versus")
    running = service(project) if data is None else None
    if running is not None:
        served.explain(running, account, as_of, versus)
        if sql:
            _print_sql()
        return
    with workspace(project, data) as opened:
        if data is not None:
            opened.update(as_of)
        show(opened.explain(account, as_of, versus), opened.probabilities)
        if sql:
            _print_sql()


def show(explained: Explanation, known: Mapping[str, Kept] | None = None) -> None:
    """Print an explanation: the score, each signal with its arithmetic, and what moved.

    known: chances of churn by scorecard version, which stand beside the score.
    """
    out, now = console(), explained.day
    row = now.row
    out.print(f"[bold]{escape(explained.account_id)}[/] on {row['as_of']}: {_headline(now)}")
    out.print(
        f"lifecycle {row['lifecycle']}, coverage {row['coverage']:.2f}, confidence {row['confidence']:.2f}, "
        f"scorecard {escape(now.card.name)} {row['scorecard_version']}{_chances(now, known or {})}\n"
    )
    rows = [
        (
            f"{line['dimension']}.{line['signal']}",
            line["score"],
            line["weight"],
            line["contribution"],
            sentence(line, now.card),
        )
        for line in now.signals
    ]
    if now.score is not None:
        total = sum(line["weight"] or 0.0 for line in now.signals)
        rows.append(("score", None, total, sum(line["contribution"] or 0.0 for line in now.signals), ""))
    numbers = ("score", "weight", "contribution")
    out.print(table(("signal", *numbers, "what was seen"), rows, numbers=numbers))
    out.print("\nhow each score was made")
    for line in now.signals:
        out.print(f"  {line['signal']}: {escape(arithmetic(line, now.card))}")
    if explained.versus is not None:
        _print_versus(explained.versus, now)


def _chances(now: Day, known: Mapping[str, Kept]) -> str:
    kept = known.get(now.row["scorecard_version"])
    if kept is None or now.score is None or not kept.horizons:
        return ""
    said = [f"{float(one(np.array([now.score]))[0]):.1%} in {one.horizon} days" for one in kept.horizons]
    return f"\nchance of churn: {', '.join(said)} (calibrated to {kept.known_to})"


def _headline(now: Day) -> str:
    row = now.row
    if now.score is None:
        return "unscored"
    shown = "" if row["tier"] == row["tier_shown"] else f", shown as {row['tier_shown']}"
    return f"{now.score:.2f}, {row['tier']}{shown}, grade {row['grade']}"


def _print_versus(versus: Versus, now: Day) -> None:
    out = console()
    before = versus.before
    out.print(f"\n[bold]since {before.row['as_of']}[/]: {text(before.score)} -> {text(now.score)}")
    if versus.change is None:
        out.print(f"  {escape(versus.unscored)}: there is no change to split")
        return
    rows: list[tuple[str, float]] = []
    if versus.card_points is not None:
        rows.append(("another scorecard", versus.card_points))
    rows += [(f"{move.dimension}.{move.signal}", move.points) for move in versus.change.moves]
    rows.append(("moved weights", versus.change.weights))
    shown = [(name, f"{points:+.2f}") for name, points in rows if abs(points) >= 0.005]
    shown.append(("change", f"{sum(points for _, points in rows):+.2f}"))
    out.print(table(("what moved it", "points"), shown, numbers=("points",)))


def _print_sql() -> None:
    out = console()
    out.print("\nthe roll-ups that ran, in their order ($files are the event files of the store)")
    for name in steps.names():
        out.print(f"\n-- {name}\n{escape(steps.documented(name))}")
