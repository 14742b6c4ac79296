"""An open state: its database, brought forward, and what is kept in it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from weatherglass.state import migrations
from weatherglass.state.answers import Answers
from weatherglass.state.audit import Audit
from weatherglass.state.credentials import INTAKE, Credential, Credentials
from weatherglass.state.database import Database
from weatherglass.state.decisions import Decisions
from weatherglass.state.episodes import Episodes
from weatherglass.state.errors import StateError
from weatherglass.state.ledger import Ledger
from weatherglass.state.notes import Notes
from weatherglass.state.outbox import Outbox
from weatherglass.state.overrides import Overrides
from weatherglass.state.people import People
from weatherglass.state.plays import Plays
from weatherglass.state.sessions import Sessions
from weatherglass.state.tasks import Tasks
from weatherglass.state.throttle import Throttle
from weatherglass.state.views import Views

FILE = "state.db"
URL = "WEATHERGLASS_STATE_URL"
"""The environment variable that names another database."""


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def locate(folder: Path) -> str:
    """The address of the state of a store's folder: a file in it, or what WEATHERGLASS_STATE_URL says."""
    return os.environ.get(URL) or f"sqlite:///{folder / FILE}"


class State:
    """The small state, safe to use from many threads and processes. Close it, or use it as a context manager.

    Errors: StateError where the database cannot be reached, or was made by a newer Weatherglass.
    """

    def __init__(self, url: str, clock: Callable[[], dt.datetime] = utc_now) -> None:
        self.database = database = Database(url)
        try:
            if database.file is not None:
                _made(database.file)
            migrations.bring_forward(database)
        except BaseException:
            database.close()
            raise
        self.clock = clock
        self.audit = Audit(database, clock)
        self.keys = Credentials(database, self.audit, clock, "write key")
        self.tokens = Credentials(database, self.audit, clock, "token")
        self.calendars = Credentials(database, self.audit, clock, "calendar")
        self.people = People(database, self.audit, clock)
        self.throttle = Throttle(database, clock)
        self.sessions = Sessions(database, self.audit, clock, self.people, self.throttle)
        self.overrides = Overrides(database, self.audit, clock)
        self.ledger = Ledger(database, clock)
        self.answers = Answers(database, clock)
        self.outbox = Outbox(database, self.audit, clock)
        self.episodes = Episodes(database, self.audit, self.outbox, clock)
        self.tasks = Tasks(database, self.audit, clock)
        self.plays = Plays(database, self.audit, clock)
        self.decisions = Decisions(database, self.audit, clock)
        self.notes = Notes(database, self.audit, clock)
        self.views = Views(database, self.audit, clock)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The state of a store's folder, made when there is none."""
        return cls(locate(folder))

    def write_key(self, secret: str) -> str | None:
        """The public name of the write key that a secret is of; None for a secret that is none."""
        return _named(self.keys.check(secret))

    def at_hand(self, secret: str) -> str | None:
        """The same where it can be told without the database; None where `write_key` has to be asked."""
        return _named(self.keys.at_hand(secret))

    def sends_rows(self, secret: str) -> bool:
        """Whether the write key that a secret is of sends rows of tables, and not events only."""
        found = self.keys.check(secret)
        return found is not None and found.scope == INTAKE

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _made(file: Path) -> None:
    """The file, for its owner's eyes only: it holds hashes of passwords."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StateError(f"{file}: the state cannot be made: {error.strerror}") from error


def _named(found: Credential | None) -> str | None:
    return None if found is None else f"{found.name} ({found.id})"
