"""Write keys, API tokens and addresses of calendars: secrets of programs, kept as digests."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from weatherglass.state import secret
from weatherglass.state.actor import SCOPES, Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.errors import NotFound, StateError, Unfit
from weatherglass.state.tables import credentials
from weatherglass.state.text import written

Kind = Literal["write key", "token", "calendar"]
PREFIX: dict[Kind, str] = {"write key": "wk", "token": "wt", "calendar": "wf"}
INTAKE = "intake"
"""The scope of a write key that sends events, and rows of all tables."""
EVENTS = "events"
"""That of a write key for what strangers can read, websites and apps: it sends events only."""
CALENDAR = "calendar"
"""That of every address of a calendar: the tasks of who made it, and nothing else."""
LEGAL: dict[Kind, tuple[str, ...]] = {"write key": (INTAKE, EVENTS), "token": SCOPES, "calendar": (CALENDAR,)}
"""The scopes that there are of each kind; a token is to say its own, the others have the first where none is asked."""

REMEMBERED = dt.timedelta(seconds=5)
"""How long an answer is believed without asking again: what another process revokes is refused that much later."""
NOTED_EVERY = dt.timedelta(minutes=1)
"""How exactly the last use is known."""
GRACE = dt.timedelta(days=1)
"""How long the former secret still counts after a rotation, unless asked otherwise."""


@dataclass(frozen=True)
class Credential:
    """What is known of a write key or a token: everything but the secret."""

    id: int
    kind: Kind
    name: str
    scope: str
    hint: str
    """The last four characters."""
    created_at: dt.datetime
    created_by: str
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None
    former_until: dt.datetime | None
    """Until when the secret before the last rotation counts."""


COLUMNS = [credentials.c[name] for name in Credential.__dataclass_fields__]


class Credentials:
    """The write keys, or the tokens, of a state."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime], kind: Kind) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._kind: Kind = kind
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[dt.datetime, Credential | None]] = {}
        self._used: dict[int, dt.datetime] = {}

    def create(
        self, by: Actor, name: str, scope: str | None = None, expires_at: dt.datetime | None = None
    ) -> tuple[Credential, str]:
        """A new one and its secret, which is never shown again. Errors: Unfit."""
        name = written(name, "a name", 200)
        legal = LEGAL[self._kind]
        scope = legal[0] if scope is None and self._kind != "token" else scope
        if scope not in legal:
            raise Unfit(f"a {self._kind} has one of the scopes {', '.join(legal)}")
        made = secret.new(PREFIX[self._kind])
        row = {
            "kind": self._kind,
            "name": name,
            "scope": scope,
            "hint": secret.hint(made),
            "digest": secret.digest(made),
            "created_at": self._clock(),
            "created_by": by.name,
            "expires_at": expires_at,
        }
        with self._database.writing() as connection:
            number = connection.execute(credentials.insert().values(row).returning(credentials.c.id)).scalar_one()
            after = {"name": name, "scope": row["scope"], "expires_at": expires_at}
            self._audit.note(connection, by, f"{self._kind} created", self._subject(number), after=after)
            found = self._one(connection, number)
        self._forget()
        return found, made

    def all(self) -> list[Credential]:
        """By id, revoked ones too."""
        query = sa.select(*COLUMNS).where(credentials.c.kind == self._kind).order_by(credentials.c.id)
        with self._database.reading() as connection:
            return [Credential(**row) for row in connection.execute(query).mappings()]

    def get(self, number: int) -> Credential:
        """Errors: NotFound."""
        with self._database.reading() as connection:
            return self._one(connection, number)

    def rotate(self, by: Actor, number: int, grace: dt.timedelta = GRACE) -> tuple[Credential, str]:
        """A new secret in place of the old one, which counts for the grace period still. Errors: NotFound, Unfit."""
        made = secret.new(PREFIX[self._kind])
        with self._database.writing() as connection:
            if self._one(connection, number).revoked_at is not None:
                raise Unfit(f"this {self._kind} is revoked; create another")
            until = self._clock() + grace
            values = {
                "former_digest": credentials.c.digest if grace else None,
                "former_until": until if grace else None,
                "digest": secret.digest(made),
                "hint": secret.hint(made),
            }
            connection.execute(credentials.update().where(credentials.c.id == number).values(values))
            self._audit.note(
                connection, by, f"{self._kind} rotated", self._subject(number), after={"former_until": until}
            )
            found = self._one(connection, number)
        self._forget()
        return found, made

    def revoke(self, by: Actor, number: int) -> Credential:
        """Never accepted again, from now on; twice is once. Errors: NotFound."""
        with self._database.writing() as connection:
            found = self._one(connection, number)
            if found.revoked_at is None:
                change = credentials.update().where(credentials.c.id == number)
                connection.execute(change.values(revoked_at=self._clock(), former_digest=None, former_until=None))
                self._audit.note(
                    connection, by, f"{self._kind} revoked", self._subject(number), before={"name": found.name}
                )
            found = self._one(connection, number)
        self._forget()
        return found

    def at_hand(self, given: str) -> Credential | None:
        """Whose secret this is, where it can be told without the database; None where `check` has to be asked."""
        key, now = secret.digest(given), self._clock()
        with self._lock:
            told, found = self._seen.get(key, (None, None))
            used = None if found is None else self._used.get(found.id)
        if told is None or not _lately(told, now, REMEMBERED):
            return None
        return found if used is not None and _lately(used, now, NOTED_EVERY) else None

    def check(self, given: str) -> Credential | None:
        """Whose secret this is; None where it is nobody's any more. Cheap enough for every request.

        While the database cannot be reached, whoever was known before still is. Errors: StateError.
        """
        key, now = secret.digest(given), self._clock()
        with self._lock:
            told, found = self._seen.get(key, (None, None))
            stale = told is None or not _lately(told, now, REMEMBERED)
            if stale and found is not None:
                # while one looks it up, and it may take its time, others go by what was known
                self._seen[key] = (now, found)
        if stale:
            found = self._looked_up(key, now, found)
            with self._lock:
                if len(self._seen) > 10_000:
                    # wrong keys come in any number: only what is asked for all the time stays
                    self._seen.clear()
                self._seen[key] = (now, found)
        if found is not None:
            self._note_use(found.id, now)
        return found

    def _looked_up(self, key: str, now: dt.datetime, known: Credential | None) -> Credential | None:
        try:
            return self._look_up(key, now)
        except StateError:
            if known is None or (known.expires_at is not None and known.expires_at <= now):
                raise
            return known

    def _look_up(self, key: str, now: dt.datetime) -> Credential | None:
        current = credentials.c.digest == key
        former = (credentials.c.former_digest == key) & (credentials.c.former_until > now)
        query = (
            sa.select(*COLUMNS)
            .where(credentials.c.kind == self._kind, current | former, credentials.c.revoked_at.is_(None))
            .where(credentials.c.expires_at.is_(None) | (credentials.c.expires_at > now))
        )
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else Credential(**row)

    def _note_use(self, number: int, now: dt.datetime) -> None:
        with self._lock:
            last = self._used.get(number)
            if last is not None and _lately(last, now, NOTED_EVERY):
                return
            self._used[number] = now
        # who may read is not turned away because a full disk takes no note of it
        with suppress(StateError), self._database.writing() as connection:
            connection.execute(credentials.update().where(credentials.c.id == number).values(last_used_at=now))

    def _one(self, connection: sa.Connection, number: int) -> Credential:
        query = sa.select(*COLUMNS).where(credentials.c.kind == self._kind, credentials.c.id == number)
        row: Any = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"there is no {self._kind} {number}")
        return Credential(**row)

    def _subject(self, number: int) -> str:
        return f"{self._kind}:{number}"

    def _forget(self) -> None:
        with self._lock:
            self._seen.clear()


def _lately(moment: dt.datetime, now: dt.datetime, within: dt.timedelta) -> bool:
    """Whether a moment is not long ago; a clock that was set back tells nothing."""
    return dt.timedelta() <= now - moment < within
