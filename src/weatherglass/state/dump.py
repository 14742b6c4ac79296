"""A state as plain data and back: the same for every database, so that a backup of one can be restored into another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from weatherglass.state import migrations
from weatherglass.state.errors import StateError
from weatherglass.state.tables import METADATA

if TYPE_CHECKING:
    from weatherglass.state.state import State

Dump = dict[str, Any]
LEFT_OUT = frozenset({"sessions", "answers", "attempts"})
"""What does not outlive the service: people sign in again."""


def dump(state: State) -> Dump:
    """Everything that is worth keeping, of one moment."""
    tables: dict[str, list[dict[str, Any]]] = {}
    with state.database.reading() as connection:
        if not state.database.sqlite:
            connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        for table in METADATA.sorted_tables:
            if table.name not in LEFT_OUT:
                rows = connection.execute(sa.select(table)).mappings()
                tables[table.name] = [{name: _plain(value) for name, value in row.items()} for row in rows]
        return {"version": migrations.version(connection), "tables": tables}


def load(state: State, dumped: Dump) -> None:
    """Put a dump into an empty state. Errors: StateError where it is not empty, or older than the dump."""
    if str(dumped["version"]) > migrations.newest():
        raise StateError("this backup was made by a newer Weatherglass; upgrade first, nothing was changed")
    with state.database.writing() as connection:
        for table in METADATA.sorted_tables:
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                raise StateError("the state that is to be restored into is not empty; name another database")
        for table in METADATA.sorted_tables:
            rows = dumped["tables"].get(table.name, [])
            if rows:
                connection.execute(table.insert(), [_typed(table, row) for row in rows])
            if not state.database.sqlite and rows and "id" in table.c:
                connection.execute(
                    sa.text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}")
                )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _of(table.c[name].type, value) for name, value in row.items()}


def _of(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if isinstance(value, str) and isinstance(kind, sa.DateTime):
        return dt.datetime.fromisoformat(value)
    if isinstance(value, str) and isinstance(kind, sa.Date):
        return dt.date.fromisoformat(value)
    return value
