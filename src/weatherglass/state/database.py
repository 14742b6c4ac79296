"""The database of the small state: a SQLite file by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from weatherglass.state.errors import StateError

BUSY_SECONDS = 10
"""How long a writer of SQLite waits for another; both take milliseconds."""


def newest(table: sa.Table, before: int | None, limit: int, **only: str | None) -> sa.Select[Any]:
    """The newest rows of a table with an `id`: those below one, and with values of columns (None: any)."""
    query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.id < before)
    for name, value in only.items():
        if value is not None:
            query = query.where(table.c[name] == value)
    return query


class Database:
    """Reads see one moment; a write's changes become true together, or none does. Safe to use from many threads.

    Errors: StateError where the database cannot be reached, read or written.
    """

    def __init__(self, url: str) -> None:
        self.url = _driven(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            self._engine = sa.create_engine(self.url, connect_args={"timeout": BUSY_SECONDS})
            sa.event.listen(self._engine, "connect", _prepared)
            sa.event.listen(self._engine, "begin", _begun)
        else:
            self._engine = sa.create_engine(self.url, pool_pre_ping=True, connect_args={"connect_timeout": 5})

    @property
    def file(self) -> Path | None:
        """The SQLite file; None where it is another database."""
        return Path(self.url.database) if self.sqlite and self.url.database else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        with self._told(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def settle(self) -> None:
        """Have what was deleted out of SQLite's write-ahead log, too, where its old pages would stay for months."""
        if not self.sqlite:
            return
        # outside of any transaction, in which nothing can be taken out of the log
        with self._told(), closing(self._engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            if isinstance(error, sa.exc.IntegrityError):
                raise
            where = self.url.render_as_string(hide_password=True)
            raise StateError(f"{where}: the state cannot be used: {str(error.orig).strip()}") from error


def _driven(url: str) -> URL:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise StateError(
            "WEATHERGLASS_STATE_URL is no address of a database; write postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise StateError(f"the state is kept in SQLite or PostgreSQL, not in {parsed.get_backend_name()}")
    return parsed


def _prepared(connection: Any, _record: object) -> None:
    # SQLAlchemy says when a transaction begins; sqlite3's own habit would leave reads outside of one
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begun(connection: sa.Connection) -> None:
    # a write that began as a read could not wait for another write: SQLite would refuse it at once
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
