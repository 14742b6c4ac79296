"""Live events become a segment: from then on they are like events of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weatherglass.engine.dialect import identifier, literal
from weatherglass.intake.syncing import sync
from weatherglass.store.incoming import COLUMNS, EventFile, Incoming
from weatherglass.store.store import Store

_ROW = ", ".join(identifier(name) for name in COLUMNS)


def segment(store: Store) -> int:
    """Make a segment of all live events; how many they were."""
    file, _, repeated = _live(store)
    if repeated:
        _sort_out(store, file)
    elif file.rows:
        with drafted(store):
            pass
    return file.rows


def is_plain(store: Store) -> bool:
    """Whether there are live events, and none of them is the earlier self of one that a segment holds."""
    file, _, repeated = _live(store)
    return file.rows > 0 and not repeated


@contextmanager
def drafted(store: Store) -> Iterator[None]:
    """A segment of all live events, which are plain: nothing of it is true until this is left, or after an error.

    Within, the connection of the store sees it, and the live events beside it.
    """
    engine = store.engine
    target: Path | None = None
    try:
        with engine.transaction():
            file, load, _ = _live(store)
            target = store.events_folder / f"{load:06d}-live.parquet"
            _write(store, file, load, target)
            yield
            engine.execute("DELETE FROM live_events")
    except BaseException:
        if target is not None:
            target.unlink(missing_ok=True)
        raise


def _live(store: Store) -> tuple[EventFile, int, int]:
    """The live events as a file, the number of their load, and how many have a later self in a segment."""
    rows, first, last, gaps, repeated, load = store.engine.row(
        'SELECT count(*), min("timestamp"), max("timestamp"), count(*) - count(account_id), '
        "count(*) FILTER (repeated), (SELECT coalesce(max(load), 0) + 1 FROM segments) FROM live_events"
    )
    file = EventFile("live", f"live-{load}:", "live_rows", rows, first, last, gaps > 0, has_type=True, verbatim=None)
    return file, load, repeated


def _sort_out(store: Store, file: EventFile) -> None:
    """The slow way, which also looks for the later selves of these events in the segments."""
    engine = store.engine
    engine.execute(
        "CREATE OR REPLACE TEMP VIEW live_rows AS SELECT *, row_number() OVER () AS row_number FROM live_events"
    )
    incoming = Incoming(store)
    try:
        with engine.transaction():
            incoming.add(file)
            incoming.land()
            engine.execute("DELETE FROM live_events")
    except BaseException:
        incoming.undo()
        raise
    incoming.settle()


def _write(store: Store, file: EventFile, load: int, target: Path) -> None:
    engine = store.engine
    number = engine.row("SELECT coalesce(max(segment), 0) + 1 FROM segments")[0]
    engine.execute(
        f'COPY (SELECT {_ROW} FROM live_events ORDER BY "timestamp", message_id) '
        f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    )
    sync(target)
    sync(target.parent)
    path = target.name if store.keeps_events else str(target)
    engine.execute(
        'INSERT INTO segments (segment, path, source, digest, load, "rows", first_at, last_at, has_type, '
        "has_message_id, has_gaps, rolled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, true, true, ?, false)",
        [number, path, file.name, file.digest, load, file.rows, file.first_at, file.last_at, file.has_gaps],
    )
