"""Files of Segment and RudderStack calls: each call an event; what `group` calls say, accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weatherglass.engine.dialect import identifier, literal
from weatherglass.events import wire
from weatherglass.events.tables import EVENTS
from weatherglass.sources.matching import ColumnMatch, Matches
from weatherglass.sources.objects import NOT_AN_OBJECT, pointer
from weatherglass.sources.scan import FileColumn, RowCheck, Scan

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB

_SCALARS = "('VARCHAR', 'UBIGINT', 'BIGINT', 'UHUGEINT', 'HUGEINT', 'DOUBLE')"

_PATHS: tuple[wire.Path, ...] = tuple(
    dict.fromkeys(
        (
            wire.TYPE,
            *wire.ACCOUNT,
            *wire.ACCOUNT_OF_GROUP,
            *wire.USER,
            *wire.NAME,
            *wire.NAME_OF_PAGE,
            *wire.TIMESTAMP,
            *wire.MESSAGE,
            *wire.PROPERTIES,
            wire.TRAITS,
        )
    )
)
"""Everything that is looked at in a call: all of it is read at once, as parsing is what costs."""

_FOUND_AT = {
    "account_id": ".".join(wire.ACCOUNT[0]),
    "user_id": ".".join(wire.USER[0]),
    "name": ".".join(wire.NAME[0]),
    "timestamp": ".".join(wire.TIMESTAMP[0]),
    "type": "type",
    "message_id": ".".join(wire.MESSAGE[0]),
    "properties": ".".join(wire.PROPERTIES[0]),
}
"""Column of `events` -> where a call has it first of all."""


def matches() -> Matches:
    """The columns of `events` in a call: the same in every file."""
    return Matches(tuple(ColumnMatch(column.name, "call", _FOUND_AT[column.name]) for column in EVENTS.columns), ())


def events_scan(name: str) -> Scan:
    """The relation of staged calls, with the columns of `events` already under their own names.

    The same rules as `events.wire.event_row`, which holds the paths.
    """
    columns = {
        "account_id": f"CASE WHEN type = 'group' THEN {_first(wire.ACCOUNT_OF_GROUP)} ELSE {_first(wire.ACCOUNT)} END",
        "user_id": _first(wire.USER),
        "name": (
            f"CASE WHEN type = 'track' THEN {_first(wire.NAME)} "
            f"WHEN type IN ('page', 'screen') THEN {_first(wire.NAME_OF_PAGE)} ELSE type END"
        ),
        "timestamp": _first(wire.TIMESTAMP),
        "type": "type",
        "message_id": _first(wire.MESSAGE),
        "properties": f"coalesce({', '.join(map(_object, wire.PROPERTIES))})",
    }
    told = ", ".join(f"{sql} AS {identifier(column)}" for column, sql in columns.items())
    relation = f"(SELECT record, {told} FROM {_looked_at(identifier(name))})"
    types = ", ".join(map(literal, wire.CALLS))
    no_call = RowCheck("call", f"type IS NULL OR type NOT IN ({types})", "coalesce(type, CAST(record AS VARCHAR))")
    file_columns = tuple(FileColumn(_FOUND_AT[column], identifier(column)) for column in columns)
    return Scan(relation, file_columns, row_checks=(NOT_AN_OBJECT, no_call))


def stage_groups(engine: DuckDB, name: str) -> None:
    """Leave in a staged file the traits of `group` calls only, each with its account under `account_id`.

    A call without traits says nothing of the account, and is left out.
    """
    account, traits = _first(wire.ACCOUNT_OF_GROUP), _object(wire.TRAITS)
    # most calls are no group calls, and looking for the word is much faster than parsing
    groups = f"(SELECT record FROM {identifier(name)} WHERE record ILIKE '%\"group\"%')"
    said = f"SELECT {account} AS account, {traits} AS traits FROM {_looked_at(groups)} WHERE type = 'group'"
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS "
        f"SELECT json_merge_patch(traits, json_object('account_id', account)) AS record FROM ({said}) AS said "
        "WHERE account IS NOT NULL AND traits <> '{}'"
    )


def _looked_at(relation: str) -> str:
    """Staged calls with their type, and at each of `_PATHS` the text and the kind of what is there."""
    paths = ", ".join(literal(pointer(path)) for path in _PATHS)
    at_type = _place(wire.TYPE)
    found = (
        f"SELECT record, json_extract_string(record, [{paths}]) AS texts, json_type(record, [{paths}]) AS kinds "
        f"FROM {relation}"
    )
    kind = f"CASE WHEN kinds[{at_type}] = 'VARCHAR' THEN lower(texts[{at_type}]) END"
    return f"(SELECT *, {kind} AS type FROM ({found}) AS found)"


def _first(paths: tuple[wire.Path, ...]) -> str:
    """The first text or number at one of the paths; empty text is nothing."""
    told = (f"CASE WHEN kinds[{at}] IN {_SCALARS} THEN nullif(texts[{at}], '') END" for at in map(_place, paths))
    return f"coalesce({', '.join(told)})"


def _object(path: wire.Path) -> str:
    return f"CASE WHEN kinds[{_place(path)}] = 'OBJECT' THEN texts[{_place(path)}] END"


def _place(path: wire.Path) -> int:
    return _PATHS.index(path) + 1
