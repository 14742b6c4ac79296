"""What all pages work with: the service, the codes of the terminal, and what was worked out of late."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from weatherglass.jobs.explaining import last_day
from weatherglass.jobs.live import today
from weatherglass.jobs.overriding import seen_on
from weatherglass.jobs.standing import Standing
from weatherglass.web.api.service import Service
from weatherglass.web.pages.codes import Codes
from weatherglass.web.pages.memory import Memory
from weatherglass.web.pages.pen import Looks

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

T = TypeVar("T")
FRESH_SECONDS = 10.0
"""What is worked out over all accounts is shown for so long before it is worked out again."""


@dataclass(frozen=True)
class Site:
    """The pages of an open store and an open state."""

    service: Service
    codes: Codes = field(default_factory=Codes)
    folder: Path | None = None
    """Where weatherglass.yml is; without it no scorecard can be published."""
    memory: Memory = field(default_factory=Memory)

    @property
    def project(self) -> Project:
        return self.service.live.project

    @property
    def looks(self) -> Looks:
        """The tiers of all cards, lowest first."""
        return Looks(tuple(dict.fromkeys(name for card in self.project.scorecards for name in card.tiers.names)))

    def look(self, function: Callable[[Standing], T]) -> T:
        """What a function finds in the scores up to the last finished day.

        People compare a page with what `explain` says, and with what they read an hour ago: so a page stands on days
        that are over, or before the first of them on the open day. Overrides count from the moment they are made.
        """
        service = self.service
        overrides, newest = service.state.overrides.all(), service.live.newest.table()

        def read(store: Store) -> T:
            if store.setting("scored_to") is None:
                return function(Standing(store, overrides, newest))
            seen = seen_on(overrides, last_day(store), today(self.project))
            return function(Standing(store, seen, at_hand=service.at_hand))

        return service.live.read(read)

    def remembered(self, question: Hashable, function: Callable[[Standing], T]) -> T:
        """The same, where it takes all accounts: an answer of the last seconds will do, if no override has changed."""
        held = tuple((one.id, one.ended_day) for one in self.service.state.overrides.all())
        slot = int(time.monotonic() / FRESH_SECONDS)
        return self.memory.get((question, held, slot, self.service.live.ready), lambda: self.look(function))

    def today(self) -> dt.date:
        """The open day of the workspace's zone."""
        return today(self.project)
