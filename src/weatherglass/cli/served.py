"""Commands of a project whose store a service has open: the same words, answered by the service."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from weatherglass.cli.asking import Service, part, plainly
from weatherglass.cli.terminal import console, progress, table, text
from weatherglass.jobs.errors import JobError

if TYPE_CHECKING:
    import pyarrow as pa

Days = tuple[dt.date | None, dt.date | None]


def load(running: Service, paths: list[Path], *, lenient: bool) -> Any:
    """What a load did."""
    asked = {"paths": [str(path.absolute()) for path in paths], "lenient": lenient}
    return plainly(running.post("/load", asked))


def doctor(running: Service) -> Any:
    """What the doctor found."""
    found = plainly(running.get("/doctor"))
    found.tables = [(one.table, one.rows, one.first_day, one.last_day) for one in found.tables]
    return found


def report(running: Service, out: Path, as_of: dt.date | None) -> None:
    """Write the report."""
    from weatherglass.jobs.replacing import replacing

    with replacing(out) as file:
        running.download("/report", file, as_of=as_of)


def score(running: Service, days: Days) -> str:
    """Have every account scored; the day asked for, else the last one that is over."""
    if days[1] is not None:
        told = "stop the service to score older days again (--since), or ask it for them with --as-of"
        raise typer.BadParameter(told, param_hint="--since")
    with progress() as told_so:
        done = running.job(told_so, kind="score")
    if done["finished_to"] is None:
        raise JobError("there is nothing to score yet: send events, or load files, first")
    return str(days[0] or done["finished_to"])


def rows(running: Service, what: str, as_of: str) -> pa.Table:
    """Score rows or signal rows of a day."""
    import pyarrow.parquet as pq

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        running.download(f"/exports/{what}", file, format="parquet", as_of=as_of)
        file.flush()
        return pq.read_table(file.name).sort_by([("account_id", "ascending"), ("as_of", "ascending")])


def explain(running: Service, account: str, as_of: dt.date | None, versus: dt.date | None) -> None:
    """Print why a score is what it is, and why it moved."""
    path, out = f"/accounts/{part(account)}", console()
    change = None
    if versus is not None:
        change = running.get(f"{path}/change", since=versus, as_of=as_of)
    found = change["after"] if change else running.get(f"{path}/explanation", as_of=as_of)
    score = found["score"]
    shown = "" if score["tier"] == score["tier_shown"] else f", shown as {score['tier_shown']}"
    headline = "unscored" if score["score"] is None else f"{score['score']:.2f}, {score['tier']}{shown}"
    out.print(f"[bold]{escape(account)}[/] on {found['as_of']}: {escape(headline)}")
    out.print(f"scorecard {escape(found['scorecard'])} {score['scorecard_version']}\n")
    lines = [
        (f"{one['dimension']}.{one['signal']}", one["score"], one["weight"], one["contribution"], one["sentence"])
        for one in found["signals"]
    ]
    numbers = ("score", "weight", "contribution")
    out.print(table(("signal", *numbers, "what was seen"), lines, numbers=numbers))
    out.print("\nhow each score was made")
    for one in found["signals"]:
        out.print(f"  {one['signal']}: {escape(one['arithmetic'])}")
    if change is not None:
        _change(change)


def _change(change: dict[str, Any]) -> None:
    out = console()
    before, after = (change[name]["score"]["score"] for name in ("before", "after"))
    out.print(f"\n[bold]since {change['since']}[/]: {text(before)} -> {text(after)}")
    if change["change"] is None:
        out.print(f"  {escape(change['unscored'])}: there is no change to split")
        return
    moves = [
        (f"{one['dimension']}.{one['signal']}", one["points"]) for one in change["moves"] if abs(one["points"]) > 5e-3
    ]
    named = [("another scorecard", change["scorecard"]), ("moved weights", change["weights"])]
    lines = [*moves, *((name, points) for name, points in named if points)]
    out.print(table(("what moved", "points"), [*lines, ("change", change["change"])], numbers=("points",)))
