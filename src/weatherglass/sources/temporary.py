"""Taking away what a reading has put into the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier
from weatherglass.engine.errors import EngineError

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB


def drop(engine: DuckDB, *names: str) -> None:
    """Drop temporary tables where they exist."""
    for name in names:
        try:
            engine.execute(f"DROP TABLE IF EXISTS {identifier(name)}")
        except EngineError:
            # In a transaction that a failure has ended nothing can be dropped, and nothing of it stays.
            return
