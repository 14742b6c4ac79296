"""Writing a segment's file again without some of its events."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weatherglass.engine.dialect import literal
from weatherglass.intake.syncing import sync
from weatherglass.store.store import Store


@dataclass(frozen=True)
class Rest:
    """What is left of a segment: its file, the file's name in `segments`, its rows, and from when to when they are."""

    file: Path
    path: str
    rows: int
    first: Any
    last: Any


def write_rest(store: Store, path: Path, rest: str, made: list[Path]) -> Rest | None:
    """Write what a query's `FROM ...` leaves of a segment's file beside it; None, and no file, where nothing is left.

    made: takes the new file, for who has to take it away again when something fails.
    """
    when = 'CAST("timestamp" AS TIMESTAMP)'
    left, first, last = store.engine.row(f"SELECT count(*), min({when}), max({when}) {rest}")
    if not left:
        return None
    target = path.with_name(f"{path.stem.partition('~')[0]}~{os.urandom(4).hex()}.parquet")
    made.append(target)
    store.engine.execute(f"COPY (SELECT * {rest}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)")
    sync(target)
    return Rest(target, target.name if store.keeps_events else str(target), left, first, last)
