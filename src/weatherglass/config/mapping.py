"""The mapping of source files: which file is which table, and which of its columns is which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from weatherglass.config.columns import COLUMNS, LOOKUPS
from weatherglass.config.frozen import Frozen, FrozenMap, Text, listed
from weatherglass.config.problems import Problems, shown, unknown

Scalar = str | int | float | bool

_A_TIME = dt.datetime(2026, 11, 22, 13, 5, 7, tzinfo=dt.UTC)
"""A moment whose day, month and year cannot be taken for one another; its offset is what `%z` needs."""


def _strptime(text: str) -> str:
    try:
        keeps = dt.datetime.strptime(_A_TIME.strftime(text), text).date() == _A_TIME.date()
    except ValueError:
        keeps = False
    if not keeps:
        raise ValueError(f'must be a strptime format with day, month and year, such as "%d/%m/%Y", not {shown(text)}')
    return text


def _scalar(value: Any) -> Any:
    if value is not None and not isinstance(value, (str, int, float)):
        raise ValueError(f"must be a text, a number, true or false, not {shown(value)}")
    return value


Value = Annotated[Scalar | None, BeforeValidator(_scalar)]
DateFormat = Annotated[Text, AfterValidator(_strptime)]
Globs = Annotated[tuple[Text, ...], BeforeValidator(listed)]


class ColumnMapping(Frozen):
    """Where one column of a table comes from: a column of the file, or one value for every row."""

    column: Text | None = None
    """The column of the file."""
    through: Text | None = None
    """`column` holds the key of a row of this table, and the account is that row's."""
    value: Value = None
    """The same value in every row."""
    date_format: DateFormat | None = None
    """strptime format of this column, before that of the table."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"column": data}
        if data is None:
            raise ValueError("name the column of the file, or {value: ...} for the same value in every row")
        return data

    @field_validator("through")
    @classmethod
    def _known(cls, table: str | None) -> str | None:
        if table is not None and table not in LOOKUPS:
            raise ValueError(unknown("table to look an account up in", table, LOOKUPS, say=True))
        return table

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("give column, the column of the file, or value, the same for every row: one of the two")
        if self.column is None and (self.through is not None or self.date_format is not None):
            raise ValueError("through and date_format belong to a column of the file; give column")
        return self


class TableMapping(Frozen):
    """How some files become rows of one table; columns that are not named are known by their name or an alias."""

    files: Globs = ()
    """Patterns of file names (`usage_*.csv`), compared without case; none: the files named after the table."""
    columns: Annotated[Mapping[str, ColumnMapping], AfterValidator(FrozenMap)] = Field(default_factory=FrozenMap)
    """Column of the table -> where it comes from."""
    date_format: DateFormat | None = None
    """strptime format of every time column; none: ISO 8601."""
    values: Annotated[
        Mapping[str, Annotated[Mapping[Text, Value], AfterValidator(FrozenMap)]],
        AfterValidator(FrozenMap),
    ] = Field(default_factory=FrozenMap)
    """Column of the table -> what the file says -> what is meant; None: nothing."""

    @field_validator("columns", mode="wrap")
    @classmethod
    def _each(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(data, Mapping):
            return {} if data is None else handler(data)
        problems, columns = Problems(), {}
        for name, given in data.items():
            with problems.at(name):
                columns[name] = ColumnMapping.model_validate(given)
        problems.raise_any("TableMapping")
        return handler(columns)

    def matches(self, file_name: str) -> bool:
        """Whether one of the patterns fits the name of a file (without its folder)."""
        return _fits(file_name, self.files)


class Sources(Frozen):
    """The mappings of each table, and the files that are none of our business."""

    ignore: Globs = ()
    """Patterns of file names that are skipped."""
    tables: Annotated[Mapping[str, tuple[TableMapping, ...]], AfterValidator(FrozenMap)] = Field(
        default_factory=FrozenMap
    )
    """Table -> its mappings, in the order of the file."""

    @field_validator("tables", mode="wrap")
    @classmethod
    def _each(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        if not isinstance(data, Mapping):
            return handler(data)
        problems, tables = Problems(), {}
        for table, given in data.items():
            if table not in COLUMNS:
                problems.add(unknown("table", str(table), (*COLUMNS, "ignore")), table)
            elif not isinstance(given, (list, tuple)):
                problems.add(f"must be a mapping of options, or a list of them, not {shown(given)}", table)
            else:
                tables[table] = _mappings(table, given, problems)
        problems.raise_any("Sources")
        return handler(tables)

    def ignores(self, file_name: str) -> bool:
        """Whether a file is to be skipped."""
        return _fits(file_name, self.ignore)

    def of(self, table: str) -> tuple[TableMapping, ...]:
        """The mappings of a table; none where the file gives none."""
        return self.tables.get(table, ())

    def claims(self, file_name: str) -> tuple[tuple[str, TableMapping], ...]:
        """Every (table, mapping) whose patterns fit a file: one file may feed several tables."""
        return tuple(
            (table, mapping)
            for table, mappings in self.tables.items()
            for mapping in mappings
            if mapping.matches(file_name)
        )


def _mappings(table: str, given: Any, problems: Problems) -> tuple[TableMapping, ...]:
    mappings = []
    for place, raw in enumerate(given):
        _check_columns(table, raw, place, problems)
        with problems.at(table, place):
            mappings.append(TableMapping.model_validate(raw))
    nameless = [place for place, mapping in enumerate(mappings) if not mapping.files]
    if len(nameless) > 1:
        told = f"is a second mapping for the files named {table}; say with files which files it is for"
        problems.add(told, table, nameless[1])
    return tuple(mappings)


def _check_columns(table: str, raw: object, place: int, problems: Problems) -> None:
    """Check the names of columns against the table, and what only some columns can have."""
    given = raw.model_dump() if isinstance(raw, TableMapping) else raw if isinstance(raw, Mapping) else {}
    for option in ("columns", "values"):
        names = given.get(option)
        for name, value in names.items() if isinstance(names, Mapping) else ():
            at = (table, place, option, name)
            if name not in COLUMNS[table]:
                problems.add(unknown("column", str(name), COLUMNS[table]), *at)
            elif option == "columns" and isinstance(value, Mapping):
                _check_column(table, name, value, at, problems)


def _check_column(
    table: str, name: str, value: Mapping[str, object], at: tuple[str | int, ...], problems: Problems
) -> None:
    if value.get("date_format") is not None and COLUMNS[table][name] != "time":
        problems.add(f"{name} is not a time and has no date_format", *at, "date_format")
    if value.get("through") is None:
        return
    if name != "account_id":
        problems.add(f"only account_id can be looked up through another table, not {name}", *at, "through")
    elif value["through"] == table:
        problems.add(f"{table} cannot be looked up in itself", *at, "through")


def _fits(file_name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(file_name.lower(), pattern.lower()) for pattern in patterns)
