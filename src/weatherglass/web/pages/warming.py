"""Working out what pages show of all accounts before anyone asks: once for every change of what is served."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

import structlog

from weatherglass.jobs.background import Background
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.web.pages.site import Site

Warm = Callable[[Site], None]
"""Asks the questions that a page asks whoever comes."""

LOOK_SECONDS = 0.2
REST = 10.0
"""Seconds between two turns, at least; and so many times what the last one took: facts may come in all the time."""
log = structlog.get_logger("weatherglass.page")


class Warming(Background):
    """Keeps the answers of one site warm. Start it, stop it."""

    def __init__(self, site: Site, pages: Sequence[Warm]) -> None:
        super().__init__("warming")
        self._site = site
        self._pages = pages
        self._lock = Lock()

    def turn(self) -> None:
        """Work out anew what has changed since the last turn, and show it from then on."""
        with self._lock:
            version = self._site.service.live.version
            if version == self._site.memory.version:
                return
            following = replace(self._site, version=version)
            for page in self._pages:
                if not self._stopping.is_set():
                    _ask(page, following)
            self._site.memory.begin(version)

    def _work(self) -> None:
        memory, rest_until = self._site.memory, 0.0
        while not self._stopping.wait(LOOK_SECONDS):
            if self._site.service.live.version == memory.version:
                continue
            begun = time.monotonic()
            if begun >= rest_until or memory.wanted.is_set():
                memory.wanted.clear()
                self.turn()
                now = time.monotonic()
                rest_until = now + REST * max(1.0, now - begun)


def _ask(page: Warm, site: Site) -> None:
    try:
        page(site)
    except UnknownAccount:
        # nothing is scored yet: there is nothing to work out
        return
    except Exception:
        # whoever asks is told what is wrong
        log.exception("a page could not be worked out beforehand")
