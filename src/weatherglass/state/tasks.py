"""Tasks: what somebody is to do about an account, from giving out to outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import task_comments, tasks
from weatherglass.state.text import written

OPEN, DONE, DROPPED = "open", "done", "dropped"


@dataclass(frozen=True)
class Task:
    """One task."""

    id: int
    run: int | None
    """The run of a play that it is of."""
    account_id: str
    title: str
    text: str
    role: str
    assignee: str
    state: str
    priority: float
    due_day: dt.date
    made_at: dt.datetime
    made_by: str
    outcome: str | None
    ended_at: dt.datetime | None
    ended_by: str | None
    overdue_told: bool


@dataclass(frozen=True)
class Comment:
    """What somebody said of a task."""

    id: int
    task: int
    at: dt.datetime
    author: str
    text: str


@dataclass(frozen=True)
class Wanted:
    """A task that is not kept yet."""

    account_id: str
    title: str
    assignee: str
    due_day: dt.date
    text: str = ""
    role: str = "owner"
    priority: float = 0.0
    run: int | None = None


@dataclass(frozen=True)
class Asked:
    """Which tasks; what is empty asks for any."""

    state: str = OPEN
    assignees: tuple[str, ...] = ()
    due_before: dt.date | None = None
    account_id: str = ""


def _whose(assignee: str) -> str:
    """A task of an account without an owner is nobody's yet."""
    return written(assignee, "an assignee", 320) if assignee else ""


