"""The outbox: messages that are to be sent, at least once each, and one after the other within a stream."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database, newest
from weatherglass.state.errors import NotFound, Unfit
from weatherglass.state.tables import channel_states, outbox

WAITING, SENT, DEAD = "waiting", "sent", "dead"
RETRIES = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds before each further try, as Standard Webhooks has them; the first try is at once."""
JITTER = 0.1
KEPT = dt.timedelta(days=30)
"""How long sent messages can be looked at and sent again."""


@dataclass(frozen=True)
class Draft:
    """A message that is not in the outbox yet."""

    channel: str
    stream: str
    type: str
    severity: str
    body: dict[str, Any]
    due_at: dt.datetime


@dataclass(frozen=True)
class Letter:
    """A message in the outbox."""

    id: int
    message_id: str
    channel: str
    stream: str
    type: str
    severity: str
    body: dict[str, Any]
    state: str
    made_at: dt.datetime
    due_at: dt.datetime
    attempts: int
    error: str | None
    sent_at: dt.datetime | None


class Outbox:
    """The tables `outbox` and `channel_states`. One process sends: the one that holds the store."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    def put(self, connection: sa.Connection, drafts: Sequence[Draft]) -> None:
        """Add messages, in the transaction of what they tell of."""
        same = {"state": WAITING, "made_at": self._clock(), "attempts": 0}
        rows = [{**draft.__dict__, "message_id": f"msg_{secrets.token_hex(12)}", **same} for draft in drafts]
        if rows:
            connection.execute(outbox.insert(), rows)

    def add(self, drafts: Sequence[Draft]) -> None:
        """Add messages in a transaction of their own."""
        with self._database.writing() as connection:
            self.put(connection, drafts)

    def due(self, without: Collection[str] = (), limit: int = 100) -> list[Letter]:
        """The first waiting message of each stream, when its time has come; no disabled channel, none of `without`."""
        first = (
            sa.select(sa.func.min(outbox.c.id))
            .where(outbox.c.state == WAITING)
            .group_by(outbox.c.channel, outbox.c.stream)
        )
        query = (
            sa.select(outbox)
            .where(outbox.c.id.in_(first), outbox.c.due_at <= self._clock())
            .where(outbox.c.channel.not_in(sa.select(channel_states.c.channel)), outbox.c.channel.not_in(without))
            .order_by(outbox.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [Letter(**row) for row in connection.execute(query).mappings()]

    def sent(self, letters: Sequence[Letter]) -> None:
        """They have arrived."""
        numbers = [letter.id for letter in letters]
        with self._database.writing() as connection:
            values = {"state": SENT, "sent_at": self._clock(), "error": None}
            connection.execute(outbox.update().where(outbox.c.id.in_(numbers)).values(values))
            old = (outbox.c.state == SENT) & (outbox.c.sent_at < self._clock() - KEPT)
            connection.execute(outbox.delete().where(old))

    def failed(self, letters: Sequence[Letter], error: str, *, wait: float | None = None, final: bool = False) -> bool:
        """A try has failed: the next comes by the schedule, or not before `wait` seconds; whether none is left.

        final: no other try would do better.
        """
        last = final
        with self._database.writing() as connection:
            for letter in letters:
                tried = letter.attempts + 1
                over = final or tried > len(RETRIES)
                last |= over
                pause = 0.0 if over else RETRIES[tried - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311
                due = self._clock() + dt.timedelta(seconds=max(pause, wait or 0.0))
                values = {"state": DEAD if over else WAITING, "attempts": tried, "error": error[:2000], "due_at": due}
                connection.execute(outbox.update().where(outbox.c.id == letter.id).values(values))
        return last

    def disable(self, channel: str, reason: str) -> None:
        """Send nothing more there until someone says so; what is for it waits."""
        with self._database.writing() as connection:
            found = connection.execute(sa.select(channel_states).where(channel_states.c.channel == channel)).first()
            if found is None:
                values = {"channel": channel, "disabled_at": self._clock(), "reason": reason[:2000]}
                connection.execute(channel_states.insert().values(values))

    def switch_off(self, by: Actor, channel: str) -> None:
        """The same because somebody says so."""
        if channel not in self.disabled():
            self.disable(channel, f"switched off by {by.name}")
            with self._database.writing() as connection:
                self._audit.note(connection, by, "channel disabled", f"channel:{channel}")

    def enable(self, by: Actor, channel: str) -> None:
        """Send there again."""
        with self._database.writing() as connection:
            gone = connection.execute(channel_states.delete().where(channel_states.c.channel == channel)).rowcount
            if gone:
                self._audit.note(connection, by, "channel enabled", f"channel:{channel}")

    def disabled(self) -> dict[str, str]:
        """The disabled channels, and why."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(channel_states.c.channel, channel_states.c.reason))
            return {str(channel): str(reason) for channel, reason in rows}

    def letters(self, state: str | None, before: int | None, limit: int) -> list[Letter]:
        """The newest first; `before` is the id of the last one seen."""
        query = newest(outbox, before, limit, state=state)
        with self._database.reading() as connection:
            return [Letter(**row) for row in connection.execute(query).mappings()]

    def dead(self, types: Collection[str]) -> list[Letter]:
        """All dead letters of some types, the first made first."""
        query = sa.select(outbox).where(outbox.c.state == DEAD, outbox.c.type.in_(types)).order_by(outbox.c.id)
        with self._database.reading() as connection:
            return [Letter(**row) for row in connection.execute(query).mappings()]

    def replace(
        self, connection: sa.Connection, by: Actor, what: str, letters: Sequence[Letter], drafts: Sequence[Draft]
    ) -> None:
        """Put messages in the place of letters that nobody needs any more. what: what all of them are about."""
        if letters:
            gone = outbox.delete().where(outbox.c.id == sa.bindparam("number"))
            connection.execute(gone, [{"number": letter.id} for letter in letters])
        self.put(connection, drafts)
        after = {"messages": len(drafts), "replaced": len(letters)}
        self._audit.note(connection, by, "told again", what, after=after)

    def counts(self) -> dict[tuple[str, str], int]:
        """Channel and state -> messages."""
        query = sa.select(outbox.c.channel, outbox.c.state, sa.func.count()).group_by(outbox.c.channel, outbox.c.state)
        with self._database.reading() as connection:
            return {(str(channel), str(state)): int(count) for channel, state, count in connection.execute(query)}

    def replay(self, by: Actor, number: int) -> Letter:
        """Send one again, under the same message id. Errors: NotFound; Unfit where it still waits."""
        with self._database.writing() as connection:
            row = connection.execute(sa.select(outbox).where(outbox.c.id == number)).mappings().first()
            if row is None:
                raise NotFound(f"there is no message {number}")
            if row["state"] == WAITING:
                raise Unfit("it is still waiting to be sent")
            values = {"state": WAITING, "attempts": 0, "due_at": self._clock(), "error": None}
            connection.execute(outbox.update().where(outbox.c.id == number).values(values))
            self._audit.note(connection, by, "message sent again", f"message:{number}")
            again = connection.execute(sa.select(outbox).where(outbox.c.id == number)).mappings().one()
            return Letter(**again)
