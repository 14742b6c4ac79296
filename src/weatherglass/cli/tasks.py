"""The command `tasks`: it looks into the state, which a running service shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from weatherglass.cli.access import me, opened
from weatherglass.cli.terminal import console, table

if TYPE_CHECKING:
    from weatherglass.state import State

STATES = ("open", "done", "dropped")
ENDS = {"done": "done", "drop": "dropped"}
MOST = 50


def run(
    project: Path,
    action: str,
    number: int | None,
    only: tuple[str | None, str | None, str],
    outcome: str | None,
) -> None:
    """List tasks, or end one. only: assignee, account and state."""
    if action not in {"list", *ENDS}:
        raise typer.BadParameter("it is list, done or drop", param_hint="ACTION")
    if only[2] not in STATES:
        raise typer.BadParameter(f"it is one of {', '.join(STATES)}", param_hint="--state")
    with opened(project) as state:
        if action == "list":
            _list(state, only)
        elif number is None or not outcome:
            raise typer.BadParameter(f"{action} needs a task's number and an --outcome", param_hint="NUMBER")
        else:
            task = state.tasks.change(me(), number, {"state": ENDS[action], "outcome": outcome})
            console().print(f"{escape(task.title)}: {task.state}")


def _list(state: State, only: tuple[str | None, str | None, str]) -> None:
    asked: dict[str, Any] = {"assignee": only[0], "account_id": only[1], "state": only[2]}
    found = state.tasks.queue(None, MOST + 1, **asked)
    shown = console()
    rows = [(one.id, one.due_day, one.assignee, one.account_id, one.title, one.outcome) for one in found[:MOST]]
    if not rows:
        shown.print(f"no {only[2]} tasks")
        return
    shown.print(table(("number", "due", "whose", "account", "what", "outcome"), rows, numbers=("number",)))
    if len(found) > MOST:
        shown.print(f"... and more: the first {MOST} are shown")
