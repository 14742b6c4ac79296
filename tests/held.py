"""What a store holds of what was sent to it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from weatherglass.config import FILE_NAME, read_project
from weatherglass.engine.dialect import literal
from weatherglass.jobs.incoming.catching_up import catch_up
from weatherglass.store import Store

COLUMNS = 'account_id, user_id, name, CAST("timestamp" AS TIMESTAMP) AS "timestamp", type, message_id, properties'


def events(store: Store) -> str:
    """The relation of all events, those of segments and those that came in live."""
    paths = [path for (path,) in store.engine.rows('SELECT path FROM segments WHERE "rows" > 0')]
    told = [f"SELECT {COLUMNS} FROM live_events"]
    if paths:
        files = ", ".join(literal(str(store.events_folder / path)) for path in paths)
        told.append(f"SELECT {COLUMNS} FROM read_parquet([{files}], union_by_name = true)")
    return f"({' UNION ALL '.join(told)})"


def message_ids(project: Path) -> Counter[str]:
    """How often a project's store holds each message id, once the log has been taken in."""
    with Store.open(project) as store:
        catch_up(store, read_project(project / FILE_NAME))
        rows = store.engine.rows(f"SELECT message_id, count(*) FROM {events(store)} GROUP BY 1")
    return Counter({name: count for name, count in rows if name is not None})
