"""Runs of plays, members of audiences, and opinions on renewals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.audit import Audit
from weatherglass.state.database import Database
from weatherglass.state.tables import members, opinions, runs
from weatherglass.state.text import written


@dataclass(frozen=True)
class Run:
    """A play that was begun for an account, or withheld from it."""

    id: int
    play: str
    account_id: str
    began_day: dt.date
    ended_day: dt.date | None
    ended_because: str | None
    held_out: bool
    stratum: str
    score: float | None


@dataclass(frozen=True)
class Opinion:
    """What a person thinks of a renewal, beside what was computed on the day they said so."""

    id: int
    account_id: str
    renewal_day: dt.date
    tier: str
    computed_tier: str
    computed_score: float | None
    note: str
    author: str
    made_at: dt.datetime


class Plays:
    """The tables `play_runs`, `audience_members` and `opinions`."""

    def __init__(self, database: Database, audit: Audit, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction for runs and their tasks together."""
        with self._database.writing() as connection:
            yield connection

    def runs(self, play: str | None = None, *, running: bool = False) -> list[Run]:
        """All runs, of one play or all, in the order of their beginning; running: those that have no end yet."""
        query = sa.select(runs).order_by(runs.c.id)
        if play is not None:
            query = query.where(runs.c.play == play)
        if running:
            query = query.where(runs.c.ended_day.is_(None))
        with self._database.reading() as connection:
            return [Run(**row) for row in connection.execute(query).mappings()]

    def of(self, account_id: str) -> list[Run]:
        """All runs of an account, the newest first."""
        query = sa.select(runs).where(runs.c.account_id == account_id).order_by(runs.c.id.desc())
        with self._database.reading() as connection:
            return [Run(**row) for row in connection.execute(query).mappings()]

    def begin(self, connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
        """New runs; their numbers, in the same order."""
        if not rows:
            return []
        made = runs.insert().returning(runs.c.id, sort_by_parameter_order=True)
        return [int(number) for number in connection.execute(made, rows).scalars()]

    def end(self, connection: sa.Connection, why: Mapping[int, str], day: dt.date) -> None:
        """Runs are over. why: by their number."""
        change = runs.update().where(runs.c.id == sa.bindparam("number"))
        values = change.values(ended_day=day, ended_because=sa.bindparam("why"))
        connection.execute(values, [{"number": number, "why": reason} for number, reason in why.items()])

    def members(self, audience: str) -> dict[str, dt.date]:
        """Account -> the day since which it is in an audience."""
        query = sa.select(members.c.account_id, members.c.since).where(members.c.audience == audience)
        with self._database.reading() as connection:
            return {str(account): day for account, day in connection.execute(query.order_by(members.c.account_id))}

    def memberships(self) -> list[tuple[str, str, dt.date]]:
        """Audience, account and since when, of all audiences that have anybody."""
        query = sa.select(members.c.audience, members.c.account_id, members.c.since)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(members.c.audience, members.c.account_id))
            return [(str(audience), str(account), since) for audience, account, since in found]

    def enter(self, connection: sa.Connection, audience: str, accounts: Sequence[str], day: dt.date) -> None:
        """Accounts that are in an audience from a day on."""
        if accounts:
            rows = [{"audience": audience, "account_id": account, "since": day} for account in accounts]
            connection.execute(members.insert(), rows)

    def leave(self, connection: sa.Connection, audience: str, accounts: Sequence[str]) -> None:
        """Accounts that are in it no longer."""
        if accounts:
            whose = (members.c.audience == audience) & (members.c.account_id == sa.bindparam("account"))
            connection.execute(members.delete().where(whose), [{"account": account} for account in accounts])

    def think(self, by: Actor, row: dict[str, Any]) -> Opinion:
        """Keep an opinion beside what is computed; those before stay. Errors: Unfit."""
        note = written(row["note"], "a note", 2000) if row["note"] else ""
        values = {**row, "note": note, "author": by.name, "made_at": self._clock()}
        with self._database.writing() as connection:
            made = connection.execute(opinions.insert().values(values).returning(opinions)).mappings().one()
            after = {name: values[name] for name in ("tier", "computed_tier", "renewal_day")}
            self._audit.note(connection, by, "opinion given", f"account:{row['account_id']}", after=after)
            return Opinion(**made)

    def opinions(self) -> list[Opinion]:
        """All there are, the first given first."""
        with self._database.reading() as connection:
            return [
                Opinion(**row) for row in connection.execute(sa.select(opinions).order_by(opinions.c.id)).mappings()
            ]
