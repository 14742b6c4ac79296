"""Everything that is held of a person or of an account, as plain data: what they may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weatherglass.engine.dialect import identifier, literal
from weatherglass.events.tables import BY_NAME
from weatherglass.jobs.privacy.erasing import FACTS, TEXTS, Subject
from weatherglass.state.tasks import DONE, DROPPED, OPEN, Asked

if TYPE_CHECKING:
    from weatherglass.events.redacting import Redactor
    from weatherglass.state import State
    from weatherglass.store import Store

Rows = list[dict[str, Any]]
MOST = 1000
"""Tasks of each state that are told."""


def held(
    store: Store, state: State, subject: Subject, most_events: int, redacting: Redactor | None = None
) -> dict[str, Rows]:
    """Rows by table; `events` are the newest, so many at most, and `overrides` people's words on an account.

    redacting: what ids have gone through before they were stored.
    """
    found: dict[str, Rows] = {}
    for one in subject.forms(redacting):
        for table, rows in _held(store, state, one, most_events).items():
            found[table] = [*found.get(table, ()), *rows]
    return found


def _held(store: Store, state: State, subject: Subject, most_events: int) -> dict[str, Rows]:
    column = "user_id" if subject.kind == "user" else "account_id"
    tables = ("users", *TEXTS) if subject.kind == "user" else FACTS
    found: dict[str, Rows] = {}
    for table in tables:
        names = ", ".join(identifier(one.name) for one in BY_NAME[table].columns)
        query = f"SELECT {names}, traits FROM {table} WHERE {column} = ?"
        found[table] = store.engine.arrow(query, [subject.id]).to_pylist()
    found["events"] = _events(store, column, subject.id, most_events)
    if subject.kind == "account":
        found["overrides"] = [
            {"tier": one.tier, "reason": one.reason, "author": one.author, "first_day": one.first_day}
            for one in state.overrides.of(subject.id)
        ]
        found |= _written(state, subject.id)
    return {table: rows for table, rows in found.items() if rows}


def _written(state: State, account_id: str) -> dict[str, Rows]:
    """What people and rules have written of an account."""
    states = (OPEN, DONE, DROPPED)
    tasks = [task for kind in states for task in state.tasks.search(Asked(kind, account_id=account_id), 1, MOST)[0]]
    return {
        "notes": [
            {"text": one.text, "author": one.author, "made_at": one.made_at} for one in state.notes.of(account_id)
        ],
        "decisions": [
            {"kind": one.kind, "author": one.author, "made_at": one.made_at, "until": one.until}
            for one in state.decisions.of(account_id)
        ],
        "tasks": [{"title": one.title, "text": one.text, "state": one.state, "outcome": one.outcome} for one in tasks],
        "alerts": [
            {"opened_day": one.opened_day, "closed_day": one.closed_day, "lines": [rule["line"] for rule in one.rules]}
            for one in state.episodes.of(account_id)
        ],
    }


def _events(store: Store, column: str, value: str, most: int) -> Rows:
    found: Rows = []
    paths = [store.events_folder / path for (path,) in store.engine.rows('SELECT path FROM segments WHERE "rows" > 0')]
    sources = [f"read_parquet({literal(str(path))})" for path in paths]
    for source in ("live_events", *sources):
        query = f'SELECT * FROM {source} WHERE CAST({column} AS VARCHAR) = ? ORDER BY "timestamp" DESC LIMIT {most}'
        found += store.engine.arrow(query, [value]).to_pylist()
    found.sort(key=lambda row: str(row["timestamp"]), reverse=True)
    return found[:most]
