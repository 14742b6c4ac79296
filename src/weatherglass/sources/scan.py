"""A file as the engine sees it before anything is understood: a relation and its columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from weatherglass.engine.dialect import literal
from weatherglass.sources.errors import SourceError, shortened


@dataclass(frozen=True, slots=True)
class FileColumn:
    """One column of a file."""

    name: str
    """As the file writes it, without surrounding spaces; made distinct where the file repeats it."""
    sql: str
    """The expression that reads it from the relation."""
    type: str = "VARCHAR"
    """The engine's type; VARCHAR for everything that is text in the file."""
    nested: str | None = None
    """The condition on the relation under which a cell is a list or an object; None where none can be."""


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A condition under which a whole row is refused."""

    code: str
    condition: str
    value: str
    """Expression of the text to show."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one file holds: `SELECT ... FROM <relation>` gives its records in their order."""

    relation: str
    columns: tuple[FileColumn, ...]
    header_rows: int = 0
    """1 where the header counts as a row."""
    document: str | None = None
    """The expression of the whole record as a JSON object, where the file is made of such."""
    document_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Column name -> where it is in the document."""
    row_checks: tuple[RowCheck, ...] = ()
    unproven: frozenset[str] = frozenset()
    """Columns whose bytes are taken for text although the file does not say so."""
    repeated: tuple[str, ...] = ()
    """Names that the file's header repeats."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> FileColumn:
        return next(column for column in self.columns if column.name == name)


def path_literal(path: object) -> str:
    """A file's path for a table function: quoted, and with the signs of a pattern taken literally."""
    return literal("".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path)))


def refuse_nul(names: Iterable[str], shown: str) -> None:
    """Raise `SourceError` for a column whose name SQL cannot hold."""
    for name in names:
        if "\0" in name:
            raise SourceError(f"{shown}: the column name {shortened(name)} holds a NUL character", file=shown)


def distinct(names: list[str]) -> tuple[list[str], list[str]]:
    """Names made distinct, and the ones that were repeated: `id, id` becomes `id, id_2`.

    A column without a name is called by its place: `column_3`.
    """
    taken: set[str] = set()
    told: list[str] = []
    repeated: list[str] = []
    for place, given in enumerate(names, 1):
        name, count = given.strip() or f"column_{place}", 1
        base = name
        while name in taken or (name != base and name in names):
            count += 1
            name = f"{base}_{count}"
        if name != base and base not in repeated:
            repeated.append(base)
        taken.add(name)
        told.append(name)
    return told, repeated
