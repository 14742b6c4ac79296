"""Writing the database again without what was deleted, whose pages would lie in the file until they are needed."""

from __future__ import annotations

import time
from pathlib import Path

from weatherglass.engine import DuckDB, EngineError
from weatherglass.engine.dialect import identifier, literal
from weatherglass.intake.syncing import sync

MARK = "compact"
"""A file in the store's folder: something was erased, and the database is to be written again once it is closed."""
DATABASE = "store.duckdb"


PATIENCE, PAUSE = 50, 0.1
"""How often a checkpoint is tried while others use the database, and the seconds in between."""


def checkpoint(engine: DuckDB) -> bool:
    """Have what was deleted out of the write-ahead log, too; whether it is.

    Where somebody is always in the midst of something it has to wait until the database is written again.
    """
    for _ in range(PATIENCE):
        try:
            engine.execute("CHECKPOINT")
        except EngineError:
            time.sleep(PAUSE)
        else:
            return True
    return False


def mark(folder: Path) -> None:
    """Have the database written again as soon as it is closed."""
    (folder / MARK).touch()


def compact(folder: Path) -> bool:
    """Write the database of a closed store again, where that was asked for; whether it was.

    The old file stays in place until the new one is whole. Errors: EngineError where somebody has it open.
    """
    if not (folder / MARK).exists():
        return False
    old, new = folder / DATABASE, folder / f"{DATABASE}.new"
    new.unlink(missing_ok=True)
    engine = DuckDB(old, spill=folder / "spill")
    try:
        engine.execute("CHECKPOINT")
        engine.execute(f"ATTACH {literal(str(new))} AS compacted")
        mine = identifier(engine.row("SELECT current_database()")[0])
        engine.execute(f"COPY FROM DATABASE {mine} TO compacted")
        engine.execute("CHECKPOINT compacted")
        engine.execute("DETACH compacted")
    finally:
        engine.close()
    sync(new)
    new.replace(old)
    (folder / f"{DATABASE}.wal").unlink(missing_ok=True)
    (folder / MARK).unlink()
    sync(folder)
    return True
