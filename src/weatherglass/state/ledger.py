"""The ledger of jobs: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.database import Database, newest
from weatherglass.state.errors import NotFound
from weatherglass.state.tables import job_lines, jobs

JobState = Literal["waiting", "running", "done", "failed", "interrupted"]
KEPT = dt.timedelta(days=400)
MOST_LINES = 1000


@dataclass(frozen=True)
class Job:
    """One piece of work."""

    id: int
    kind: str
    state: JobState
    asked_by: str
    asked_at: dt.datetime
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    doing: str
    done: int
    total: int
    options: dict[str, Any]
    result: dict[str, Any] | None
    error: str | None


@dataclass(frozen=True)
class Line:
    """What a job said, and when."""

    at: dt.datetime
    line: str


class Ledger:
    """The tables `jobs` and `job_lines`."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def ask(self, by: Actor, kind: str, options: dict[str, Any] | None = None) -> Job:
        """Write down that something is to be done."""
        row = {
            "kind": kind,
            "state": "waiting",
            "asked_by": by.name,
            "asked_at": self._clock(),
            "doing": "",
            "done": 0,
            "total": 0,
            "options": options or {},
        }
        with self._database.writing() as connection:
            connection.execute(jobs.delete().where(jobs.c.asked_at < self._clock() - KEPT))
            return self._one(
                connection, connection.execute(jobs.insert().values(row).returning(jobs.c.id)).scalar_one()
            )

    def begin(self, number: int) -> None:
        self._set(number, state="running", began_at=self._clock())

    def progress(self, number: int, doing: str, done: int, total: int) -> None:
        self._set(number, doing=doing[:200], done=done, total=total)

    def say(self, number: int, line: str) -> None:
        """Add a line to a job's log; after a thousand of them nothing more is kept."""
        with self._database.writing() as connection:
            count = sa.select(sa.func.count()).where(job_lines.c.job == number)
            if connection.execute(count).scalar_one() < MOST_LINES:
                line = line.replace("\x00", "")
                connection.execute(job_lines.insert().values(job=number, at=self._clock(), line=line))

    def finish(self, number: int, result: dict[str, Any]) -> None:
        self._set(number, state="done", ended_at=self._clock(), result=result)

    def fail(self, number: int, error: str) -> None:
        self._set(number, state="failed", ended_at=self._clock(), error=error.replace("\x00", ""))

    def interrupted(self) -> list[Job]:
        """Say of every job that was under way when the service stopped that it was; which ones."""
        going = jobs.c.state.in_(("waiting", "running"))
        with self._database.writing() as connection:
            found = _read(connection.execute(sa.select(jobs).where(going).order_by(jobs.c.id)))
            values = {"state": "interrupted", "ended_at": self._clock(), "error": "the service stopped meanwhile"}
            connection.execute(jobs.update().where(going).values(values))
        return found

    def get(self, number: int) -> Job:
        """Errors: NotFound."""
        with self._database.reading() as connection:
            return self._one(connection, number)

    def lines(self, number: int) -> list[Line]:
        """What a job said. Errors: NotFound."""
        query = sa.select(job_lines.c.at, job_lines.c.line).where(job_lines.c.job == number).order_by(job_lines.c.id)
        with self._database.reading() as connection:
            self._one(connection, number)
            return [Line(at, line) for at, line in connection.execute(query)]

    def all(self, before: int | None, limit: int, kind: str | None = None) -> list[Job]:
        """The newest first; `before` is the id of the last one seen."""
        with self._database.reading() as connection:
            return _read(connection.execute(newest(jobs, before, limit, kind=kind)))

    def last_done(self, kind: str) -> Job | None:
        """The newest of a kind that was done."""
        query = sa.select(jobs).where(jobs.c.kind == kind, jobs.c.state == "done").order_by(jobs.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            found = _read(connection.execute(query))
        return found[0] if found else None

    def _set(self, number: int, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(jobs.update().where(jobs.c.id == number).values(values))

    def _one(self, connection: sa.Connection, number: int) -> Job:
        found = _read(connection.execute(sa.select(jobs).where(jobs.c.id == number)))
        if not found:
            raise NotFound(f"there is no job {number}")
        return found[0]


def _read(rows: Any) -> list[Job]:
    return [Job(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's own name for it)
