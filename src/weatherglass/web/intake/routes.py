"""All addresses that take something in."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from weatherglass.jobs.incoming.validating import Validator
from weatherglass.web.intake import debug, posthog, segment, tables, webhook
from weatherglass.web.intake.door import Door


def routes(door: Door, validator: Validator) -> list[BaseRoute]:
    """The routes, those that are asked most first."""
    return [
        *segment.routes(door),
        *posthog.routes(door),
        *webhook.routes(door),
        *tables.routes(door, validator),
        *debug.routes(door),
    ]


def often(door: Door) -> list[Route]:
    """Those that are asked thousands of times a second, by whole addresses."""
    return segment.routes(door)
