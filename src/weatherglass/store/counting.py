"""Settings that are another number after every change, so that who has kept something knows when it is old."""

from __future__ import annotations

from weatherglass.engine import DuckDB


def count(engine: DuckDB, name: str) -> None:
    """Say that what a setting counts has changed; to be called in the transaction that changes it."""
    counted = "UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS VARCHAR) WHERE name = ?"
    if not engine.row(counted, [name])[0]:
        engine.execute("INSERT INTO settings VALUES (?, '1')", [name])
