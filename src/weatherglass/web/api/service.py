"""What the routes of the API work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request

from weatherglass.jobs.foresight.probabilities import Kept, Probabilities, by_version
from weatherglass.jobs.incoming.redacting import known_as
from weatherglass.jobs.live.store import Live, today
from weatherglass.jobs.project.configuration import Configuration
from weatherglass.jobs.schedule.running import Runner
from weatherglass.jobs.scoring.history import SCORED_TO
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.views.explaining import last_day
from weatherglass.jobs.views.overriding import seen_on
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import State
from weatherglass.web.api.local import Local
from weatherglass.web.settings import Settings
from weatherglass.web.sso.sign_on import SignOn, sign_on

if TYPE_CHECKING:
    from weatherglass.store import Store

T = TypeVar("T")


@dataclass(frozen=True)
class Service:
    """An open store and an open state, and how they are served."""

    live: Live
    state: State
    settings: Settings
    local: Local
    runner: Runner
    at_hand: KeptDays = field(default_factory=lambda: KeptDays(lasting=True))
    folder: Path | None = None
    """The project's, with its models."""
    sign_on: SignOn | None = field(init=False)
    """Single sign-on, where it is set up."""
    configuration: Configuration = field(init=False)
    """The project file, and all that changes it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sign_on", sign_on(self.settings))
        object.__setattr__(self, "configuration", Configuration(self.live, self.state, self.folder))

    @property
    def passwords(self) -> bool:
        """Whether people may sign in with a password."""
        return self.sign_on is None or not self.sign_on.only

    def chances(self) -> dict[str, Kept]:
        """The chances of churn of the present cards, by their version."""
        return by_version(self.live.project, Probabilities(self.folder).read())

    def known_as(self, account_id: str) -> str:
        """The id by which the store has an account that is asked for, where e-mail addresses are redacted."""
        redacting = self.live.redactor
        if redacting is None or redacting.text(account_id) == account_id:
            return account_id
        return self.live.read(lambda store: known_as(store, redacting, account_id))

    def look(self, function: Callable[[Standing], T]) -> T:
        """What a function finds in the scores of one moment, those of the open day too."""
        overrides = self.state.overrides.all()
        # before the store is read: what is newer than its history must not be older than it
        newest = self.live.newest.table()
        return self.live.read(lambda store: function(Standing(store, overrides, newest, self.at_hand)))

    def finished(self, function: Callable[[Standing], T]) -> T:
        """What a function finds in the scores up to the last finished day, before the first in those of the open day.

        Overrides count from the moment they are made.
        """
        overrides, newest = self.state.overrides.all(), self.live.newest.table()

        def read(store: Store) -> T:
            if store.setting(SCORED_TO) is None:
                return function(Standing(store, overrides, newest))
            seen = seen_on(overrides, last_day(store), today(self.live.project))
            return function(Standing(store, seen, at_hand=self.at_hand))

        return self.live.read(read)


def serving(request: Request) -> Service:
    """The service that a request is made to."""
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


Serving = Annotated[Service, Depends(serving)]
