"""What follows from new scores: alerts, plays with their tasks, audiences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.jobs.acting.alerting import LOOK_BACK, Looked, first_day, look
from weatherglass.jobs.acting.playing import Players
from weatherglass.jobs.acting.recording import LEAD, record
from weatherglass.jobs.scoring.roster import account_numbers
from weatherglass.jobs.views.explaining import last_day

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.store import Store


@dataclass(frozen=True)
class Acted:
    """What was done."""

    looked: Looked
    tasks: int = 0


def act(store: Store, state: State, project: Project, as_of: dt.date | None = None) -> Acted:
    """Bring alerts, plays and audiences up to a finished day; nothing where that was done.

    as_of: the last day of the history, when it is not given. Errors: UnknownAccount when nothing is scored yet.
    """
    last = as_of or last_day(store)
    first, played = first_day(state, last), state.episodes.mark(MARK)
    if first > last and played is not None and played >= last.isoformat():
        return Acted(Looked(last))
    # whether an old problem is over is seen from how the account was before it
    oldest = state.episodes.first_opened() or last
    since = max(min(first, last, oldest), last - min(LONGEST, _room(store)))
    read = record(store, project, since, last, state.overrides.all())
    looked = look(store, state, project, read)
    tasks = Players(state, project, read).all()
    state.episodes.reach(MARK, last.isoformat())
    return Acted(looked, tasks)


def _room(store: Store) -> dt.timedelta:
    """So many days that the record of all accounts can be held."""
    return dt.timedelta(days=max(LOOK_BACK, MOST_CELLS // max(1, account_numbers(store.engine)) - LEAD))


MARK = "plays"
LONGEST = dt.timedelta(days=400)
"""How far back is looked for the beginning of what is still open."""
MOST_CELLS = 30_000_000
"""Days of accounts in a record, of about 50 bytes each."""
