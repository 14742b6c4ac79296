"""Records that arrive live, read as files are read and put into the store. Use inside a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from weatherglass.engine.dialect import identifier
from weatherglass.events.table import Table
from weatherglass.events.tables import ACCOUNTS
from weatherglass.intake.plain import read
from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.incoming.admitting import Admission
from weatherglass.jobs.incoming.parts import Part, Parts
from weatherglass.sources.arrivals import Arrivals, read_calls, read_groups, read_rows
from weatherglass.sources.errors import Reject, SourceError
from weatherglass.sources.rows import names_of
from weatherglass.sources.values import merged
from weatherglass.store.arriving import Arrived, Arriving
from weatherglass.store.facts import upsert
from weatherglass.store.fresh import Fresh, fresh
from weatherglass.store.seen import Seen

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.engine import DuckDB
    from weatherglass.store import Store

_FRESH = 'r."account_id", r."user_id", r."name", r."timestamp", r."type", r."properties", a.number'


@dataclass(frozen=True)
class CallsTaken:
    """What some calls became."""

    arrived: Arrived
    rejects: list[tuple[int, Reject]]
    """The number of a record and what is wrong with it."""
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class RowsTaken:
    """What some rows of a table became."""

    changed: int
    touched: dict[str, int]
    rejects: list[tuple[int, Reject]]


def take_calls(store: Store, project: Project, parts: Parts, seen: Seen) -> CallsTaken:
    """Take calls in as events, and what `group` calls among them say as rows of accounts.

    A call without an id gets one of its place in the log.
    """
    rows, others = _plain_rows(parts)
    with fresh(store.engine, rows) as events:
        rejects = _read_others(store.engine, events, parts, others, project.timezone) if others else []
        rejects += _drop_old(store.engine, events, Admission(store, project))
        arrived = Arriving(store.engine, seen, events).land()
        taken = CallsTaken(arrived, rejects)
        if others and store.engine.row("SELECT count(*) FROM fresh WHERE type = 'group'")[0]:
            said = _take_groups(store, project)
            taken.rows["accounts"] += said.changed
            for account, day in said.touched.items():
                arrived.touched[account] = min(day, arrived.touched.get(account, day))
            rejects += said.rejects
    return taken


def _plain_rows(parts: Parts) -> tuple[pa.Table, list[int]]:
    """The rows of calls that are written plainly; and the places of the others, from 0."""
    rows, others = read(parts.said)
    if rows["message_id"].null_count:
        told = zip(rows["message_id"].to_pylist(), rows["number"].to_pylist(), strict=True)
        ids = pa.array([known or _id_of(parts[number - 1]) for known, number in told], pa.string())
        rows = rows.set_column(rows.schema.get_field_index("message_id"), "message_id", ids)
    return rows, others


def _id_of(part: Part) -> str:
    return f"wg-{part.entry.position}-{part.number}"


def _read_others(engine: DuckDB, events: Fresh, parts: Parts, others: list[int], zone: str) -> list[tuple[int, Reject]]:
    """Add the calls that are to be read by the rules of files; what was refused."""
    _stage(engine, parts, others)
    arrivals = read_calls(engine, "arrived", zone)
    engine.execute(
        f"INSERT INTO {events.own()} BY NAME SELECT {_FRESH}, false AS earlier, r.account_id AS placed, "
        "coalesce(r.message_id, 'wg-' || a.position || '-' || a.part) AS message_id "
        f"FROM {arrivals.relation} AS r INNER JOIN arrived AS a ON a.row = r.row_number WHERE r.problems IS NULL"
    )
    rejects = [(others[row - 1] + 1, reject) for row, reject in arrivals.rejects(engine)]
    arrivals.drop(engine)
    return [*rejects, *_drop_nobodys(engine, events)]


def _drop_nobodys(engine: DuckDB, events: Fresh) -> list[tuple[int, Reject]]:
    """Take out events that nobody can ever be told to have done."""
    nobodys = "account_id IS NULL AND user_id IS NULL"
    found = engine.rows(f"SELECT number FROM {events.name} WHERE {nobodys} ORDER BY number")
    if found:
        events.drop(nobodys)
    return [(number, Reject("events", None, "userId", None, "nobody")) for (number,) in found]


def _drop_old(engine: DuckDB, events: Fresh, admission: Admission) -> list[tuple[int, Reject]]:
    """Take out events of days whose events were forgotten: they would be counted once more."""
    past = admission.past_events(None)
    if past is None:
        return []
    said = 'SELECT number, CAST("timestamp" AS VARCHAR) FROM'
    found = engine.rows(f"{said} {events.name} WHERE {past} ORDER BY number")
    if found:
        events.drop(past)
    legal = f"from {admission.events_from} on"
    return [(number, Reject("events", None, "timestamp", at, "forgotten", legal)) for number, at in found]


def take_rows(store: Store, project: Project, table: Table, parts: Sequence[Part]) -> RowsTaken:
    """Take rows of a table in; of rows with the same id the last counts, as in files."""
    engine = store.engine
    _stage(engine, parts, range(len(parts)))
    try:
        arrivals = read_rows(engine, "arrived", table, project.timezone)
    except SourceError as error:
        lacking = Reject(table.name, None, None, None, "missing", str(error).splitlines()[0])
        return RowsTaken(0, {}, [(number, lacking) for number in range(1, len(parts) + 1)])
    taken = _upsert(store, project, table, arrivals, _good(table, arrivals))
    arrivals.drop(engine)
    return taken


def _stage(engine: DuckDB, parts: Sequence[Part], places: Sequence[int]) -> None:
    """Make `arrived` of some parts: record, position, part, number (the place of the part, from 1), row (from 1)."""
    chosen = [parts[place] for place in places]
    records = pa.table(
        {
            "record": pa.array([_text(part.record) for part in chosen], pa.string()),
            "position": pa.array([part.entry.position for part in chosen], pa.int64()),
            "part": pa.array([part.number for part in chosen], pa.int64()),
            "number": pa.array([place + 1 for place in places], pa.int64()),
            "row": pa.array(range(1, len(chosen) + 1), pa.int64()),
        }
    )
    engine.register("records", records)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE arrived AS SELECT * REPLACE (CASE WHEN json_valid(record) THEN "
        "CAST(record AS JSON) END AS record) FROM records"
    )
    engine.unregister("records")


def _text(record: bytes) -> str | None:
    try:
        return record.decode()
    except UnicodeDecodeError:
        return None


def _take_groups(store: Store, project: Project) -> RowsTaken:
    """What `group` calls say of accounts: of each column the last that says anything, the rest as it was."""
    engine = store.engine
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE group_records AS SELECT a.record, f.number FROM arrived AS a "
        "INNER JOIN fresh AS f ON f.number = a.number WHERE f.type = 'group' AND NOT f.earlier ORDER BY f.number"
    )
    arrivals = read_groups(engine, "group_records", project.timezone)
    if arrivals is None:
        return RowsTaken(0, {}, [])
    columns = [column.name for column in ACCOUNTS.columns if column.name != "account_id"]
    last = ", ".join(f"arg_max({name}, row_number) AS {name}" for name in map(identifier, [*columns, "traits"]))
    kept = ", ".join(f"coalesce(s.{name}, o.{name}) AS {name}" for name in map(identifier, columns))
    relation = (
        f"(SELECT s.account_id, {kept}, {merged('o.traits', 's.traits')} AS traits, 1 AS row_number "
        f"FROM (SELECT account_id, {last} FROM {_good(ACCOUNTS, arrivals)} GROUP BY account_id) AS s "
        "LEFT JOIN accounts AS o ON o.account_id = s.account_id)"
    )
    taken = _upsert(store, project, ACCOUNTS, arrivals, relation)
    numbers = [number for (number,) in engine.rows("SELECT number FROM group_records ORDER BY number")]
    arrivals.drop(engine)
    # calls without traits were left out, so a row's place is no record's number: the first stands for all
    return RowsTaken(taken.changed, taken.touched, [(numbers[0], reject) for _, reject in taken.rejects])


def _good(table: Table, arrivals: Arrivals) -> str:
    columns = ", ".join(identifier(name) for name in names_of(table))
    return f"(SELECT {columns}, row_number FROM {arrivals.relation} WHERE problems IS NULL)"


def _upsert(store: Store, project: Project, table: Table, arrivals: Arrivals, relation: str) -> RowsTaken:
    engine = store.engine
    before = engine.row("SELECT coalesce(max(rowid), -1) FROM touched")[0]
    rejects = arrivals.rejects(engine)
    admitted = Admission(store, project).facts(table, relation)
    changed = upsert(engine, table, admitted, _chosen_by(store, project))
    days = 'min(coalesce("day", local_day(happened_at), -1000000))'
    rows = engine.rows(f"SELECT account_id, {days} FROM touched WHERE rowid > {before} GROUP BY account_id")
    return RowsTaken(changed, dict(rows), rejects)


def _chosen_by(store: Store, project: Project) -> frozenset[str]:
    """The columns of accounts that cards are chosen by, or rank by."""
    return frozenset(
        column
        for configured in (project, *Epochs.read(store).projects)
        for card in configured.scorecards
        for column in (*card.where, *(cohort for _, cohort in card.ranked))
    )
