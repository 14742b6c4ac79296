"""Tasks: the queue, what becomes of each, comments, and a calendar."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from weatherglass.actions.icalendar import Entry, icalendar
from weatherglass.jobs.views import account as one_account
from weatherglass.state.tasks import Wanted
from weatherglass.web.api import paging
from weatherglass.web.api.access import Reader, Writer
from weatherglass.web.api.paths import Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["tasks"])


class Task(Told):
    """What somebody is to do about an account."""

    id: int
    run: int | None = Field(description="The run of a play that it is of.")
    account_id: str
    title: str
    text: str
    role: str
    assignee: str
    state: str = Field(description="open, done or dropped.")
    priority: float = Field(description="Risk times revenue times the nearness of the renewal.")
    due_day: dt.date
    made_at: Moment
    made_by: str
    outcome: str | None
    ended_at: Moment | None
    ended_by: str | None


class TasksQuery(Asked):
    """Which tasks."""

    state: Literal["open", "done", "dropped"] | None = "open"
    assignee: str | None = Field(default=None, max_length=320)
    account_id: str | None = Field(default=None, max_length=10_000)
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


@router.get("/tasks")
def list_tasks(service: Serving, _: Reader, query: Annotated[TasksQuery, Query()]) -> paging.Paged[Task]:
    """The queue, the most urgent first."""
    only = {name: getattr(query, name) for name in ("state", "assignee", "account_id")}
    if query.account_id is not None:
        only["account_id"] = service.known_as(query.account_id)
    found = service.state.tasks.queue(_after(query.cursor), query.limit + 1, **only)
    shown = found[: query.limit]
    after = paging.written(shown[-1].priority, shown[-1].id) if len(found) > query.limit else None
    return paging.Paged(items=[Task.model_validate(one) for one in shown], next=after)


def _after(cursor: str | None) -> tuple[float, int] | None:
    if cursor is None:
        return None
    priority, number = paging.read(cursor, 2)
    wrong = isinstance(priority, bool) or not isinstance(priority, (int, float)) or not -1e300 < priority < 1e300
    if wrong or isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**31:
        raise paging.refused()
    return float(priority), number


class TaskRequest(Asked):
    """A task that a person gives."""

    account_id: str = Field(min_length=1, max_length=10_000)
    title: str = Field(min_length=1, max_length=2000)
    text: str = Field(default="", max_length=10_000)
    assignee: str = Field(min_length=1, max_length=320)
    due_day: Day
    priority: float = Field(default=0.0, ge=0, le=1e12)


@router.post("/tasks", status_code=201, responses={404: {}})
def make_task(service: Serving, by: Writer, asked: TaskRequest) -> Task:
    """Give somebody a task about an account."""
    account_id = service.known_as(asked.account_id)
    service.live.read(lambda store: one_account.account(store, account_id))
    wanted = Wanted(**{**asked.model_dump(), "account_id": account_id})
    return Task.model_validate(service.state.tasks.make(by, wanted))


_ICS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}}


@router.get("/tasks/calendar", response_class=Response, responses=_ICS)
def get_calendar(
    service: Serving, _: Reader, assignee: Annotated[str | None, Query(max_length=320)] = None
) -> Response:
    """Open tasks by the day they are due, as an iCalendar feed."""
    found = service.state.tasks.queue(None, 1000, state="open", assignee=assignee)
    entries = [
        Entry(f"task-{one.id}@weatherglass", one.due_day, one.title, f"{one.account_id}\n{one.text}", one.made_at)
        for one in found
    ]
    return Response(icalendar(entries, assignee or "Weatherglass"), media_type="text/calendar")


@router.get("/tasks/{task}")
def get_task(service: Serving, _: Reader, task: Number) -> Task:
    """One task."""
    return Task.model_validate(service.state.tasks.get(task))


class TaskChange(Asked):
    """What is to change; what is not given stays."""

    assignee: str | None = Field(default=None, min_length=1, max_length=320)
    due_day: Day | None = None
    state: Literal["open", "done", "dropped"] | None = None
    outcome: str | None = Field(default=None, max_length=2000, description="With the state done or dropped.")


@router.patch("/tasks/{task}")
def change_task(service: Serving, by: Writer, task: Number, asked: TaskChange) -> Task:
    """Give it to somebody else, move its day, end it with an outcome, or begin it again."""
    changes: dict[str, Any] = {name: value for name, value in asked.model_dump().items() if value is not None}
    return Task.model_validate(service.state.tasks.change(by, task, changes))


class Comment(Told):
    """What somebody said of a task."""

    id: int
    at: Moment
    author: str
    text: str


class Comments(Told):
    """The first said first."""

    comments: list[Comment]


class CommentRequest(Asked):
    """A comment."""

    text: str = Field(min_length=1, max_length=4000)


@router.get("/tasks/{task}/comments")
def list_comments(service: Serving, _: Reader, task: Number) -> Comments:
    """What was said of a task."""
    return Comments(comments=[Comment.model_validate(one) for one in service.state.tasks.comments(task)])


@router.post("/tasks/{task}/comments", status_code=201)
def make_comment(service: Serving, by: Writer, task: Number, asked: CommentRequest) -> Comment:
    """Say something of a task."""
    return Comment.model_validate(service.state.tasks.comment(by, task, asked.text))
