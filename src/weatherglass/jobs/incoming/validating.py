"""Whether rows can be used, asked before they are kept: by the same rules as files are read by, without a store."""

from __future__ import annotations

from threading import Lock

import pyarrow as pa

from weatherglass.engine import DuckDB
from weatherglass.events.table import Table
from weatherglass.sources.arrivals import read_rows
from weatherglass.sources.errors import Reject, SourceError


class Validator:
    """Checks rows, one request at a time; safe from any thread. zone: in which a bare date is a day."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._engine = DuckDB()
        self._lock = Lock()

    def mistakes(self, table: Table, rows: list[bytes]) -> list[tuple[int, Reject]]:
        """What is wrong with rows, JSON texts, each by its number from 1; nothing when all can be used."""
        with self._lock:
            engine = self._engine
            engine.register("given", pa.table({"record": pa.array([row.decode() for row in rows], pa.string())}))
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE given_rows AS SELECT CASE WHEN json_valid(record) THEN "
                "CAST(record AS JSON) END AS record FROM given"
            )
            engine.unregister("given")
            try:
                arrivals = read_rows(engine, "given_rows", table, self._zone)
            except SourceError as error:
                lacking = Reject(table.name, None, None, None, "missing", str(error).splitlines()[0])
                return [(number + 1, lacking) for number in range(len(rows))]
            found = arrivals.rejects(engine)
            arrivals.drop(engine)
            return found

    def close(self) -> None:
        """Let go of the memory."""
        self._engine.close()
