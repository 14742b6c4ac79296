"""Saved views: the choices of a list that people come back to, each under a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import views
from weatherglass.state.text import written

LONGEST = 80
LONGEST_QUERY = 4000
MOST = 100
"""Views of one person."""


@dataclass(frozen=True)
class View:
    """A choice under a name."""

    id: int
    name: str
    query: str
    """The parameters of the list's address, as they are written there."""
    shared: bool
    """Whether everybody sees it; else only who made it."""
    author: str
    author_id: int | None
    made_at: dt.datetime

    def is_by(self, actor: Actor) -> bool:
        return self.author == actor.name


class Views:
    """The table `views`."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def save(self, by: Actor, name: str, query: str, *, shared: bool = False) -> View:
        """Keep a choice under a name, in place of one's own of the same name.

        Errors: Unfit. Only who may write shares a view with everybody.
        """
        if shared and not by.may("write"):
            raise Unfit("only CSMs and admins share a view: save it for yourself")
        if len(query) > LONGEST_QUERY:
            raise Unfit("there are too many filters for a view: take some away")
        row = {
            "name": written(name, "the name of a view", LONGEST),
            "query": query,
            "shared": shared,
            "author": by.name,
            "author_id": by.id,
            "made_at": self._clock(),
        }
        mine = views.c.author == by.name
        with self._database.writing() as connection:
            connection.execute(views.delete().where(mine & (views.c.name == row["name"])))
            count = sa.select(sa.func.count()).select_from(views).where(mine)
            if connection.execute(count).scalar_one() >= MOST:
                raise Unfit(f"you have {MOST} views already: take one away first")
            made = View(**connection.execute(views.insert().values(row).returning(views)).mappings().one())
            self._audit.note(
                connection, by, "view saved", f"view:{made.id}", after={"name": made.name, "shared": shared}
            )
            return made

    def delete(self, by: Actor, number: int) -> View:
        """Take away a view of one's own; an admin may take away a shared one. Errors: NotFound."""
        with self._database.writing() as connection:
            row = connection.execute(sa.select(views).where(views.c.id == number)).mappings().first()
            found = None if row is None else View(**row)
            if found is None or not (found.is_by(by) or (found.shared and by.may("admin"))):
                raise NotFound(f"you have no view {number}")
            connection.execute(views.delete().where(views.c.id == number))
            self._audit.note(connection, by, "view deleted", f"view:{number}", before={"name": found.name})
            return found

    def of(self, who: Actor) -> list[View]:
        """What someone sees: their own and those that are shared, by name."""
        query = sa.select(views).where((views.c.author == who.name) | views.c.shared).order_by(views.c.name, views.c.id)
        with self._database.reading() as connection:
            return [View(**row) for row in connection.execute(query).mappings()]
