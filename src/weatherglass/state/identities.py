"""People as a provider of single sign-on knows them, and who of ours they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import SERVICE
from weatherglass.state.errors import NotFound, Taken, Unfit
from weatherglass.state.people import COLUMNS, People, Person, Role
from weatherglass.state.state import State
from weatherglass.state.tables import people


@dataclass(frozen=True)
class Identity:
    """What a provider has vouched for."""

    subject: str
    """The provider and who it is there."""
    email: str
    """Verified by the provider."""
    name: str
    role: Role | None
    """What the provider's groups make of them; None where they say nothing."""


class Identities:
    """The column `subject` of `people`."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def _people(self) -> People:
        return self._state.people

    def person(self, of: Identity, *, create: bool) -> Person:
        """Who it is; who is met for the first time is known by their address. create: a stranger becomes a viewer.

        Errors: Unfit, NotFound, Taken, told so that they may be shown to whoever tries.
        """
        found = self._of(of.subject) or self._linked(of) or self._made(of, create=create)
        if not found.active:
            raise Unfit(f"{found.email} may no longer sign in")
        if of.role is not None and of.role != found.role:
            return self._people.change(SERVICE, found.id, role=of.role)
        return found

    def _of(self, subject: str) -> Person | None:
        query = sa.select(*COLUMNS).where(people.c.subject == subject)
        with self._state.database.reading() as connection:
            row: Any = connection.execute(query).mappings().first()
        return None if row is None else Person(**row)

    def _linked(self, of: Identity) -> Person | None:
        found = self._people.by_email(of.email)
        if found is None:
            return None
        mine = (people.c.id == found.id) & people.c.subject.is_(None)
        with self._state.database.writing() as connection:
            if not connection.execute(people.update().where(mine).values(subject=of.subject)).rowcount:
                raise Taken(f"{found.email} signs in as somebody else at the provider; an admin has to look at it")
            self._state.audit.note(connection, SERVICE, "identity linked", f"person:{found.id}")
        return found

    def _made(self, of: Identity, *, create: bool) -> Person:
        if not self._people.all():
            raise NotFound("the first admin has to be made before anyone can sign in this way")
        if not create:
            raise NotFound(f"nobody here has the address {of.email}; an admin can let you in")
        self._people.create(SERVICE, of.email, of.name[:200], of.role or "viewer")
        made = self._linked(of)
        assert made is not None, "they were made just now"
        return made
