"""The command `serve`."""

from __future__ import annotations

from pathlib import Path

import typer

from weatherglass.jobs.errors import JobError


def run(project: Path, host: str, port: int) -> None:
    from weatherglass import workspace
    from weatherglass.jobs.draining import Limits
    from weatherglass.jobs.live import Live, Options
    from weatherglass.state import State
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
    opened = workspace.open(project)
    limits = Limits(settings.call_bytes, settings.batch_events, settings.posthog_group)
    options = Options(limits, settings.rejects_kept)
    try:
        with State.open(opened.store.folder) as state:
            local = Local(opened.store.folder)
            made = application(Live(opened.store, opened.project, options), state, settings, local, project)

            def told(address: str) -> None:
                local.announce(address)
                typer.echo(f"Serving {address}")

            try:
                serve(made, host, port, told)
            finally:
                local.withdraw()
    except OSError as error:
        raise JobError(f"{host}:{port} cannot be served: {error.strerror or error}") from error
