"""Settings that are another number after every change, so that who has kept something knows when it is old."""

from __future__ import annotations

from weatherglass.engine import DuckDB


def count(engine: DuckDB, name: str) -> None:
    """Say that what a setting counts has changed; to be called in the transaction that changes it."""
    before = engine.rows("SELECT value FROM settings WHERE name = ?", [name])
    engine.execute("DELETE FROM settings WHERE name = ?", [name])
    engine.execute("INSERT INTO settings VALUES (?, ?)", [name, str(int(before[0][0]) + 1 if before else 1)])
