"""What follows from new scores: alerts, plays with their tasks, audiences."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.jobs.alerting import Looked, look

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
    """Bring alerts, plays and audiences up to a finished day. Errors: UnknownAccount when nothing is scored yet."""
    looked = look(store, state, project, as_of)
    return Acted(looked)
