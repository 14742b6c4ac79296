"""The commands `keys` and `users`: they change the state, which a running service looks at again within seconds."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from weatherglass.cli.terminal import console, table
from weatherglass.state import State, locate
from weatherglass.state.actor import SCOPES, command_line
from weatherglass.state.credentials import EVENTS
from weatherglass.state.people import SCOPE
from weatherglass.store.store import FOLDER

if TYPE_CHECKING:
    from weatherglass.state import Actor
    from weatherglass.state.credentials import Credential, Credentials


def opened(project: Path) -> State:
    """The state of a project's folder."""
    from weatherglass.config import FILE_NAME, ConfigError, Mistake

    if not (project / FILE_NAME).exists():
        told = f"there is no {FILE_NAME} here; run `weatherglass init {project}` first"
        raise ConfigError([Mistake(str(project), "", told)])
    return State(locate(project / FOLDER))


def me() -> Actor:
    """Whoever runs the command."""
    try:
        return command_line(getpass.getuser())
    except (KeyError, OSError):
        return command_line("somebody")


def keys(project: Path, action: str, which: str | None, kind: tuple[str | None, bool], grace: float) -> None:
    """kind: the scope of an API token, and whether a write key is for events only."""
    scope, events = kind
    if action not in {"list", "create", "rotate", "revoke"}:
        raise typer.BadParameter("it is list, create, rotate or revoke", param_hint="ACTION")
    if scope is not None and scope not in SCOPES:
        raise typer.BadParameter(f"it is one of {', '.join(SCOPES)}", param_hint="--token")
    if events and (scope is not None or action != "create"):
        raise typer.BadParameter("it is about a new write key", param_hint="--events")
    with opened(project) as state:
        if action == "list":
            _list([*state.keys.all(), *state.tokens.all()])
            return
        if which is None:
            raise typer.BadParameter("create needs a name, rotate and revoke a number", param_hint="WHICH")
        kept = state.keys if scope is None else state.tokens
        if action == "create":
            _shown(kept.create(me(), which, EVENTS if events else scope))
        elif action == "rotate":
            _shown(_of(state, which).rotate(me(), int(which), dt.timedelta(hours=grace)))
        else:
            done = _of(state, which).revoke(me(), int(which))
            console().print(f"Revoked {escape(done.name)}: it is refused from now on.")


def _of(state: State, which: str) -> Credentials:
    """The write keys, or the tokens: numbers are those of both."""
    if not which.isdecimal():
        raise typer.BadParameter("the number is in `weatherglass keys`", param_hint="WHICH")
    return state.keys if int(which) in {one.id for one in state.keys.all()} else state.tokens


def _list(found: list[Credential]) -> None:
    rows = [
        (one.id, one.kind, one.name, one.scope, f"...{one.hint}", _minute(one.last_used_at), _standing(one))
        for one in sorted(found, key=lambda one: one.id)
    ]
    console().print(table(("number", "kind", "name", "scope", "secret", "last used (UTC)", ""), rows, ("number",)))


def _standing(one: Credential) -> str:
    if one.revoked_at is not None:
        return f"revoked {_minute(one.revoked_at)}"
    return "" if one.expires_at is None else f"until {_minute(one.expires_at)}"


def _minute(moment: dt.datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def _shown(made: tuple[Credential, str]) -> None:
    found, secret = made
    typer.echo(secret)
    typer.echo(f"This {found.kind} ({found.name}, number {found.id}) is shown once; keep it now.", err=True)


def users(project: Path, action: str, email: str | None, told: tuple[str | None, str | None, bool | None]) -> None:
    if action not in {"list", "add", "change", "password"}:
        raise typer.BadParameter("it is list, add, change or password", param_hint="ACTION")
    name, role, active = told
    if role is not None and role not in SCOPE:
        raise typer.BadParameter(f"it is one of {', '.join(SCOPE)}", param_hint="--role")
    with opened(project) as state:
        if action == "list":
            rows = [
                (one.email, one.name, one.role, _minute(one.last_seen_at), "" if one.active else "locked")
                for one in state.people.all()
            ]
            console().print(table(("email", "name", "role", "last seen (UTC)", ""), rows))
            return
        if email is None:
            raise typer.BadParameter("whose? give an e-mail address", param_hint="EMAIL")
        if action == "add":
            first = "admin" if not state.people.all() else "viewer"
            # the first person has to be able to let others in
            made = state.people.create(me(), email, name or email, role or first, _password())  # type: ignore[arg-type]
            console().print(f"{escape(made.email)} may sign in as {made.role}.")
            return
        found = state.people.by_email(email)
        if found is None:
            raise typer.BadParameter(f"there is no {email}; see `weatherglass users`", param_hint="EMAIL")
        if action == "password":
            state.people.set_password(me(), found.id, _password())
            console().print(f"{escape(found.email)} has another password, and is signed out everywhere.")
        else:
            changed = state.people.change(me(), found.id, name=name, role=role, active=active)
            console().print(f"{escape(changed.email)}: {changed.role}{'' if changed.active else ', locked'}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise typer.BadParameter("the two are not the same", param_hint="password")
    return first
