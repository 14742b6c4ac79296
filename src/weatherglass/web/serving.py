"""Running the application: one process, one worker, until it is told to stop."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter from the others."""
COLLECTED_AFTER = (20_000, 20, 20)
"""How many new objects the interpreter looks for cycles after, and so on for those that have stayed."""
GRACE_SECONDS = 20
"""How long open requests may take after the service was told to stop."""


def run(application: ASGIApp, host: str, port: int, told: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is open and return. `told` is given the address.

    Errors: OSError when the address cannot be had.
    """
    config = uvicorn.Config(
        application,
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=config.backlog)
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        """Before uvicorn listens to signals itself; when it has finished it raises them again, to no effect."""
        server.should_exit = True

    kept = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    # what works behind the answers shall not keep them waiting: five milliseconds are the time of a hundred of them
    sys.setswitchinterval(SWITCH_SECONDS)
    # what was there before the first request stays, and requests in flight are many objects and no cycles
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
    try:
        place, number = listening.getsockname()[:2]
        told(f"http://[{place}]:{number}" if family == socket.AF_INET6 else f"http://{place}:{number}")
        server.run(sockets=[listening])
    finally:
        for one, handler in kept.items():
            signal.signal(one, handler)
        listening.close()
    if not server.started:
        raise SystemExit(1)
