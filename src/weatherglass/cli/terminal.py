"""What commands print: tables, progress, and plain lines that also read well in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

WIDE = 200
"""Columns of a table in a pipe, where nobody wraps."""

LONG = 120
"""Characters of a cell; an id can be 10 kB."""

MARKS = {"good": "[green]●[/]", "note": "[yellow]▲[/]", "bad": "[red]■[/]"}


def console() -> Console:
    """Standard output: as wide as the terminal, wide in a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], numbers: Sequence[str] = ()) -> Table:
    """A quiet table; `numbers` are the columns that stand on the right."""
    result = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        result.add_column(escape(name), justify="right" if name in numbers else "left", overflow="fold")
    for row in rows:
        result.add_row(*(text(value) for value in row))
    return result


def text(value: object) -> str:
    """A value as a cell; nothing is a dot."""
    if value is None:
        return "·"
    if isinstance(value, float):
        return f"{value:.2f}"
    shown = str(value)
    return escape(shown if len(shown) <= LONG else f"{shown[: LONG - 3]}...")


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on a terminal; None, and so silence, in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def told(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = bar.add_task(doing, total=max(total, 1))
            bar.update(tasks[doing], completed=done, total=max(total, 1))  # type: ignore[arg-type]

        yield told
