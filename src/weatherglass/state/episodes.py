"""Episodes as they are kept: open problems, past ones, and what people said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database, newest
from weatherglass.state.errors import NotFound
from weatherglass.state.outbox import Draft, Outbox
from weatherglass.state.tables import episodes, marks

Feedback = Literal["useful", "not", "known"]
SEVERITIES = ("low", "normal", "high", "critical")


@dataclass(frozen=True)
class Kept:
    """An episode; days are calendar days of the workspace's zone."""

    id: int
    account_id: str
    """Empty: a problem of the data."""
    problem: str
    state: str
    severity: str
    opened_day: dt.date
    changed_day: dt.date
    fine_since: dt.date | None
    closed_day: dt.date | None
    left: bool
    rules: list[dict[str, str]]
    """rule, severity, line."""
    facts: dict[str, Any]
    owner: str
    feedback: str | None
    feedback_by: str | None
    feedback_at: dt.datetime | None


Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """Which episodes; what is empty asks for any."""

    state: Literal["open", "closed"] = "open"
    owners: tuple[str, ...] = ()
    severity: str = ""
    problem: str = ""


class Episodes:
    """The table `episodes`."""

    def __init__(self, database: Database, audit: Audit, outbox: Outbox, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def mark(self, name: str) -> str | None:
        """How far something has come."""
        with self._database.reading() as connection:
            return connection.execute(sa.select(marks.c.value).where(marks.c.name == name)).scalar()

    def apply(
        self, name: str, value: str, rows: Sequence[Row], drafts: Callable[[dict[tuple[str, str], int]], list[Draft]]
    ) -> bool:
        """Write what a day did, its messages, and that it is done, all or nothing; whether it was not done yet.

        rows: the episodes that changed; one that is open has its row changed, another gets a new one.
        drafts: makes the messages once the ids of the episodes are known, by account and problem.
        """
        with self._database.writing() as connection:
            done = connection.execute(sa.select(marks.c.value).where(marks.c.name == name)).scalar()
            if done is not None and done >= value:
                return False
            numbers = _written(connection, rows) if rows else {}
            self._outbox.put(connection, drafts(numbers))
            if done is None:
                connection.execute(marks.insert().values(name=name, value=value))
            else:
                connection.execute(marks.update().where(marks.c.name == name).values(value=value))
            return True

    def reach(self, name: str, value: str) -> None:
        """Something has come so far."""
        with self._database.writing() as connection:
            connection.execute(marks.delete().where(marks.c.name == name))
            connection.execute(marks.insert().values(name=name, value=value))

    def open(self) -> list[Kept]:
        """All that are open, the oldest first."""
        return self._found(sa.select(episodes).where(episodes.c.state == "open").order_by(episodes.c.id))

    def first_opened(self) -> dt.date | None:
        """The day on which the oldest of those that are open was opened."""
        query = sa.select(sa.func.min(episodes.c.opened_day)).where(episodes.c.state == "open")
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def last_opened(self) -> dict[str, dt.date]:
        """Account with an open alert -> the day on which the last of them was opened."""
        query = sa.select(episodes.c.account_id, sa.func.max(episodes.c.opened_day)).where(episodes.c.state == "open")
        with self._database.reading() as connection:
            return {str(account): day for account, day in connection.execute(query.group_by(episodes.c.account_id))}

    def of(self, account_id: str, limit: int = 200) -> list[Kept]:
        """Those of an account, the newest first."""
        return self.page(None, limit, account_id=account_id)

    def closed_since(self, day: dt.date) -> list[Kept]:
        """Those that were closed on a day or after it, in the order of their beginning."""
        query = sa.select(episodes).where(episodes.c.state == "closed", episodes.c.closed_day >= day)
        return self._found(query.order_by(episodes.c.id))

    def search(self, asked: Asked, page: int, size: int) -> tuple[list[Kept], int]:
        """A page of those that were asked for, and how many there are; open ones by severity, closed ones by day."""
        condition = episodes.c.state == asked.state
        if asked.owners:
            # what is the matter with the data is everybody's
            condition &= episodes.c.owner.in_(asked.owners) | (episodes.c.account_id == "")
        for column, value in ((episodes.c.severity, asked.severity), (episodes.c.problem, asked.problem)):
            if value:
                condition &= column == value
        order: tuple[Any, ...] = (episodes.c.closed_day.desc(), episodes.c.id.desc())
        if asked.state == "open":
            grave = sa.case({name: place for place, name in enumerate(SEVERITIES)}, value=episodes.c.severity)
            order = (grave.desc(), episodes.c.opened_day.desc(), episodes.c.id.desc())
        query = sa.select(episodes).where(condition).order_by(*order).limit(size).offset((page - 1) * size)
        with self._database.reading() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(episodes).where(condition)).scalar_one()
        return self._found(query), int(total)

    def counts(self) -> dict[str, int]:
        """Rule -> the alerts that it has opened."""
        rule = episodes.c.rules[(0, "rule")].as_string()
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(rule, sa.func.count()).group_by(rule))
            return {str(name): int(count) for name, count in rows}

    def page(self, before: int | None, limit: int, **only: str | None) -> list[Kept]:
        """The newest first; `only`: values of columns that must be so, None for any."""
        return self._found(newest(episodes, before, limit, **only))

    def get(self, number: int) -> Kept:
        """Errors: NotFound."""
        found = self._found(sa.select(episodes).where(episodes.c.id == number))
        if not found:
            raise NotFound(f"there is no alert {number}")
        return found[0]

    def judge(self, by: Actor, number: int, feedback: Feedback) -> Kept:
        """What a person thinks of an alert; the last word counts. Errors: NotFound."""
        before = self.get(number)
        with self._database.writing() as connection:
            values = {"feedback": feedback, "feedback_by": by.name, "feedback_at": self._clock()}
            connection.execute(episodes.update().where(episodes.c.id == number).values(values))
            self._audit.note(
                connection,
                by,
                "alert judged",
                f"alert:{number}",
                before={"feedback": before.feedback},
                after={"feedback": feedback},
            )
        return self.get(number)

    def judged(self) -> list[Kept]:
        """All that anybody has said something of."""
        return self._found(sa.select(episodes).where(episodes.c.feedback.is_not(None)).order_by(episodes.c.id))

    def _found(self, query: Any) -> list[Kept]:
        with self._database.reading() as connection:
            return [Kept(**row) for row in connection.execute(query).mappings()]


def _written(connection: sa.Connection, rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """The numbers of the episodes that rows were written for, all together: a first look has hundreds of thousands."""
    open_ones = sa.select(episodes.c.account_id, episodes.c.problem, episodes.c.id).where(episodes.c.state == "open")
    held = {(account, problem): number for account, problem, number in connection.execute(open_ones)}
    numbers, changed, new = {}, [], []
    for row in rows:
        key = row["account_id"], row["problem"]
        if key in held:
            numbers[key] = held[key]
            kept = {name: value for name, value in row.items() if name not in {"opened_day", "facts"}}
            changed.append({**kept, "number": held[key]})
        else:
            new.append(row)
        if row["state"] != "open":
            # what comes after it under this name is another episode
            held.pop(key, None)
    if changed:
        connection.execute(episodes.update().where(episodes.c.id == sa.bindparam("number")), changed)
    if new:
        made = connection.execute(episodes.insert().returning(episodes.c.id, sort_by_parameter_order=True), new)
        numbers |= {
            (row["account_id"], row["problem"]): int(number) for row, number in zip(new, made.scalars(), strict=True)
        }
    return numbers
