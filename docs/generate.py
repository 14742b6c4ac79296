"""Writes the reference pages from the code: `make docs`. The tests fail when a page is stale.

A page is written by hand but for what stands between `<!-- generated -->` and `<!-- end of what is generated -->`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import typer

from weatherglass.cli.main import app
from weatherglass.config import PRESETS, Scorecard
from weatherglass.events.table import Column
from weatherglass.events.tables import TABLES
from weatherglass.rollups import steps
from weatherglass.scores.words import document
from weatherglass.signals.catalogue import CATALOGUE, DIMENSIONS, Signal

FOLDER = Path(__file__).parent
BEGIN, END = "<!-- generated -->", "<!-- end of what is generated -->"


def cli() -> Iterator[str]:
    """Every command with its arguments and options."""
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        arguments = [part for part in command.params if part.param_type_name == "argument"]
        options = [part for part in command.params if part.param_type_name == "option"]
        yield f"## {name}\n\n{command.help}\n"
        yield f"```text\n{' '.join(['weatherglass', name, *(part.metavar for part in arguments), '[OPTIONS]'])}\n```\n"
        rows = [(f"`{part.metavar.strip('[]')}`", part.help, _default(part)) for part in arguments]
        rows += [(_option(part), part.help, _default(part)) for part in options]
        yield from _table(("", "meaning", "default"), rows)


def _option(part: Any) -> str:
    value = "" if part.is_flag else f" {part.metavar or _unnamed(part)}"
    return ", ".join(f"`{name}{value}`" for name in part.opts)


def _unnamed(part: Any) -> str:
    return "WORD" if isinstance(part.default, str) else "N"


def _default(part: Any) -> str:
    if part.required:
        return "required"
    return "" if part.default is None or part.default is False else f"`{part.default}`"


def signals() -> Iterator[str]:
    """Every signal by dimension: what it is, and what it weighs in each card."""
    for dimension in DIMENSIONS:
        weights = [f"{name} {card.dimensions[dimension].weight:g}" for name, card in PRESETS.items()]
        yield f"## {dimension}\n\nIts weight: {', '.join(weights)}.\n"
        rows = [_signal(signal) for signal in CATALOGUE if signal.dimension == dimension]
        yield from _table(("signal", "what it is", *PRESETS), rows)


def _signal(signal: Signal) -> tuple[str, ...]:
    what = document(signal.name, PRESETS["default"])
    return f"`{signal.name}`", what, *(_weight(card, signal) for card in PRESETS.values())


def _weight(card: Scorecard, signal: Signal) -> str:
    part = card.dimensions[signal.dimension].signals.get(signal.name)
    if part is None:
        return "-"
    return f"{part.weight:g}" + ("" if part.scaling.kind == "own" else f" {part.scaling.kind}")


def rollups() -> Iterator[str]:
    """The SQL of every step, its comment as text."""
    for number, name in enumerate(steps.names(), 1):
        lines = steps.documented(name).splitlines()
        comment = [line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines)]
        body = "\n".join(lines[len(comment) :]).strip()
        yield f"## {number}. {name}\n\n{' '.join(comment)}\n\n```sql\n{body}\n```\n"


def tables() -> Iterator[str]:
    """Every source table: its columns, what they hold, and the other names that are recognised."""
    for table in TABLES:
        names = ", ".join(f"`{name}`" for name in table.aliases)
        yield f"## {table.name}\n\nFiles named `{table.name}` or {names}.\n{_key(table.key)}\n"
        rows = [(_column(column), _holds(column), _aliases(column)) for column in table.columns]
        yield from _table(("column", "holds", "also known as"), rows)


def _key(key: tuple[str, ...]) -> str:
    if not key:
        return "Rows with the same `message_id` are one event."
    return f"Rows with the same {' and '.join(f'`{name}`' for name in key)} are one row, the last read."


def _column(column: Column) -> str:
    return f"`{column.name}`" + (" (required)" if column.required else "")


def _holds(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    low, high = (None if bound is None else f"{bound:g}" for bound in (column.low, column.high))
    if low and high:
        return f"{column.kind}, {low} to {high}"
    return column.kind + (f", {low} or more" if low else "")


def _aliases(column: Column) -> str:
    return ", ".join(f"`{alias}`" for alias in column.aliases)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    for line in lines:
        yield f"| {' | '.join(line)} |"
    yield ""


def api() -> Iterator[str]:
    """Every address of the API: what it does, and the least scope it needs."""
    from weatherglass.web.api.application import PREFIX, SCOPE, described, description

    document = description(described())
    groups: dict[str, list[tuple[str, ...]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            what = operation["description"].split("\n\n")[0].replace("\n", " ")
            groups.setdefault(operation["tags"][0], []).append(
                (f"`{method.upper()} {path}`", what, operation[SCOPE] or "")
            )
    for group, rows in groups.items():
        yield f"### {group}\n"
        yield from _table(("", "", "scope"), rows)
    yield f"All below `{PREFIX}`.\n"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "cli.md": cli,
    "signals.md": signals,
    "rollups.md": rollups,
    "tables.md": tables,
    "api.md": api,
}


def fresh(page: str, text: str) -> str:
    """A page with its generated part as the code has it. Errors: ValueError where the page has no markers."""
    above, begin, rest = text.partition(BEGIN)
    _, end, below = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"docs/{page}: the lines {BEGIN} and {END} are missing")
    made = "\n".join(PAGES[page]()).strip()
    return f"{above}{BEGIN}\n\n{made}\n\n{END}{below}"


def main() -> None:
    """Write the pages that are stale, and say which."""
    for page in PAGES:
        file = FOLDER / page
        text = file.read_text(encoding="utf-8")
        new = fresh(page, text)
        if new != text:
            file.write_text(new, encoding="utf-8")
            sys.stdout.write(f"docs/{page}\n")


if __name__ == "__main__":
    main()
