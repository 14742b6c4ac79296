"""Forgetting rows that are older than `retention:` keeps them; what was counted of them stays, and so do the scores."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.config.retention import use_needed
from weatherglass.engine.dialect import literal
from weatherglass.jobs.live.snapshot import FILE as SNAPSHOT
from weatherglass.jobs.scoring.kept_days import changed as history_changed
from weatherglass.jobs.scoring.run import roll_up
from weatherglass.rollups import calendar
from weatherglass.rollups.steps import step
from weatherglass.store.ages import EVENTS_FROM, LAST_TIME, PERSONAL, STAYS, Lines
from weatherglass.store.compacting import checkpoint, mark
from weatherglass.store.rewriting import write_rest
from weatherglass.store.sweeping import sweep

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.engine import DuckDB
    from weatherglass.jobs.live.store import Live
    from weatherglass.state import Actor, State
    from weatherglass.store import Store

Counts = dict[str, int]


def forget(store: Store, state: State, project: Project, today: dt.date, by: Actor) -> Counts:
    """Take out what is past its days; how many rows that were, by table. To be used where nothing else writes.

    today: the open day. Events are rolled up first, so that nothing is forgotten that was not counted.
    """
    if not project.retention.days():
        return {}
    roll_up(store, project, None)
    lines = Lines(store, project, today)
    engine = store.engine
    made: list[Path] = []
    try:
        with engine.transaction():
            counts = _facts(engine, lines)
            if "events" in project.retention.days():
                counts["events"] = _events(store, lines, made)
                counts["user ids"] = _names(engine, lines, today - dt.timedelta(days=use_needed(project.scorecards)))
                store.remember(EVENTS_FROM, lines.first_days["events"].isoformat())
            if any(counts.values()):
                history_changed(store)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise
    sweep(store)
    counts = {name: count for name, count in counts.items() if count}
    if counts:
        _leave_nothing(store)
        state.audit.add(by, "rows forgotten", "retention", after=counts)
    return counts


def forget_served(live: Live, state: State, by: Actor, today: dt.date) -> Counts:
    """The same for a store that is served."""
    live.finish().result()
    return live.submit(lambda store: forget(store, state, live.project, today, by)).result()


def _leave_nothing(store: Store) -> None:
    checkpoint(store.engine)
    mark(store.folder)
    (store.folder / SNAPSHOT).unlink(missing_ok=True)


def _facts(engine: DuckDB, lines: Lines) -> Counts:
    counts: Counts = {}
    engine.execute(step("account_numbers"))
    for table, columns in PERSONAL.items():
        if lines.of(table) is None:
            continue
        past, said = lines.past(table), " OR ".join(f"{name} IS NOT NULL" for name in columns)
        if table != "users":
            stays = STAYS.get(table, "false")
            # the newest of each account stays: "none for long" must not become "never one"
            newest = (
                f"SELECT rowid FROM {table} QUALIFY row_number() OVER (PARTITION BY account_id "
                f"ORDER BY coalesce({LAST_TIME[table]}, TIMESTAMP '9999-01-01') DESC, rowid DESC) = 1"
            )
            counts[table] = _delete(engine, table, f"{past} AND NOT ({stays}) AND rowid NOT IN ({newest})")
        kept = f"{past} AND ({said})"
        counts[table] = counts.get(table, 0) + int(engine.row(f"SELECT count(*) FROM {table} WHERE {kept}")[0])
        nothing = ", ".join(f"{name} = NULL" for name in columns)
        engine.execute(f"UPDATE {table} SET {nothing} WHERE {kept}")
    return counts


_BEGAN = {
    "tickets": "opened_at",
    "invoices": "issued_at",
    "subscriptions": "started_at",
    "surveys": "answered_at",
    "interactions": "occurred_at",
}
"""The time that an account is at least as old as."""


def _delete(engine: DuckDB, table: str, condition: str) -> int:
    count = int(engine.row(f"SELECT count(*) FROM {table} WHERE {condition}")[0])
    if count:
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE first_forgotten AS SELECT n.account, min(f.first_day) AS first_day FROM "
            f"(SELECT account_id, local_day({_BEGAN[table]}) AS first_day FROM {table} WHERE {condition}) AS f "
            "INNER JOIN account_ids AS n ON n.account_id = f.account_id GROUP BY n.account"
        )
        engine.execute(
            'INSERT INTO first_forgotten SELECT account, "day" FROM forgotten_days WHERE account IN '
            "(SELECT account FROM first_forgotten)"
        )
        engine.execute("DELETE FROM forgotten_days WHERE account IN (SELECT account FROM first_forgotten)")
        engine.execute(
            "INSERT INTO forgotten_days SELECT account, min(first_day) FROM first_forgotten GROUP BY account"
        )
        engine.execute(f"DELETE FROM {table} WHERE {condition}")
    return count


def _events(store: Store, lines: Lines, made: list[Path]) -> int:
    """Write the segments that reach behind the line again without what lies there."""
    engine, found = store.engine, 0
    segments = engine.rows(
        'SELECT segment, path FROM segments WHERE "rows" > 0 AND first_at < ? ORDER BY segment', [lines.of("events")]
    )
    for number, name in segments:
        path = store.events_folder / name
        source, past = f"read_parquet({literal(str(path))})", _past(lines)
        found += int(engine.row(f"SELECT count(*) FROM {source} WHERE {past}")[0])
        _rewrite(store, number, path, f"FROM {source} WHERE NOT {past}", made)
    return found


def _past(lines: Lines) -> str:
    # a file that was taken as it is may have times of another type
    return f'(CAST("timestamp" AS TIMESTAMP) < TIMESTAMP {literal(str(lines.of("events")))})'


def _rewrite(store: Store, number: int, path: Path, rest: str, made: list[Path]) -> None:
    """The digest stays: a file that is loaded again brings nothing new."""
    left = write_rest(store, path, rest, made)
    if left is None:
        nothing = '"rows" = 0, first_at = NULL, last_at = NULL, has_message_id = false'
        store.engine.execute(f"UPDATE segments SET {nothing} WHERE segment = ?", [number])
        return
    # as old as it was: what is looked at again by the age of files is not looked at because of this
    shutil.copystat(path, left.file)
    values = [left.path, left.rows, left.first, left.last, number]
    update = 'UPDATE segments SET path = ?, "rows" = ?, first_at = ?, last_at = ? WHERE segment = ?'
    store.engine.execute(update, values)


def _names(engine: DuckDB, lines: Lines, looked_at_from: dt.date) -> int:
    """Take the ids of users out of the daily counts who have done nothing for so long, and group calls nobody needs.

    looked_at_from: the first day of use that a signal looks back on.
    """
    line = lines.of("events")
    first = min(lines.first_days["events"], looked_at_from)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE long_gone AS SELECT m.member FROM members AS m LEFT JOIN user_days AS d "
        "ON d.member = m.member WHERE m.user_id IS NOT NULL AND m.user_id NOT IN (SELECT user_id FROM users) "
        f'GROUP BY m.member HAVING coalesce(max(d."day"), -1000000) < {calendar.number(first)}'
    )
    count = int(engine.row("SELECT count(*) FROM long_gone")[0])
    known = "(SELECT user_id FROM members WHERE user_id IS NOT NULL)"
    engine.execute("UPDATE members SET user_id = NULL WHERE member IN (SELECT member FROM long_gone)")
    # of each user the last call before the line says whose the events after it are
    last = (
        f"SELECT user_id, max(called_at) FROM group_calls WHERE called_at < TIMESTAMP {literal(str(line))} GROUP BY 1"
    )
    engine.execute(
        f"DELETE FROM group_calls WHERE called_at < TIMESTAMP {literal(str(line))} "
        f"AND ((user_id, called_at) NOT IN ({last}) OR user_id NOT IN {known})"
    )
    return count
