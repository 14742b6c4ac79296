"""Idempotency keys: a write that is sent again is answered as the first time, and done once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from weatherglass.state.database import Database
from weatherglass.state.errors import StateError
from weatherglass.state.tables import answers

KEPT = dt.timedelta(days=1)
AT_WORK = dt.timedelta(minutes=2)
"""After so long without an answer the first try is taken to be dead."""


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class StillAtWork(StateError):
    """The first request with this key is not answered yet."""


class AnotherRequest(StateError):
    """The key was used for another request."""


class Answers:
    """The table `answers`."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, whose: str, key: str, request: str) -> Answer | None:
        """The answer to a request that was made before; None when it is the first, which is now under way.

        whose, key: the credential and its idempotency key. request: a digest of the request.
        Errors: StillAtWork, AnotherRequest.
        """
        now, here = self._clock(), (answers.c.whose == whose) & (answers.c.key == key)
        try:
            with self._database.writing() as connection:
                connection.execute(answers.delete().where(answers.c.asked_at < now - KEPT))
                row: Any = connection.execute(sa.select(answers).where(here)).mappings().first()
                if row is None:
                    values = {"whose": whose, "key": key, "request": request, "asked_at": now}
                    connection.execute(answers.insert().values(values))
                    return None
                if row["request"] != request:
                    raise AnotherRequest("this idempotency key was used for another request")
                if row["status"] is not None:
                    return Answer(row["status"], row["headers"], bytes(row["body"]))
                if now - row["asked_at"] < AT_WORK:
                    raise StillAtWork("the first request with this idempotency key is still being worked on")
                connection.execute(answers.update().where(here).values(asked_at=now))
                return None
        except sa.exc.IntegrityError:
            raise StillAtWork("the first request with this idempotency key is still being worked on") from None

    def keep(self, whose: str, key: str, answer: Answer) -> None:
        """What was answered to it."""
        here = (answers.c.whose == whose) & (answers.c.key == key)
        values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
        with self._database.writing() as connection:
            connection.execute(answers.update().where(here).values(values))

    def drop(self, whose: str, key: str) -> None:
        """It came to nothing and may be tried again."""
        with self._database.writing() as connection:
            connection.execute(answers.delete().where((answers.c.whose == whose) & (answers.c.key == key)))
