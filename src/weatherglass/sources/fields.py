"""One column of a table, read from a file: its cell, its value, and the conditions under which it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from weatherglass.engine.dialect import identifier, literal
from weatherglass.events.table import Column
from weatherglass.sources import moments, values
from weatherglass.sources.matching import ColumnMatch
from weatherglass.sources.scan import FileColumn

MISSING = "'missing'"


@dataclass(frozen=True, slots=True)
class Check:
    """A condition under which a cell is refused."""

    condition: str
    code: str
    """Expression of the reason's code, evaluated only where the condition holds."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table in three layers of a query.

    `cell` is read from the file's relation and named `cell_name`; `value` is made of that name and called `value_name`;
    `output` and `checks` are made of the two names.
    """

    column: Column
    match: ColumnMatch
    cell: str
    cell_name: str
    text: str
    """The cell as text, made of `cell_name`."""
    value: str
    value_name: str
    output: str
    """The value in the column's type, made of `value_name`; it counts where no check holds."""
    checks: tuple[Check, ...]
    nested: str | None = None
    """The condition, on the file's relation, under which the cell is a list or an object and must not be."""
    nested_name: str = ""
    """What the answer is called in the layers above."""


WRITINGS = ("entitled_features", "text", "comment", "reason")
"""Texts that no rule compares, and the one that may be a list."""


def field(
    column: Column, match: ColumnMatch, source: FileColumn | None, meant: Mapping[str, object], zone: str
) -> Field:
    """The reading of a column.

    source: the file's column; None where the value is constant or missing.
    meant: what the file says -> what is meant, from the mapping; compared without case.
    zone: the name of the time zone in which a bare date is a day.
    """
    cell_name, value_name = identifier(f"cell_{column.name}"), identifier(column.name)
    if match.how == "missing":
        text = f"CAST({cell_name} AS VARCHAR)"
        return Field(column, match, "NULL", cell_name, text, _typed_null(column), value_name, value_name, ())
    if source is None:
        cell, type_ = literal(match.value or ""), "VARCHAR"
    else:
        cell, type_ = source.sql, source.type
    if meant:
        cell, type_ = _translated(values.as_text(cell, type_), meant), "VARCHAR"
    if type_ == "VARCHAR":
        cell = f"nullif({cell}, '')"
    text = values.as_text(cell_name, type_)
    value: str
    reason: str | None
    if match.how == "through":
        value, reason = identifier(f"found_{column.name}"), "'lookup'"
    else:
        value, reason = _value_and_reason(column, match, cell_name, type_, text, zone)
    checks = _checks(column, cell_name, type_, value_name, reason)
    nested = None if source is None or column.kind not in {"id", "text"} or column.name in WRITINGS else source.nested
    nested_name = identifier(f"nested_{column.name}")
    if nested is not None:
        checks = (Check(nested_name, "'nested'"), *checks)
    output = f"TRY_CAST({value_name} AS BIGINT)" if column.kind == "integer" else value_name
    return Field(column, match, cell, cell_name, text, value, value_name, output, checks, nested, nested_name)


SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "json": "VARCHAR",
    "time": "TIMESTAMP",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
}
"""The engine's type of each kind of column."""


def _typed_null(column: Column) -> str:
    return f"CAST(NULL AS {SQL_TYPES[column.kind]})"


def _translated(text: str, meant: Mapping[str, object]) -> str:
    """A text, or what the mapping says is meant by it."""
    branches = " ".join(f"WHEN {literal(said.strip().lower())} THEN {_written(told)}" for said, told in meant.items())
    return f"CASE lower(trim({text})) {branches} ELSE {text} END"


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    return literal(str(value).lower() if isinstance(value, bool) else str(value))


def _value_and_reason(
    column: Column, match: ColumnMatch, cell: str, type_: str, text: str, zone: str
) -> tuple[str, str | None]:
    """The typed value of a cell, and the code of the reason why a cell has none; None where every cell has one."""
    match column.kind:
        case "time":
            date_format = match.date_format if type_ == "VARCHAR" else None
            return moments.of_column(cell, type_, zone, date_format), moments.reason(text, date_format)
        case "number" | "integer":
            return values.as_number(cell, type_), values.number_reason(text)
        case "boolean":
            return values.as_boolean(cell, type_), "'boolean'"
        case "json":
            return values.as_object(text), "'json'"
        case "text" if column.choices:
            return values.as_choice(text, column.choices), "'choice'"
        case "text" if column.name == "entitled_features":
            return values.joined(text), None
        case _:
            return text, None


def _checks(column: Column, cell: str, type_: str, value: str, reason: str | None) -> tuple[Check, ...]:
    checks = []
    if column.required:
        checks.append(Check(f"{cell} IS NULL", MISSING))
    if reason is not None:
        unread = f"{value} IS NULL"
        if column.kind in {"number", "integer"}:
            unread = f"({unread} OR NOT isfinite({value}))"
        checks.append(Check(f"{cell} IS NOT NULL AND {unread}", reason))
    if column.kind == "integer":
        checks.append(Check(values.not_whole(value), "'integer'"))
    if type_ == "VARCHAR" and column.kind in {"id", "text", "json"} and not column.choices:
        checks.append(Check(f"contains({cell}, chr(0))", "'nul'"))
    if column.low is not None:
        checks.append(Check(f"{value} < {column.low!r}", "'low'"))
    if column.high is not None:
        checks.append(Check(f"{value} > {column.high!r}", "'high'"))
    if column.kind == "time":
        code = "'implausible_planned'" if column.planned else "'implausible'"
        checks.append(Check(moments.unbelievable(value, planned=column.planned), code))
    return tuple(checks)


def detail(column: Column, code: str) -> str:
    """What would be legal in a column, for the reasons that leave it open."""
    match code:
        case "choice":
            return f"one of {', '.join(column.choices)}"
        case "low":
            return f"at least {column.low:g}"
        case "high":
            return f"at most {column.high:g}"
        case _:
            return ""
