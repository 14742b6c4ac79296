"""What a play would do if it began now: for whom, and which tasks. Nothing is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.actions.playing import Desk, priority
from weatherglass.jobs.acting.playing import Players
from weatherglass.jobs.acting.recording import record
from weatherglass.jobs.views.explaining import last_day

if TYPE_CHECKING:
    from weatherglass.config.plays import Play
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.tasks import Wanted
    from weatherglass.store import Store

MOST_SHOWN = 10


@dataclass(frozen=True)
class Would:
    """An account that a play would begin for."""

    account_id: str
    name: str
    tasks: list[Wanted]


@dataclass(frozen=True)
class Preview:
    """A play as it would begin on a day."""

    day: dt.date
    watched: int
    """Accounts that there are."""
    accounts: int
    """Those that it is for, held out or not, without those where it began too recently."""
    shown: list[Would]
    """The most urgent of them."""


def preview(store: Store, state: State, project: Project, name: str, play: Play) -> Preview:
    """What a play of this name would begin with on the last finished day.

    Errors: UnknownAccount when nothing is scored yet.
    """
    last = last_day(store)
    steady = play.when.steady_days or 1
    read = record(store, project, last - dt.timedelta(days=steady - 1), last, state.overrides.all())
    players = Players(state, project, read)
    new = players.eligible(play, state.plays.runs(name))
    new.sort(key=lambda one: (-priority(read, read.places[one]), one))
    desk = Desk(project.tasks, (one.owner for one in read.who), state.tasks.load())
    shown = [
        Would(one, read.who[read.places[one]].called, players.tasks(name, play, one, None, desk))
        for one in new[:MOST_SHOWN]
    ]
    return Preview(last, len(read.who), len(new), shown)
