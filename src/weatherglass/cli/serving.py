"""The command `serve`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from weatherglass.jobs.errors import JobError


def run(project: Path, host: str, port: int, enter: Callable[[str], None] | None = None, person: str = "") -> None:
    """Serve a project until told to stop.

    enter: is given the address that signs a person in, once it can be opened. person: their e-mail.
    """
    from weatherglass import workspace
    from weatherglass.jobs.incoming.draining import Limits
    from weatherglass.jobs.live.store import Live, Options
    from weatherglass.state import State
    from weatherglass.store.compacting import compact
    from weatherglass.store.store import FOLDER
    from weatherglass.web.api.local import Local
    from weatherglass.web.application import application
    from weatherglass.web.logs import configure
    from weatherglass.web.serving import run as serve
    from weatherglass.web.settings import Settings

    try:
        settings = Settings.from_environment()
    except ValueError as error:
        raise JobError(str(error)) from None
    configure(settings.log_level)
    compact(project / FOLDER)
    opened = workspace.open(project)
    limits = Limits(settings.call_bytes, settings.batch_events, settings.posthog_group)
    options = Options(limits, settings.rejects_kept, settings.backlog_bytes // 2)
    try:
        with State.open(opened.store.folder) as state:
            local = Local(opened.store.folder)
            made = application(Live(opened.store, opened.project, options), state, settings, local, project)
            codes = made.state.codes
            visitor = state.people.by_email(person) if person else None
            codes.person = None if visitor is None else visitor.id

            def told(address: str) -> None:
                local.announce(address)
                typer.echo(f"Serving {address}")
                if not state.people.all():
                    typer.echo(f"Nobody may sign in yet: make the first admin at {address}/setup?code={codes.setup}")
                if enter is not None:
                    enter(f"{address}/enter?code={codes.visitor}")

            try:
                serve(made, host, port, told)
            finally:
                local.withdraw()
    except OSError as error:
        # with a name it is a file, such as service.json on a full disk
        what = error.filename or f"{host}:{port}"
        raise JobError(f"{what} cannot be served: {error.strerror or error}") from error


def show(address: str) -> bool:
    """Open an address in the browser of whoever sits before the screen; whether there is one."""
    import webbrowser

    windows = sys.platform in {"win32", "darwin"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if not windows:
        # a browser in the terminal would take the terminal away
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False
