"""Opening the workspace that a command is about, and reading its days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import typer

from weatherglass.workspace import Workspace, open, open_data


def workspace(project: Path, data: Path | None) -> Workspace:
    """The workspace of a project's folder, or of a folder of files."""
    return open(project) if data is None else open_data(data)


def day(text: str | None, option: str) -> dt.date | None:
    """A calendar day. Wrong use (exit code 2) when the text is none."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a calendar day; write it as 2026-03-31", param_hint=option) from None
