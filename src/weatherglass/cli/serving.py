"""The command `serve`."""

from __future__ import annotations

from pathlib import Path

import typer

from weatherglass.jobs.errors import JobError


def run(project: Path, host: str, port: int) -> None:
    from weatherglass import workspace
    from weatherglass.jobs.live import Live
    from weatherglass.web.application import application
    from weatherglass.web.intake.keys import GivenKeys
    from weatherglass.web.serving import run as serve
    from weatherglass.web.settings import Settings

    try:
        settings = Settings.from_environment()
    except ValueError as error:
        raise JobError(str(error)) from None
    opened = workspace.open(project)
    made = application(Live(opened.store, opened.project), GivenKeys(settings.write_keys), settings)
    try:
        serve(made, host, port, lambda address: typer.echo(f"Serving {address}", err=False))
    except OSError as error:
        raise JobError(f"{host}:{port} cannot be served: {error.strerror or error}") from error
