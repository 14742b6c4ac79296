"""The service as one ASGI application: the routes of its parts, and what lives as long as it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from weatherglass.jobs.live import Live
from weatherglass.jobs.validating import Validator
from weatherglass.web import operations
from weatherglass.web.intake import routes as intake
from weatherglass.web.intake.door import Door
from weatherglass.web.intake.keys import GivenKeys, Keys
from weatherglass.web.settings import Settings


def application(live: Live, state: Keys, settings: Settings) -> Starlette:
    """The application of one open store; it starts and stops `live`."""
    door = Door(live, GivenKeys(settings.write_keys, state), settings)
    validator = Validator(live.project.timezone)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(live.start)
        door.open()
        try:
            yield
        finally:
            await run_in_threadpool(door.close)
            await run_in_threadpool(live.stop)
            validator.close()

    made = Starlette(routes=[*intake.routes(door, validator), *operations.routes()], lifespan=lifespan)
    made.state.live, made.state.state, made.state.settings = live, state, settings
    return made
