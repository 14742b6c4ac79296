"""Notes: what people have written of an account, until they take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import notes
from weatherglass.state.text import written

LONGEST = 4000


@dataclass(frozen=True)
class Note:
    """One note."""

    id: int
    account_id: str
    text: str
    author: str
    author_id: int | None
    made_at: dt.datetime

    def is_by(self, actor: Actor) -> bool:
        return self.author == actor.name


class Notes:
    """The table `notes`. The audit log knows that there was one, and not what it said."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def add(self, by: Actor, account_id: str, text: str) -> Note:
        """Write something of an account. Errors: Unfit."""
        row = {
            "account_id": account_id,
            "text": written(text, "a note", LONGEST),
            "author": by.name,
            "author_id": by.id,
            "made_at": self._clock(),
        }
        with self._database.writing() as connection:
            made = connection.execute(notes.insert().values(row).returning(notes)).mappings().one()
            self._audit.note(connection, by, "note added", f"account:{account_id}", after={"note": made["id"]})
            return Note(**made)

    def delete(self, by: Actor, number: int) -> Note:
        """Take back a note of one's own; an admin may take out anybody's. Errors: NotFound, Unfit."""
        with self._database.writing() as connection:
            row = connection.execute(sa.select(notes).where(notes.c.id == number)).mappings().first()
            if row is None:
                raise NotFound(f"there is no note {number}")
            found = Note(**row)
            if not found.is_by(by) and not by.may("admin"):
                raise Unfit(f"this note is {found.author}'s: they or an admin may take it out")
            connection.execute(notes.delete().where(notes.c.id == number))
            before = {"note": number, "author": found.author}
            self._audit.note(connection, by, "note deleted", f"account:{found.account_id}", before=before)
            return found

    def of(self, account_id: str) -> list[Note]:
        """All of an account, the last written first."""
        query = sa.select(notes).where(notes.c.account_id == account_id).order_by(notes.c.id.desc())
        with self._database.reading() as connection:
            return [Note(**row) for row in connection.execute(query).mappings()]
