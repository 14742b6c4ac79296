"""Login throttling: who fails again and again has to wait, longer each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa

from weatherglass.state.database import Database
from weatherglass.state.errors import TooMany
from weatherglass.state.tables import attempts

FREE = 5
"""Failures in a row before anyone has to wait."""
FIRST_WAIT, LONGEST_WAIT = 15, 900
"""Seconds; doubled with each further failure."""
FORGOTTEN = dt.timedelta(hours=1)


class Throttle:
    """Failures in a row, by whatever they are counted by: an address of a person, an address on the net."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def enter(self, *whose: str) -> None:
        """Count a try as a failure of each of them; `succeeded` and `spare` take it back.

        It is counted before the password is looked at: of many tries at the same moment all but the first wait, too.
        Errors: TooMany while one of them has to wait; nothing is counted then.
        """
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute(attempts.delete().where(attempts.c.last_at < now - FORGOTTEN))
            # in one order, for who waits for a row holds those before it
            for one in sorted(set(_short(whose))):
                failures, until = self._counted(connection, one, now)
                if until is not None and until > now:
                    wait = int((until - now).total_seconds()) + 1
                    raise TooMany(f"too many failed logins; try again in {wait} seconds", wait)
                self._set(connection, one, failures, now)

    def _counted(self, connection: sa.Connection, one: str, now: dt.datetime) -> tuple[int, dt.datetime | None]:
        """How many failures there are with this one, and until when they have had to wait before it."""
        here = attempts.c.whose == one
        counting = attempts.update().where(here).values(failures=attempts.c.failures + 1)
        while True:
            row = connection.execute(counting.returning(attempts.c.failures, attempts.c.closed_until)).first()
            if row is not None:
                return int(row[0]), row[1]
            with suppress(sa.exc.IntegrityError), connection.begin_nested():
                # another may be the first at the same moment
                connection.execute(attempts.insert().values(whose=one, failures=0, last_at=now, closed_until=None))

    @staticmethod
    def _set(connection: sa.Connection, one: str, failures: int, now: dt.datetime) -> None:
        values = {"failures": failures, "last_at": now, "closed_until": _until(now, failures)}
        connection.execute(attempts.update().where(attempts.c.whose == one).values(values))

    def spare(self, *whose: str) -> None:
        """Take the last try back; the failures before it are counted still."""
        now = self._clock()
        with self._database.writing() as connection:
            for one in _short(whose):
                count = connection.execute(sa.select(attempts.c.failures).where(attempts.c.whose == one)).scalar()
                if count is not None:
                    self._set(connection, one, max(0, count - 1), now)

    def succeeded(self, *whose: str) -> None:
        """Begin to count anew."""
        with self._database.writing() as connection:
            connection.execute(attempts.delete().where(attempts.c.whose.in_(_short(whose))))


def _until(now: dt.datetime, failures: int) -> dt.datetime | None:
    if failures < FREE:
        return None
    return now + dt.timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - FREE, 10)))


def _short(whose: tuple[str, ...]) -> list[str]:
    return [one.casefold()[:400] for one in whose]
