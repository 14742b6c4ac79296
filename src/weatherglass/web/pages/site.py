"""What all pages work with: the service, the codes of the terminal, and what was worked out of late."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from weatherglass.jobs.data_health.event_names import NameDays
from weatherglass.jobs.live.store import today
from weatherglass.jobs.views.standing import Standing
from weatherglass.web.api.service import Service
from weatherglass.web.pages.codes import Codes
from weatherglass.web.pages.memory import Memory, Question
from weatherglass.web.pages.pen import Looks

if TYPE_CHECKING:
    from weatherglass.config.project import Project

T = TypeVar("T")
CATCH_UP_SECONDS = 30.0


@dataclass(frozen=True)
class Site:
    """The pages of an open store and an open state."""

    service: Service
    codes: Codes = field(default_factory=Codes)
    folder: Path | None = None
    """Where weatherglass.yml is; without it no scorecard can be published."""
    memory: Memory = field(default_factory=Memory)
    names: NameDays = field(default_factory=NameDays)
    """When event names came."""
    version: int | None = None
    """What is served that answers are remembered for, where it is not what pages show."""

    @property
    def project(self) -> Project:
        return self.service.live.project

    @property
    def looks(self) -> Looks:
        """The tiers of all cards, lowest first."""
        names = [card.tiers.names for card in self.project.scorecards]
        return Looks(tuple(dict.fromkeys(name for of in names for name in of)), frozenset(of[-1] for of in names))

    def look(self, function: Callable[[Standing], T]) -> T:
        """What a function finds in the scores up to the last finished day.

        People compare a page with what `explain` says, and with what they read an hour ago: so a page stands on days
        that are over, or before the first of them on the open day. Overrides count from the moment they are made.
        """
        return self.service.finished(function)

    def remembered(self, question: Hashable, function: Callable[[Standing], T]) -> T:
        """The same, worked out once for what is served and the overrides as they are.

        After a change of the store the answers of before are shown until those that every page needs are worked out
        anew (`Warming`): nobody waits for them.
        """
        return self.memory.get(self._asked(question), lambda: self.look(function))

    def remembered_each(
        self, question: str, asked: Sequence[str], function: Callable[[Standing, list[str]], dict[str, T]]
    ) -> dict[str, T]:
        """The same for some accounts: the function is asked for those that are not known, together.

        It must not depend on overrides.
        """
        version = self.memory.version if self.version is None else self.version
        known: dict[str, T] = self.known_each(question, asked)
        missing = [one for one in asked if one not in known]
        if missing:
            fresh = self.look(lambda standing: function(standing, missing))
            self.memory.keep({(version, question, one): answer for one, answer in fresh.items()})
            known |= fresh
        return known

    def known_each(self, question: str, asked: Sequence[str]) -> dict[str, Any]:
        """Of some accounts what is remembered."""
        version = self.memory.version if self.version is None else self.version
        return self.memory.known({one: (version, question, one) for one in asked})

    def catch_up(self) -> None:
        """Wait until pages show what the store has come to: for who has changed it and looks what it has become."""
        until = time.monotonic() + CATCH_UP_SECONDS
        self.memory.wanted.set()
        while self.memory.version != self.service.live.version and time.monotonic() < until:
            time.sleep(0.05)

    def known(self, question: Hashable) -> Any:
        """What is remembered; None where it would have to be worked out."""
        return self.memory.known({question: self._asked(question)}).get(question)

    def _asked(self, question: Hashable) -> Question:
        held = tuple((one.id, one.ended_day) for one in self.service.state.overrides.all())
        return self.memory.version if self.version is None else self.version, held, question

    def today(self) -> dt.date:
        """The open day of the workspace's zone."""
        return today(self.project)
