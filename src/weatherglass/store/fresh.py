"""Events that have just come in, on their way into a store: what is new of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from weatherglass.engine import DuckDB

_GIVEN, _OWN = "given_events", "fresh"


class Fresh:
    """Rows with the columns of events, of which `message_id` is in every row, and with more.

    `number` tells them apart; `placed` is the account so far; `earlier` is false at first. They are read from where
    they were made, and become a table when something has to be changed about them.
    """

    def __init__(self, engine: DuckDB) -> None:
        self._engine = engine
        self.name = _GIVEN
        """What they are called in SQL."""

    def own(self) -> str:
        """Have them be a table, which may be changed; its name."""
        if self.name == _GIVEN:
            self._engine.execute(f"CREATE OR REPLACE TEMP TABLE {_OWN} AS SELECT * FROM {_GIVEN}")
            self.name = _OWN
        return self.name

    def drop(self, condition: str) -> None:
        """Take out those of which a condition holds."""
        self._engine.execute(f"DELETE FROM {self.own()} WHERE {condition}")


@contextmanager
def fresh(engine: DuckDB, rows: pa.Table) -> Iterator[Fresh]:
    """Rows as fresh events. rows: the columns of events, and `number`."""
    given = rows.append_column("placed", rows["account_id"])
    engine.register(_GIVEN, given.append_column("earlier", pa.repeat(pa.scalar(False), len(rows))))
    try:
        yield Fresh(engine)
    finally:
        engine.unregister(_GIVEN)
