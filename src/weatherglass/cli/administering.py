"""The commands of whoever looks after a project: keys, users, backup, restore, erase, held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectFolder = Annotated[
    Path, typer.Option("--project", "-p", metavar="DIR", help="The project's folder, with weatherglass.yml.")
]


def keys(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, create, rotate or revoke.")] = "list",
    which: Annotated[
        str | None, typer.Argument(metavar="[WHICH]", help="create: a name; rotate, revoke: the number.")
    ] = None,
    project: ProjectFolder = Path(),
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="SCOPE", help="An API token that may read, write or admin, not a write key."),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="A write key that sends events only, for what strangers can read.")
    ] = False,
    grace: Annotated[float, typer.Option(min=0, help="Hours that the old secret still counts after a rotation.")] = 24,
) -> None:
    """Write keys, with which events are sent, and API tokens: a secret is shown once, when it is made."""
    from weatherglass.cli.access import keys as run

    run(project, action, which, (token, events), grace)


def users(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="list, add, change or password.")] = "list",
    email: Annotated[str | None, typer.Argument(metavar="[EMAIL]", help="The person's e-mail address.")] = None,
    project: ProjectFolder = Path(),
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    role: Annotated[str | None, typer.Option(help="viewer reads, csm also writes, admin also manages.")] = None,
    active: Annotated[bool | None, typer.Option("--active/--locked", help="Whether the person may sign in.")] = None,
) -> None:
    """The people who may sign in; a password is asked for, or read from standard input."""
    from weatherglass.cli.access import users as run

    run(project, action, email, (name, role, active))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup to write, such as monday.tar.")],
    project: ProjectFolder = Path(),
) -> None:
    """Write a backup of everything to one file, also while the service runs."""
    from weatherglass.cli.safekeeping import backup as run

    run(project, file)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    project: ProjectFolder = Path(),
    replace: Annotated[bool, typer.Option("--replace", help="Set an older store aside that is there already.")] = False,
) -> None:
    """Verify a backup and put it in place; never over a store that is newer than the backup."""
    from weatherglass.cli.safekeeping import restore as run

    run(project, file, replace=replace)


User = Annotated[str | None, typer.Option("--user", metavar="ID", help="A user of your product, by id.")]
Account = Annotated[str | None, typer.Option("--account", metavar="ID", help="An account, by id.")]


def erase(
    project: ProjectFolder = Path(),
    user: User = None,
    account: Account = None,
    expired: Annotated[bool, typer.Option("--expired", help="Forget what is past the days of `retention:`.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a user or an account from events, facts, roll-ups, history, log and state, and write a receipt."""
    from weatherglass.cli import safekeeping

    if expired and user is None and account is None:
        safekeeping.forget(project, yes=yes)
    else:
        safekeeping.erase(project, user, account, yes=yes)


def held(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The JSON file to write.")],
    project: ProjectFolder = Path(),
    user: User = None,
    account: Account = None,
) -> None:
    """Write down everything that is held of a user or an account."""
    from weatherglass.cli.safekeeping import held as run

    run(project, out, user, account)


def register(app: typer.Typer) -> None:
    """Make these commands of the application."""
    for command in (keys, users, backup, restore, erase, held):
        app.command()(command)
