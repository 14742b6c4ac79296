"""Decisions on Today: who has taken an account, put it off until a day, or done what there was to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import decisions

Kind = Literal["taken", "snoozed", "done"]
KINDS: tuple[Kind, ...] = ("taken", "snoozed", "done")
LONGEST = dt.timedelta(days=92)
REST = dt.timedelta(days=28)
"""How long what is done stays done, where nothing happens: the list looks back as far."""


@dataclass(frozen=True)
class Seen:
    """How an account stood when somebody decided: what is worse than that is new."""

    day: dt.date
    score: float | None
    tier: str


@dataclass(frozen=True)
class Decision:
    """One decision; the last of an account is the one that counts."""

    id: int
    account_id: str
    kind: Kind
    day: dt.date
    """The last finished day when it was made."""
    until: dt.date | None
    """The day on which the account is back on the list; None for one that is taken."""
    score: float | None
    tier: str
    author: str
    author_id: int | None
    made_at: dt.datetime
    replaces: int | None
    """The decision that it took the place of."""
    ended_at: dt.datetime | None
    ended_by: str | None

    def hides(self, today: dt.date) -> bool:
        """Whether it keeps the account from the list on a day, if nothing new happens."""
        return self.until is not None and today < self.until


class Decisions:
    """The table `decisions`. Rows are ended, never taken out."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def make(
        self, by: Actor, account_id: str, kind: Kind, seen: Seen, today: dt.date, until: dt.date | None = None
    ) -> Decision:
        """Take an account, put it off, or say that it is done. until: for one that is put off. Errors: Unfit."""
        row = {
            "account_id": account_id,
            "kind": kind,
            "day": seen.day,
            "until": _until(kind, today, until),
            "score": seen.score,
            "tier": seen.tier,
            "author": by.name,
            "author_id": by.id,
            "made_at": self._clock(),
        }
        with self._database.writing() as connection:
            before = self._current(connection, account_id)
            if before is not None:
                self._end(connection, by, before)
            values = {**row, "replaces": None if before is None else before.id}
            made = connection.execute(decisions.insert().values(values).returning(decisions)).mappings().one()
            after = {"until": row["until"]} if row["until"] else None
            self._audit.note(connection, by, f"account {kind}", f"account:{account_id}", after=after)
            return Decision(**made)

    def undo(self, by: Actor, number: int) -> Decision:
        """As if it had not been made: what it took the place of counts again. Errors: NotFound, Unfit."""
        with self._database.writing() as connection:
            found = self._one(connection, number)
            if found.ended_at is not None:
                raise Unfit("somebody has decided otherwise since")
            self._end(connection, by, found)
            if found.replaces is not None:
                values = {"ended_at": None, "ended_by": None}
                connection.execute(decisions.update().where(decisions.c.id == found.replaces).values(values))
            self._audit.note(
                connection, by, "decision undone", f"account:{found.account_id}", before={"decision": found.kind}
            )
            return self._one(connection, number)

    def current(self) -> list[Decision]:
        """Those that count, the last made first."""
        query = sa.select(decisions).where(decisions.c.ended_at.is_(None)).order_by(decisions.c.id.desc())
        with self._database.reading() as connection:
            return _made(connection.execute(query))

    def of(self, account_id: str) -> list[Decision]:
        """All of an account, the last made first."""
        query = sa.select(decisions).where(decisions.c.account_id == account_id).order_by(decisions.c.id.desc())
        with self._database.reading() as connection:
            return _made(connection.execute(query))

    def _current(self, connection: sa.Connection, account_id: str) -> Decision | None:
        whose = (decisions.c.account_id == account_id) & decisions.c.ended_at.is_(None)
        found = _made(connection.execute(sa.select(decisions).where(whose).order_by(decisions.c.id.desc())))
        return found[0] if found else None

    def _one(self, connection: sa.Connection, number: int) -> Decision:
        found = _made(connection.execute(sa.select(decisions).where(decisions.c.id == number)))
        if not found:
            raise NotFound(f"there is no decision {number}")
        return found[0]

    def _end(self, connection: sa.Connection, by: Actor, older: Decision) -> None:
        values = {"ended_at": self._clock(), "ended_by": by.name}
        connection.execute(decisions.update().where(decisions.c.id == older.id).values(values))


def _until(kind: Kind, today: dt.date, asked: dt.date | None) -> dt.date | None:
    """The day on which an account is back."""
    if kind == "taken":
        return None
    if kind == "done":
        return today + REST
    if asked is None or not today < asked <= today + LONGEST:
        raise Unfit(f"choose a day after {today}, within {LONGEST.days} days")
    return asked


def _made(rows: Iterable[Any]) -> list[Decision]:
    return [Decision(**row._mapping) for row in rows]  # noqa: SLF001 (SQLAlchemy's own name for it)
