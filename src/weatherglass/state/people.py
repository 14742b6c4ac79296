"""People: who may sign in, and in which role."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from weatherglass.state import passwords
from weatherglass.state.actor import Actor, Scope
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, Taken, Unfit
from weatherglass.state.tables import people, sessions
from weatherglass.state.text import written

Role = Literal["viewer", "csm", "admin"]
SCOPE: dict[Role, Scope] = {"viewer": "read", "csm": "write", "admin": "admin"}
"""What a role may do through the API."""


@dataclass(frozen=True)
class Person:
    """Someone who may sign in."""

    id: int
    email: str
    name: str
    role: Role
    active: bool
    created_at: dt.datetime
    last_seen_at: dt.datetime | None
    team: str = ""
    """Whose accounts are theirs too on Today; empty for none."""

    def actor(self, credential: str = "") -> Actor:
        return Actor("person", self.id, self.email, SCOPE[self.role], credential=credential)


COLUMNS = [people.c[name] for name in Person.__dataclass_fields__]


class People:
    """The table `people`."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def create(self, by: Actor, email: str, name: str, role: Role, password: str | None = None) -> Person:
        """Someone new; without a password only single sign-on lets them in. Errors: Unfit, Taken."""
        email, name = _address(email), written(name, "a name", 200)
        _check_role(role)
        row: dict[str, Any] = {"email": email, "name": name, "role": role, "active": True, "created_at": self._clock()}
        kept = None if password is None else passwords.hashed(password, email, name)
        try:
            with self._database.writing() as connection:
                number = connection.execute(
                    people.insert().values(**row, password=kept).returning(people.c.id)
                ).scalar_one()
                after = {"email": email, "name": name, "role": role}
                self._audit.note(connection, by, "person created", f"person:{number}", after=after)
                return self._one(connection, number)
        except sa.exc.IntegrityError:
            raise Taken(f"there is someone with the address {email} already") from None

    def all(self) -> list[Person]:
        """By id, those who may no longer sign in too."""
        with self._database.reading() as connection:
            return [Person(**row) for row in connection.execute(sa.select(*COLUMNS).order_by(people.c.id)).mappings()]

    def get(self, number: int) -> Person:
        """Errors: NotFound."""
        with self._database.reading() as connection:
            return self._one(connection, number)

    def by_email(self, email: str) -> Person | None:
        query = sa.select(*COLUMNS).where(people.c.email == email.strip().casefold())
        with self._database.reading() as connection:
            row: Any = connection.execute(query).mappings().first()
        return None if row is None else Person(**row)

    def change(
        self,
        by: Actor,
        number: int,
        *,
        name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        team: str | None = None,
    ) -> Person:
        """Change what is given. Who gets another role or may no longer sign in is signed out everywhere.

        team: empty takes the person out of theirs. Errors: NotFound; Unfit where no admin would be left.
        """
        asked = {"name": None if name is None else written(name, "a name", 200), "role": role, "active": active}
        asked["team"] = written(team, "a team", 200) if team and team.strip() else None if team is None else ""
        if role is not None:
            _check_role(role)
        with self._database.writing() as connection:
            before = self._one(connection, number)
            new = {key: value for key, value in asked.items() if value is not None and value != getattr(before, key)}
            if not new:
                return before
            connection.execute(people.update().where(people.c.id == number).values(new))
            self._check_admins(connection)
            if "role" in new or "active" in new:
                connection.execute(sessions.delete().where(sessions.c.person == number))
            old = {key: getattr(before, key) for key in new}
            self._audit.note(connection, by, "person changed", f"person:{number}", before=old, after=new)
            return self._one(connection, number)

    def set_password(self, by: Actor, number: int, password: str) -> None:
        """Another password, which signs the person out everywhere. Errors: NotFound, Unfit."""
        person = self.get(number)
        kept = passwords.hashed(password, person.email, person.name)
        with self._database.writing() as connection:
            connection.execute(people.update().where(people.c.id == number).values(password=kept))
            connection.execute(sessions.delete().where(sessions.c.person == number))
            self._audit.note(connection, by, "password set", f"person:{number}")

    def with_password(self, email: str, password: str) -> Person | None:
        """Who signs in with these; None where nobody may. Takes as long for an address that nobody has."""
        query = sa.select(*COLUMNS, people.c.password).where(people.c.email == email.strip().casefold())
        with self._database.reading() as connection:
            row: Any = connection.execute(query).mappings().first()
        kept = None if row is None or not row["active"] else row["password"]
        if not passwords.fits(password, kept):
            return None
        if kept is not None and passwords.stale(kept):
            self._strengthen(row["id"], password)
        return Person(**{name: value for name, value in row.items() if name != "password"})

    def erase(self, connection: sa.Connection, email: str) -> int:
        """Take out a person with an address, sessions and all; how many there were. Errors: Unfit."""
        done = connection.execute(people.delete().where(people.c.email == email.strip().casefold())).rowcount
        self._check_admins(connection)
        return int(done)

    def _strengthen(self, number: int, password: str) -> None:
        with self._database.writing() as connection:
            change = people.update().where(people.c.id == number)
            connection.execute(change.values(password=passwords.hashed(password)))

    def _one(self, connection: sa.Connection, number: int) -> Person:
        row: Any = connection.execute(sa.select(*COLUMNS).where(people.c.id == number)).mappings().first()
        if row is None:
            raise NotFound(f"there is no person {number}")
        return Person(**row)

    def _check_admins(self, connection: sa.Connection) -> None:
        anyone = connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one()
        query = sa.select(sa.func.count()).where(people.c.role == "admin", people.c.active)
        if anyone and not connection.execute(query).scalar_one():
            raise Unfit("someone has to stay an admin; make another person one first")


def _address(email: str) -> str:
    email = email.strip().casefold()
    local, at, domain = email.rpartition("@")
    if not (local and at and domain) or len(email) > 320 or any(not c.isprintable() or c == " " for c in email):
        raise Unfit(f"{email[:60]!r} is not an e-mail address")
    return email


def _check_role(role: str) -> None:
    if role not in SCOPE:
        raise Unfit(f"a role is one of {', '.join(SCOPE)}, not {role!r}")