class Tasks:
    """The tables `tasks` and `task_comments`."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def put(self, connection: sa.Connection, by: str, wanted: Sequence[Wanted]) -> None:
        """Add tasks in a transaction of others. Errors: Unfit."""
        if wanted:
            connection.execute(tasks.insert(), [self._row(by, one) for one in wanted])

    def _row(self, by: str, wanted: Wanted) -> dict[str, Any]:
        row = {**wanted.__dict__, "state": OPEN, "made_at": self._clock(), "made_by": by, "overdue_told": False}
        row["title"], row["assignee"] = written(wanted.title, "a title", 2000), _whose(wanted.assignee)
        row["text"] = written(wanted.text, "a text", 10_000) if wanted.text.strip() else ""
        return row

    def make(self, by: Actor, wanted: Wanted) -> Task:
        """Give somebody a task. Errors: Unfit."""
        with self._database.writing() as connection:
            made = tasks.insert().values(self._row(by.name, wanted)).returning(tasks.c.id)
            number = int(connection.execute(made).scalar_one())
            after = {"title": wanted.title, "assignee": wanted.assignee, "due_day": wanted.due_day}
            self._audit.note(connection, by, "task made", f"account:{wanted.account_id}", after=after)
        return self.get(number)

    def get(self, number: int) -> Task:
        """Errors: NotFound."""
        with self._database.reading() as connection:
            return self._one(connection, number)

    def queue(self, after: tuple[float, int] | None, limit: int, **only: str | None) -> list[Task]:
        """The most urgent first; after: priority and id of the last one seen; only: values of columns."""
        query = sa.select(tasks).order_by(tasks.c.priority.desc(), tasks.c.id).limit(limit)
        if after is not None:
            priority, number = after
            same = (tasks.c.priority == priority) & (tasks.c.id > number)
            query = query.where((tasks.c.priority < priority) | same)
        for name, value in only.items():
            if value is not None:
                query = query.where(tasks.c[name] == value)
        return self._found(query)

    def search(self, asked: Asked, page: int, size: int) -> tuple[list[Task], int]:
        """A page of those that were asked for, and how many there are; open ones by urgency, others by their end."""
        condition = tasks.c.state == asked.state
        if asked.assignees:
            condition &= tasks.c.assignee.in_(asked.assignees)
        if asked.due_before is not None:
            condition &= tasks.c.due_day < asked.due_before
        if asked.account_id:
            condition &= tasks.c.account_id == asked.account_id
        order = (tasks.c.priority.desc(), tasks.c.id) if asked.state == OPEN else (tasks.c.ended_at.desc(), tasks.c.id)
        query = sa.select(tasks).where(condition).order_by(*order).limit(size).offset((page - 1) * size)
        with self._database.reading() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(tasks).where(condition)).scalar_one()
        return self._found(query), int(total)

    def first_of(self, accounts: Sequence[str]) -> dict[str, Task]:
        """Account -> its open task that is due first."""
        mine = tasks.c.account_id.in_(accounts) & (tasks.c.state == OPEN)
        found = self._found(sa.select(tasks).where(mine).order_by(tasks.c.due_day.desc(), tasks.c.id.desc()))
        return {one.account_id: one for one in found}

    def change(self, by: Actor, number: int, changes: dict[str, Any]) -> Task:
        """Give it to somebody else, move its day, or end it with an outcome. Errors: NotFound, Unfit.

        changes: assignee, due_day; state (done or dropped) with outcome; state open begins it again.
        """
        with self._database.writing() as connection:
            before = self._one(connection, number)
            values = dict(changes)
            if values.get("state", OPEN) != OPEN:
                if before.state != OPEN:
                    raise Unfit(f"the task is {before.state} already")
                values["outcome"] = written(str(values.get("outcome") or ""), "an outcome", 2000)
                values |= {"ended_at": self._clock(), "ended_by": by.name}
            elif values.get("state") == OPEN:
                values |= {"outcome": None, "ended_at": None, "ended_by": None, "overdue_told": False}
            elif "outcome" in values:
                raise Unfit("an outcome comes with the state done or dropped")
            if "assignee" in values:
                values["assignee"] = written(values["assignee"], "an assignee", 320)
            if values:
                connection.execute(tasks.update().where(tasks.c.id == number).values(values))
            was = {name: getattr(before, name) for name in changes}
            self._audit.note(connection, by, "task changed", f"task:{number}", before=was, after=dict(changes))
            return self._one(connection, number)

    def comment(self, by: Actor, number: int, text: str) -> Comment:
        """Say something of a task. Errors: NotFound, Unfit."""
        with self._database.writing() as connection:
            self._one(connection, number)
            row = {"task": number, "at": self._clock(), "author": by.name, "text": written(text, "a comment", 4000)}
            made = connection.execute(task_comments.insert().values(row).returning(task_comments)).mappings().one()
            return Comment(**made)

    def comments(self, number: int) -> list[Comment]:
        """What was said of a task, the first said first. Errors: NotFound."""
        query = sa.select(task_comments).where(task_comments.c.task == number).order_by(task_comments.c.id)
        with self._database.reading() as connection:
            self._one(connection, number)
            return [Comment(**row) for row in connection.execute(query).mappings()]

    def load(self) -> dict[str, int]:
        """Assignee -> open tasks."""
        query = sa.select(tasks.c.assignee, sa.func.count()).where(tasks.c.state == OPEN).group_by(tasks.c.assignee)
        with self._database.reading() as connection:
            return {str(assignee): int(count) for assignee, count in connection.execute(query)}

    def overdue(self, day: dt.date) -> list[Task]:
        """Open tasks that were due before a day, and that nobody was told of."""
        late = (tasks.c.state == OPEN) & (tasks.c.due_day < day) & tasks.c.overdue_told.is_(False)
        return self._found(sa.select(tasks).where(late).order_by(tasks.c.id))

    def told(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        """Somebody is told that these are overdue."""
        # one by one: a database takes only so many values in one list
        one = tasks.update().where(tasks.c.id == sa.bindparam("number")).values(overdue_told=True)
        connection.execute(one, [{"number": number} for number in numbers])

    def drop(self, connection: sa.Connection, why: Mapping[int, str]) -> None:
        """What is left of plays is no longer needed. why: by the number of the run."""
        values = {"state": DROPPED, "ended_at": self._clock(), "ended_by": "weatherglass"}
        of = tasks.update().where(tasks.c.run == sa.bindparam("of"), tasks.c.state == OPEN)
        change = of.values({**values, "outcome": sa.bindparam("why")})
        connection.execute(change, [{"of": run, "why": reason} for run, reason in why.items()])

    def _one(self, connection: sa.Connection, number: int) -> Task:
        row: Any = connection.execute(sa.select(tasks).where(tasks.c.id == number)).mappings().first()
        if row is None:
            raise NotFound(f"there is no task {number}")
        return Task(**row)

    def _found(self, query: Any) -> list[Task]:
        with self._database.reading() as connection:
            return [Task(**row) for row in connection.execute(query).mappings()]
