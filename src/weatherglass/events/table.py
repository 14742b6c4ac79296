"""What a source table is: its columns, what they may hold, and what makes two rows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "time", "number", "integer", "boolean", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source table."""

    name: str
    kind: Kind
    required: bool = False
    aliases: tuple[str, ...] = ()
    low: float | None = None
    """Smallest legal number."""
    high: float | None = None
    """Largest legal number."""
    planned: bool = False
    """A time that may lie in the far future (an end, a due day): 9999-12-31 is legal here."""
    choices: tuple[str, ...] = ()
    """Legal values, compared without case; empty means any."""


@dataclass(frozen=True, slots=True)
class Table:
    """One source table: its columns, the key that makes two rows one, and the time that dates a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Rows with the same key are one row, the last read. Empty for events, which go by `message_id`."""
    dated_by: str | None = None
    """The column whose day is the day of the fact; None where a row has no date of its own."""
    aliases: tuple[str, ...] = ()
    """Other file names (without extension, lower case) under which the table is known."""

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)
