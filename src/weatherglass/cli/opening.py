"""Opening the workspace that a command is about, and reading its days."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from weatherglass.cli.asking import Service, service
from weatherglass.cli.terminal import console, progress
from weatherglass.store import Store
from weatherglass.store.store import FOLDER
from weatherglass.workspace import Workspace, of_store, open, open_data


def workspace(project: Path, data: Path | None) -> Workspace:
    """The workspace of a project's folder, or of a folder of files."""
    return open(project) if data is None else open_data(data)


@contextmanager
def looking(project: Path, data: Path | None) -> Iterator[Workspace]:
    """The same for a command that changes nothing in the store: where a service has it open, with a copy of it.

    What the command keeps in the project's folder is kept there.
    """
    running = service(project) if data is None else None
    if running is None:
        with workspace(project, data) as opened:
            yield opened
        return
    with tempfile.TemporaryDirectory(prefix="weatherglass-") as name:
        _copy(running, project, Path(name))
        with Store.open(Path(name)) as copied:
            opened = of_store(project, copied)
            before = opened.project
            yield opened
    if opened.project != before:
        console().print("The service that runs here works with what was changed once it is started again.")


def _copy(running: Service, project: Path, room: Path) -> None:
    """Have the service write its store down, and put that into a folder."""
    from weatherglass.jobs.backup.restoring import unpack

    # a folder that both of us see: the service may have a /tmp of its own
    file = (project / FOLDER / f"copy-{os.getpid()}.tar").absolute()
    try:
        with progress() as told:
            running.job(told, kind="backup", file=str(file))
        unpack(file, room)
    finally:
        file.unlink(missing_ok=True)
    (room / "store").replace(room / FOLDER)


def day(text: str | None, option: str) -> dt.date | None:
    """A calendar day. Wrong use (exit code 2) when the text is none."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a calendar day; write it as 2026-03-31", param_hint=option) from None
