"""Segment files that no segment names: what was written again, or was being written when a process was killed."""

from __future__ import annotations

from weatherglass.store.store import Store


def sweep(store: Store) -> int:
    """Take them away; how many they were. To be used outside of transactions, where nothing else writes the store."""
    if not store.keeps_events:
        return 0
    named = {name for (name,) in store.engine.rows('SELECT path FROM segments WHERE "rows" > 0')}
    strays = [path for path in store.events_folder.glob("*.parquet") if path.name not in named]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
