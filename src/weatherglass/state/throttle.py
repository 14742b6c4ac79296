"""Login throttling: who fails again and again has to wait, longer each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

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

    def ask(self, *whose: str) -> None:
        """Errors: TooMany while one of them has to wait."""
        now = self._clock()
        query = sa.select(sa.func.max(attempts.c.closed_until)).where(attempts.c.whose.in_(_short(whose)))
        with self._database.reading() as connection:
            until = connection.execute(query).scalar()
        if until is not None and until > now:
            wait = int((until - now).total_seconds()) + 1
            raise TooMany(f"too many failed logins; try again in {wait} seconds", wait)

    def failed(self, *whose: str) -> None:
        """Count a failure for each of them."""
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute(attempts.delete().where(attempts.c.last_at < now - FORGOTTEN))
            for one in _short(whose):
                count = connection.execute(sa.select(attempts.c.failures).where(attempts.c.whose == one)).scalar()
                values = {"failures": (count or 0) + 1, "last_at": now, "closed_until": _until(now, (count or 0) + 1)}
                if count is None:
                    connection.execute(attempts.insert().values(whose=one, **values))
                else:
                    connection.execute(attempts.update().where(attempts.c.whose == one).values(values))

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
