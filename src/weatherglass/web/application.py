"""The service as one ASGI application: the routes of its parts, and what lives as long as it does."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount

from weatherglass.jobs.acting.sending import Pulse, Sender, people
from weatherglass.jobs.incoming.validating import Validator
from weatherglass.jobs.live.store import Live
from weatherglass.jobs.schedule.running import Runner
from weatherglass.jobs.schedule.scheduling import Schedule
from weatherglass.jobs.schedule.works import works
from weatherglass.state import State
from weatherglass.web import operations, tracing
from weatherglass.web.api.application import PREFIX, api
from weatherglass.web.api.local import Local
from weatherglass.web.api.service import Service
from weatherglass.web.figures import Figures
from weatherglass.web.intake import routes as intake
from weatherglass.web.intake.door import Door
from weatherglass.web.intake.keys import GivenKeys, Keys, StateTokens
from weatherglass.web.pages import routes as pages
from weatherglass.web.pages.codes import Codes
from weatherglass.web.pages.routing import lost
from weatherglass.web.pages.site import Site
from weatherglass.web.pages.warming import Warming
from weatherglass.web.requests import Requests
from weatherglass.web.settings import Settings
from weatherglass.web.straight import Straight


def application(
    live: Live, state: Keys, settings: Settings, local: Local | None = None, project: Path | None = None
) -> Starlette:
    """The application of one open store; it starts and stops `live`.

    state: with a whole `State` the API and the pages are served, too. local: how the command line is known.
    project: the folder with weatherglass.yml, which belongs into backups.
    """
    known = state if isinstance(state, State) else None

    def users(account: str) -> list[str]:
        return live.read(lambda store: people(store, account))

    door = Door(live, GivenKeys(settings.write_keys, state), settings, StateTokens(known) if known else None)
    validator = Validator(live.project.timezone)
    beside: list[Runner | Schedule | Pulse | Warming] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(live.start)
        door.open()
        for one in beside:
            await run_in_threadpool(one.start)
        try:
            yield
        finally:
            for one in reversed(beside):
                await run_in_threadpool(one.stop)
            await run_in_threadpool(door.close)
            await run_in_threadpool(live.stop)
            validator.close()

    figures, codes, site = Figures(live), Codes(), None
    told = operations.routes(live, known, figures, lambda: door.failure)
    routes: list[BaseRoute] = [*intake.routes(door, validator), *told]
    if known is not None:
        runner = Runner(known, works(live, known, project))
        beside += [runner, Schedule(runner, known, live.project.zone, settings.nightly_hour)]
        beside.append(Pulse(lambda: Sender(known, live.project, project or Path(), users)))
        service = Service(live, known, settings, local or Local(), runner, folder=project)
        site = Site(service, codes, project)
        beside.append(Warming(site, pages.WARM))
        mount = Mount(PREFIX, api(service))
        # the id of an account may hold a line break, which Starlette's own pattern stops at
        mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
        routes += [mount, *pages.routes(site)]
    traced = [Middleware(tracing.Traces)] if tracing.wanted() else []
    straight = {route.path: route for route in intake.often(door)}
    middleware = [*traced, Middleware(Requests, figures=figures), Middleware(Straight, routes=straight)]
    handlers = {} if site is None else dict.fromkeys((404, 405), lost(site))
    made = Starlette(routes=routes, lifespan=lifespan, middleware=middleware, exception_handlers=handlers)
    made.state.site, made.state.straight, made.state.door = site, straight, door
    made.state.live, made.state.state, made.state.settings, made.state.codes = live, state, settings, codes
    return made
