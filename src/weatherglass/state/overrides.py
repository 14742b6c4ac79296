"""Overrides: a person's word on an account's tier, with a reason and an end; no score ever knows of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import overrides
from weatherglass.state.text import written

LONGEST = dt.timedelta(days=366)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Override:
    """The tier that is shown for an account from a day to a day."""

    id: int
    account_id: str
    tier: str
    reason: str
    author: str
    author_id: int | None
    made_at: dt.datetime
    first_day: dt.date
    last_day: dt.date
    """The day it expires on, itself included."""
    ended_at: dt.datetime | None
    """When someone ended it before that."""
    ended_by: str | None
    ended_day: dt.date | None
    """The first day that it did not hold for, because it was ended."""

    @property
    def until(self) -> dt.date:
        """The last day it holds for; before the first one where it was taken back on the day it was made."""
        return self.last_day if self.ended_day is None else min(self.last_day, self.ended_day - DAY)

    def holds(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.until


class Overrides:
    """The table `overrides`. Rows are ended, never taken out: the history says what was shown."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def make(self, by: Actor, account_id: str, tier: str, reason: str, days: tuple[dt.date, dt.date]) -> Override:
        """Show a tier for an account from a day to a day, in place of an override that is in force. Errors: Unfit."""
        first, last = days
        if not first <= last <= first + LONGEST:
            raise Unfit(f"an override ends on its first day ({first}) or within {LONGEST.days} days after it")
        row = {
            "account_id": account_id,
            "tier": written(tier, "a tier", 64),
            "reason": written(reason, "a reason", 2000),
            "author": by.name,
            "author_id": by.id,
            "made_at": self._clock(),
            "first_day": first,
            "last_day": last,
        }
        with self._database.writing() as connection:
            for older in self._of(connection, account_id):
                if older.until >= first:
                    self._end(connection, by, older, first)
            number = connection.execute(overrides.insert().values(row).returning(overrides.c.id)).scalar_one()
            after = {name: row[name] for name in ("tier", "reason", "first_day", "last_day")}
            self._audit.note(connection, by, "override made", f"account:{account_id}", after=after)
            return self._one(connection, number)

    def end(self, by: Actor, number: int, day: dt.date) -> Override:
        """It holds no longer, from a day on; one that is over stays as it was. Errors: NotFound."""
        with self._database.writing() as connection:
            found = self._one(connection, number)
            if found.until >= max(day, found.first_day):
                self._end(connection, by, found, max(day, found.first_day))
            return self._one(connection, number)

    def get(self, number: int) -> Override:
        """Errors: NotFound."""
        with self._database.reading() as connection:
            return self._one(connection, number)

    def of(self, account_id: str) -> list[Override]:
        """All of an account, the last made first."""
        with self._database.reading() as connection:
            return self._of(connection, account_id)

    def all(self) -> list[Override]:
        """All there are, in the order in which they were made."""
        with self._database.reading() as connection:
            return _made(connection.execute(sa.select(overrides).order_by(overrides.c.id)))

    def between(self, first: dt.date, last: dt.date) -> list[Override]:
        """All that hold on some day of a stretch, in the order in which they were made."""
        query = sa.select(overrides).where(overrides.c.first_day <= last, overrides.c.last_day >= first)
        with self._database.reading() as connection:
            found = _made(connection.execute(query.order_by(overrides.c.id)))
        return [one for one in found if one.until >= max(first, one.first_day)]

    def erase(self, connection: sa.Connection, account_id: str) -> int:
        """Take out all of an account; how many there were."""
        return int(connection.execute(overrides.delete().where(overrides.c.account_id == account_id)).rowcount)

    def _of(self, connection: sa.Connection, account_id: str) -> list[Override]:
        query = sa.select(overrides).where(overrides.c.account_id == account_id).order_by(overrides.c.id.desc())
        return _made(connection.execute(query))

    def _one(self, connection: sa.Connection, number: int) -> Override:
        found = _made(connection.execute(sa.select(overrides).where(overrides.c.id == number)))
        if not found:
            raise NotFound(f"there is no override {number}")
        return found[0]

    def _end(self, connection: sa.Connection, by: Actor, older: Override, day: dt.date) -> None:
        values = {"ended_at": self._clock(), "ended_by": by.name, "ended_day": day}
        connection.execute(overrides.update().where(overrides.c.id == older.id).values(values))
        facts = {"tier": older.tier, "reason": older.reason, "first_day": older.first_day, "last_day": older.last_day}
        self._audit.note(
            connection, by, "override ended", f"account:{older.account_id}", before=facts, after={"ended_day": day}
        )


def _made(rows: Iterable[Any]) -> list[Override]:
    return [Override(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's own name for it)
