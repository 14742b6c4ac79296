"""The commands around a project: init, load, report, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from weatherglass.cli import served
from weatherglass.cli.asking import service
from weatherglass.cli.opening import day, workspace
from weatherglass.cli.terminal import MARKS, console, progress, table
from weatherglass.config import FILE_NAME, template
from weatherglass.jobs.errors import JobError

if TYPE_CHECKING:
    from weatherglass.jobs.data_health.checking import Health
    from weatherglass.jobs.incoming.loading import Load
    from weatherglass.sources.preview import FilePreview


def init(folder: Path) -> None:
    """Write weatherglass.yml; one that is there stays as it is."""
    file = folder / FILE_NAME
    if file.exists():
        raise JobError(f"{file} is there already, and stays as it is")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(template(folder.resolve().name or "Weatherglass"), encoding="utf-8")
    except OSError as error:
        raise JobError(f"{file}: cannot be written: {error.strerror}") from error
    out = console()
    out.print(f"Made {escape(str(file))}. Next:")
    where = "" if folder == Path() else f" -p {folder}"
    out.print(f"  weatherglass load YOUR_FILES --dry-run{where}   what would be loaded, and how columns are understood")
    out.print(f"  weatherglass load YOUR_FILES{where}             load them")
    out.print(f"  weatherglass score --out -{where}               score every account")


def load(project: Path, paths: list[Path], *, dry_run: bool, lenient: bool) -> None:
    running = None if dry_run else service(project)
    if running is not None:
        _print_load(served.load(running, paths, lenient=lenient))
        return
    with workspace(project, None) as opened:
        if dry_run:
            previews = opened.preview(*paths)
            for one in previews:
                _print_preview(one)
            if any(one.error for one in previews):
                raise typer.Exit(1)
            return
        told = (lambda name: typer.echo(f"reading {name}", err=True)) if sys.stderr.isatty() else None
        _print_load(opened.load(*paths, lenient=lenient, told=told))


def _print_load(done: Load) -> None:
    out = console()
    rows = [(one.name, one.table, one.rows, one.new, one.rejected or None) for one in done.files]
    columns = ("file", "table", "rows", "new or changed", "left out")
    out.print(table(columns, rows, numbers=columns[2:]))
    for one in done.files:
        for reason, count in one.reasons:
            out.print(f"{escape(one.name)}: left out {count:,}: {escape(reason)}")
        for reject in one.rejects:
            out.print(f"  {escape(reject)}")
    for notice in done.notices:
        out.print(f"note: {escape(notice)}")


def _print_preview(one: FilePreview) -> None:
    out = console()
    out.print(f"[bold]{escape(one.file.name)}[/] is read as [bold]{one.table}[/], {one.rows:,} rows")
    if one.error:
        out.print(f"  cannot be loaded: {escape(one.error)}\n")
        return
    from weatherglass.sources.matching import HOW_FOUND

    said = {**HOW_FOUND, "missing": ""}
    rows = [
        (
            match.column,
            match.value if match.how == "constant" else match.source,
            f"{said[match.how]} in {match.through}" if match.through else said[match.how],
        )
        for match in one.columns
    ]
    out.print(table(("column", "from", "how"), rows))
    if one.unknown:
        out.print(f"  kept as traits: {escape(', '.join(one.unknown))}")
    for reason, count in one.reasons:
        out.print(f"  [red]{count:,} rows cannot be used[/]: {escape(reason)}")
    for problem in one.problems:
        out.print(f"    {escape(problem.line)}; {escape(problem.mend)}")
    for notice in one.notices:
        out.print(f"  note: {escape(notice)}")
    out.print()


def report(project: Path, data: Path | None, out: Path, as_of: str | None) -> None:
    wanted = day(as_of, "--as-of")
    running = service(project) if data is None else None
    if running is not None:
        served.report(running, out, wanted)
        console().print(f"Wrote {escape(str(out))}")
        return
    with workspace(project, data) as opened:
        if data is not None:
            with progress() as told:
                opened.update(wanted, progress=told)
        console().print(f"Wrote {escape(str(opened.report(out, wanted)))}")


def doctor(project: Path, data: Path | None) -> None:
    """Print what was found; exit code 1 when something is bad."""
    out = console()
    running = service(project) if data is None else None
    if running is not None:
        health = served.doctor(running)
    else:
        with workspace(project, data) as opened:
            if data is not None and opened.store.engine.row("SELECT count(*) FROM segments")[0]:
                opened.update()
            health = opened.doctor()
    rows = [entry for entry in health.tables if entry[1]]
    out.print(table(("table", "rows", "first day", "last day"), rows, numbers=("rows",)))
    out.print(f"\njoin coverage: {_join_coverage(health)}\n")
    for finding in health.findings:
        out.print(f"{MARKS[finding.state]} {escape(finding.what)}")
        if finding.mend:
            out.print(f"    {escape(finding.mend)}")
    if not health.good:
        raise typer.Exit(1)


def _join_coverage(health: Health) -> str:
    if health.join_coverage is None:
        return "not known before the events are scored" if health.events else "no events"
    return f"{health.join_coverage:.2%}"
