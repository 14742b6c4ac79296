"""Which column of a file is which column of a table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from weatherglass.config.columns import LOOKUPS
from weatherglass.config.mapping import ColumnMapping, TableMapping
from weatherglass.events.table import Column, Table
from weatherglass.events.tables import BY_NAME
from weatherglass.sources.errors import SourceError
from weatherglass.sources.scan import refuse_nul

How = Literal["exact", "alias", "mapped", "through", "constant", "call", "missing"]
"""exact: the same name letter by letter; alias: the same in another spelling, or another name."""
HOW_FOUND: Mapping[How, str] = {
    "exact": "the same name",
    "alias": "known by another name",
    "mapped": "by weatherglass.yml",
    "through": "looked up",
    "constant": "the same value everywhere",
    "call": "from the call",
    "missing": "not there",
}
"""The same in words."""


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Where one column of a table comes from in one file."""

    column: str
    how: How
    source: str | None = None
    """The column of the file; None where there is none."""
    through: str | None = None
    """The table in which the account is looked up by the source column."""
    value: str | None = None
    """The value of every row, as text, where it is a constant."""
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """Every column of a table with its source, and what the file has besides."""

    matches: tuple[ColumnMatch, ...]
    unknown: tuple[str, ...]
    """Columns of the file that no column of the table takes: they are kept as traits."""
    notices: tuple[str, ...] = ()

    def of(self, column: str) -> ColumnMatch:
        return next(match for match in self.matches if match.column == column)


def match(table: Table, names: Sequence[str], mapping: TableMapping, shown: str) -> Matches:
    """Match a file's columns: by the mapping first, then by exact name, then by name and alias whatever the spelling.

    Names are the same whatever their case, spaces, dashes, dots and underscores (`Account ID`, `accountId`).
    A column of the file feeds one column of the table, except that a mapping may use it twice.
    Raises `SourceError` where a mapped column is not in the file, or a required one is found nowhere.
    """
    refuse_nul(names, shown)
    found: dict[str, ColumnMatch] = {}
    for column in table.columns:
        if (given := mapping.columns.get(column.name)) is not None:
            found[column.name] = _mapped(column, given, names, mapping, shown)
    used = {told.source for told in found.values() if told.source is not None}
    for how, tries in (("exact", _exactly), ("alias", _by_name), ("alias", _by_alias)):
        for column in table.columns:
            if column.name in found:
                continue
            free = [name for name in names if name not in used]
            if (name := tries(column, free)) is not None:
                date_format = mapping.date_format if column.kind == "time" else None
                found[column.name] = ColumnMatch(column.name, how, name, date_format=date_format)  # type: ignore[arg-type]
                used.add(name)
    if missing := [column for column in table.required if column.name not in found]:
        raise _missing(table, missing, names, used, shown)
    unknown = tuple(name for name in names if name not in used)
    matches = tuple(found.get(column.name, ColumnMatch(column.name, "missing")) for column in table.columns)
    return Matches(matches, unknown, _hints(table, found, unknown, shown))


def squeezed(name: str) -> str:
    """A name without what people spell differently: case, spaces, dashes, dots, slashes, underscores, `(UTC)`."""
    return re.sub(r"[\s_./-]+|\(utc\)", "", name.casefold())


def _exactly(column: Column, names: Sequence[str]) -> str | None:
    return column.name if column.name in names else None


def _by_name(column: Column, names: Sequence[str]) -> str | None:
    return _spelled(column.name, names)


def _by_alias(column: Column, names: Sequence[str]) -> str | None:
    return next((name for alias in column.aliases if (name := _spelled(alias, names)) is not None), None)


def _spelled(name: str, names: Sequence[str]) -> str | None:
    return next((given for given in names if squeezed(given) == squeezed(name)), None)


def _mapped(
    column: Column, given: ColumnMapping, names: Sequence[str], mapping: TableMapping, shown: str
) -> ColumnMatch:
    if given.column is None:
        value = given.value
        return ColumnMatch(column.name, "constant", value=str(value).lower() if isinstance(value, bool) else str(value))
    name = given.column if given.column in names else _spelled(given.column, names)
    if name is None:
        close = difflib.get_close_matches(given.column, names, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise SourceError(
            f"{shown}: weatherglass.yml takes {column.name} from a column {given.column!r}, "
            f"which the file does not have{meant}\n  columns of the file: {_listed(names)}",
            file=shown,
        )
    date_format = given.date_format or mapping.date_format if column.kind == "time" else None
    return ColumnMatch(
        column.name, "through" if given.through else "mapped", name, given.through, date_format=date_format
    )


def _missing(table: Table, missing: Sequence[Column], names: Sequence[str], used: set[str], shown: str) -> SourceError:
    told = ", ".join(column.name for column in missing)
    lines = [f"{shown}: no column for {told}, which {table.name} requires", f"  columns of the file: {_listed(names)}"]
    lines += [f"  {column.name} is also known as: {_listed(column.aliases)}" for column in missing if column.aliases]
    lines += ["To mend: name the column so, or say in weatherglass.yml which one it is:"]
    lines += ["    sources:", f"      {table.name}:", "        columns:"]
    free = [name for name in names if name not in used]
    for column in missing:
        lines.append(f"          {column.name}: {_suggestion(table, column, free, names)}")
    return SourceError("\n".join(lines), file=shown)


def _suggestion(table: Table, column: Column, names: Sequence[str], keys: Sequence[str]) -> str:
    """What a mapping could say of a column: the key of another table among `keys`, else a similar one of `names`."""
    if column.name == "account_id":
        for other in LOOKUPS:
            # its own rows cannot tell a table whose they are
            if other != table.name and (given := _spelled(BY_NAME[other].key[0], keys)) is not None:
                return f"{{column: {given}, through: {other}}}"
    by_shape = {squeezed(name): name for name in reversed(names)}
    wanted = (column.name, *column.aliases)
    scored = (
        (difflib.SequenceMatcher(None, squeezed(word), shape).ratio(), name)
        for word in wanted
        for shape, name in by_shape.items()
    )
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= 0.6 else "<column of the file>"


def _hints(table: Table, found: dict[str, ColumnMatch], unknown: tuple[str, ...], shown: str) -> tuple[str, ...]:
    """A notice where events say neither account nor user, and so would be nobody's."""
    if table.name != "events" or "account_id" in found or "user_id" in found:
        return ()
    suggestion = _suggestion(table, table.column("account_id"), unknown, unknown)
    way = "" if suggestion.startswith("<") else f"; perhaps, in weatherglass.yml, `account_id: {suggestion}`"
    return (f"{shown}: neither account_id nor user_id: these events are nobody's{way}",)


def _listed(names: Sequence[str], most: int = 40) -> str:
    told = ", ".join(names[:most])
    return f"{told}, and {len(names) - most} more" if len(names) > most else told or "none"
