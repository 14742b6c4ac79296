"""Sessions of people in a browser: a cookie that is kept as a digest, and a token that other sites cannot know."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state import secret
from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.people import COLUMNS as PERSON
from weatherglass.state.people import People, Person
from weatherglass.state.tables import people, sessions
from weatherglass.state.throttle import Throttle

IDLE = dt.timedelta(hours=12)
LONGEST = dt.timedelta(days=30)
NOTED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A signed-in person."""

    id: int
    person: Person
    csrf: str
    """Has to come back in a header with every change."""
    begun_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime

    @property
    def actor(self) -> Actor:
        return self.person.actor(f"session:{self.id}")

    def proves(self, csrf: str) -> bool:
        """Whether a request knows what only our own pages know."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode("utf-8", "surrogatepass"))


class Sessions:
    """The table `sessions`."""

    def __init__(
        self, database: Database, audit: Audit, clock: Callable[[], dt.datetime], people: People, throttle: Throttle
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._people = people
        self._throttle = throttle

    def sign_in(self, email: str, password: str, address: str = "", agent: str = "") -> tuple[Session, str] | None:
        """A session and its cookie; None for a wrong address or password. Errors: TooMany after too many of them.

        address, agent: where from, to count failures by and to tell sessions apart.
        """
        counted = [f"email:{email.strip()}", *([f"address:{address}"] if address else [])]
        self._throttle.enter(*counted)
        person = self._people.with_password(email, password)
        if person is None:
            return None
        self._throttle.succeeded(counted[0])
        self._throttle.spare(*counted[1:])
        return self.begin(person, address, agent)

    def begin(self, person: Person, address: str = "", agent: str = "") -> tuple[Session, str]:
        """A session of someone who has proved who they are."""
        now, cookie = self._clock(), secret.new("ws")
        row = {
            "digest": secret.digest(cookie),
            "person": person.id,
            "csrf": secret.new("csrf"),
            "begun_at": now,
            "seen_at": now,
            "ends_at": now + LONGEST,
            "address": address[:64],
            "agent": agent.replace("\x00", "")[:300],
        }
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where((sessions.c.ends_at < now) | (sessions.c.seen_at < now - IDLE)))
            connection.execute(sessions.insert().values(row))
            connection.execute(people.update().where(people.c.id == person.id).values(last_seen_at=now))
            self._audit.note(connection, person.actor(), "signed in", f"person:{person.id}")
        begun = self.of(cookie)
        assert begun is not None
        return begun, cookie

    def of(self, cookie: str) -> Session | None:
        """The session of a cookie; None where it is over."""
        now = self._clock()
        named = [sessions.c[name] for name in ("id", "csrf", "begun_at", "seen_at", "ends_at")]
        query = (
            sa.select(*named, *(column.label(f"person_{column.name}") for column in PERSON))
            .join(people, people.c.id == sessions.c.person)
            .where(sessions.c.digest == secret.digest(cookie), people.c.active)
            .where(sessions.c.ends_at > now, sessions.c.seen_at > now - IDLE)
        )
        with self._database.reading() as connection:
            row: Any = connection.execute(query).mappings().first()
        if row is None:
            return None
        person = Person(**{column.name: row[f"person_{column.name}"] for column in PERSON})
        if now - row["seen_at"] > NOTED_EVERY:
            self._note_seen(row["id"], person.id, now)
        return Session(person=person, **{column.name: row[column.name] for column in named})

    def end(self, session: Session) -> None:
        """Sign out."""
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.id == session.id))
            self._audit.note(connection, session.actor, "signed out", f"person:{session.person.id}")

    def _note_seen(self, number: int, person: int, now: dt.datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(sessions.update().where(sessions.c.id == number).values(seen_at=now))
            connection.execute(people.update().where(people.c.id == person).values(last_seen_at=now))
