"""The commands of whoever looks after customers: tasks, plays, audiences, renewals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectFolder = Annotated[
    Path, typer.Option("--project", "-p", metavar="DIR", help="The project's folder, with weatherglass.yml.")
]


def tasks(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, done or drop.")] = "list",
    number: Annotated[int | None, typer.Argument(metavar="[NUMBER]", help="done, drop: the task's number.")] = None,
    project: ProjectFolder = Path(),
    assignee: Annotated[str | None, typer.Option(metavar="WHO", help="Only what this person has to do.")] = None,
    account: Annotated[str | None, typer.Option(metavar="ID", help="Only what is about this account.")] = None,
    state: Annotated[str, typer.Option(help="open, done or dropped.")] = "open",
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help="done, drop: what came of it.")] = None,
) -> None:
    """What there is to do, the most urgent first; and what came of it."""
    from weatherglass.cli.tasks import run

    run(project, action, number, (assignee, account, state), outcome)


def plays(
    name: Annotated[str | None, typer.Argument(metavar="[PLAY]", help="One play, with what it did.")] = None,
    project: ProjectFolder = Path(),
) -> None:
    """The plays and where they are at work; of one, whether it helped."""
    from weatherglass.cli.playing import plays as run

    run(project, name)


def audiences(
    name: Annotated[str | None, typer.Argument(metavar="[AUDIENCE]", help="One audience, with who is in it.")] = None,
    project: ProjectFolder = Path(),
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Who is in it, as CSV.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Tell the outside of all of them anew, in place of its dead letters.")
    ] = False,
) -> None:
    """The audiences, and who is in them since when; or one of them told again to the outside."""
    from weatherglass.cli.playing import audiences, resent

    if again:
        resent(project, name)
    else:
        audiences(project, name, out)


def renewals(
    account: Annotated[str | None, typer.Argument(metavar="[ACCOUNT]", help="With TIER: say how you see it.")] = None,
    tier: Annotated[str | None, typer.Argument(metavar="[TIER]", help="A tier of the account's scorecard.")] = None,
    project: ProjectFolder = Path(),
    days: Annotated[int, typer.Option(min=1, max=730, help="Days ahead.")] = 120,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why you see it so.")] = "",
) -> None:
    """Renewals ahead with the computed tier and yours, and who was right of those that disagreed."""
    from weatherglass.cli.renewing import run

    run(project, account, tier, days, note)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (tasks, plays, audiences, renewals):
        app.command()(command)
