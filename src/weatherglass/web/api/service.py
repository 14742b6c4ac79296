"""What the routes of the API work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from weatherglass.jobs.live import Live
from weatherglass.state import State
from weatherglass.web.api.local import Local
from weatherglass.web.settings import Settings


@dataclass(frozen=True)
class Service:
    """An open store and an open state, and how they are served."""

    live: Live
    state: State
    settings: Settings
    local: Local


def serving(request: Request) -> Service:
    """The service that a request is made to."""
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


Serving = Annotated[Service, Depends(serving)]
