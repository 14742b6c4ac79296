"""What is done about one account: its alerts, its tasks, and what people have written of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from weatherglass.config.alerts import SEVERITIES
from weatherglass.jobs.views.account import account
from weatherglass.state import Actor
from weatherglass.state.episodes import Kept
from weatherglass.state.notes import Note
from weatherglass.state.plays import Run
from weatherglass.state.tasks import DONE, OPEN, Asked, Task
from weatherglass.web.pages.alerts import FEEDBACK
from weatherglass.web.pages.routing import Door
from weatherglass.web.pages.today import number_of, owners
from weatherglass.web.pages.visit import Visit

WEEK = dt.timedelta(days=7)
MOST_TASKS, MOST_ENDED = 30, 5


@dataclass(frozen=True)
class Care:
    """Everything of it, the newest first; open alerts by severity, tasks by urgency."""

    alerts: list[Kept]
    runs: list[Run]
    tasks: list[Task]
    ended: list[Task]
    notes: list[Note]
    plays: dict[str, str]
    """Rule -> the play that belongs to it."""
    assignees: list[str]
    """Whom a task can be given to."""
    due: dt.date
    """When a task is due unless another day is said."""
    myself: Actor
    feedback: dict[str, str]

    @property
    def open(self) -> list[Kept]:
        mine = [one for one in self.alerts if one.state == "open"]
        return sorted(mine, key=lambda one: SEVERITIES.index(one.severity), reverse=True)

    @property
    def over(self) -> list[Kept]:
        return [one for one in self.alerts if one.state != "open"][:MOST_ENDED]

    @property
    def play_of(self) -> dict[int, str]:
        """Run -> the play that it is of."""
        return {run.id: run.play for run in self.runs}


def care(visit: Visit, account_id: str) -> Care:
    """What is done about an account."""
    state, rules = visit.site.service.state, visit.site.project.alerts.rules
    people = [one.email for one in state.people.all() if one.active and one.role != "viewer"]
    return Care(
        alerts=state.episodes.of(account_id),
        runs=state.plays.of(account_id),
        tasks=state.tasks.search(Asked(OPEN, account_id=account_id), 1, MOST_TASKS)[0],
        ended=state.tasks.search(Asked(DONE, account_id=account_id), 1, MOST_ENDED)[0],
        notes=state.notes.of(account_id),
        plays={name: rule.play for name, rule in rules.items() if rule.play in visit.site.project.plays},
        assignees=sorted({*visit.site.remembered("owners", owners), *people}),
        due=visit.site.today() + WEEK,
        myself=visit.actor,
        feedback=FEEDBACK,
    )


def add_note(visit: Visit) -> Response:
    """Write something of an account."""
    account_id = visit.form.secret("id")
    visit.site.look(lambda standing: account(standing.store, account_id))
    visit.site.service.state.notes.add(visit.actor, account_id, visit.form.text("text"))
    return visit.go(_address(account_id), "The note is kept.")


def delete_note(visit: Visit) -> Response:
    """Take a note of one's own back."""
    gone = visit.site.service.state.notes.delete(visit.actor, number_of(visit.form.text("note")))
    return visit.go(_address(gone.account_id), "The note is deleted.")


def _address(account_id: str) -> str:
    return f"/account?{urlencode({'id': account_id})}"


DOORS = (
    Door("/account/note", add_note, "write", "POST"),
    Door("/account/note/delete", delete_note, "write", "POST"),
)
