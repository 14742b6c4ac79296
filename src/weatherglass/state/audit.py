"""The audit log: who changed what, when, and what it was before. Rows are added and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.actor import Actor
from weatherglass.state.database import Database, newest
from weatherglass.state.tables import audit

Facts = dict[str, Any]
REASON = "reason"
"""What somebody wrote of why they did it."""


@dataclass(frozen=True)
class Entry:
    """One change."""

    id: int
    at: dt.datetime
    actor_kind: str
    actor_id: int | None
    actor: str
    action: str
    subject: str
    before: Facts | None
    after: Facts | None
    request_id: str


class Audit:
    """The table `audit`."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def note(
        self,
        connection: sa.Connection,
        by: Actor,
        action: str,
        subject: str,
        *,
        before: Facts | None = None,
        after: Facts | None = None,
    ) -> None:
        """Add an entry in the transaction of the change itself; `before` and `after` hold no secret."""
        connection.execute(
            audit.insert().values(
                at=self._clock(),
                actor_kind=by.kind,
                actor_id=by.id,
                actor=by.name,
                action=action,
                subject=subject,
                before=_plain(before),
                after=_plain(after),
                request_id=by.request_id,
            )
        )

    def add(
        self, by: Actor, action: str, subject: str, *, before: Facts | None = None, after: Facts | None = None
    ) -> None:
        """An entry of its own, for what is not a change of the state."""
        with self._database.writing() as connection:
            self.note(connection, by, action, subject, before=before, after=after)

    def entries(self, before: int | None, limit: int, action: str | None = None) -> list[Entry]:
        """The newest first; `before` is the id of the last one seen."""
        query = newest(audit, before, limit, action=action)
        with self._database.reading() as connection:
            return [Entry(**row) for row in connection.execute(query).mappings()]

    def forget(self, connection: sa.Connection, texts: list[str], instead: str, *, of_account: bool = False) -> int:
        """Put another text in the place of erased names, wherever an entry has one; how many entries had.

        of_account: they are ids of accounts, of which what people gave as a reason goes, too.
        """
        changed = 0
        for row in connection.execute(sa.select(audit)).mappings():
            cleaned = {name: _without(row[name], texts, instead) for name in ("actor", "subject", "before", "after")}
            if of_account and row["subject"] in {f"account:{text}" for text in texts}:
                for facts in (cleaned["before"], cleaned["after"]):
                    if facts and REASON in facts:
                        facts[REASON] = instead
            if any(cleaned[name] != row[name] for name in cleaned):
                connection.execute(audit.update().where(audit.c.id == row["id"]).values(**cleaned))
                changed += 1
        return changed


def _plain(facts: Facts | None) -> Facts | None:
    if facts is None:
        return None
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in facts.items()}


def _without(value: Any, texts: list[str], instead: str) -> Any:
    if isinstance(value, str):
        for text in texts:
            # short ids occur in other words: only a whole text or a whole part of `kind:id` is one
            if value == text or value.endswith(f":{text}"):
                return value.removesuffix(text) + instead
        return value
    if isinstance(value, dict):
        return {name: _without(part, texts, instead) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, texts, instead) for part in value]
    return value
