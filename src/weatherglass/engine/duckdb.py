"""DuckDB in process: the default engine, one connection that runs SQL and speaks Arrow and NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from weatherglass.engine.errors import EngineError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Parameters = Sequence[object] | Mapping[str, object] | None

MEMORY_LIMIT = "900MB"
"""Leaves room for the scoring kernel within 2 GB; larger aggregations spill to the temporary folder."""
DENSE_BITS = 20
"""Groups are held by number up to a million numbers: some 30 MB a thread."""


class DuckDB:
    """One DuckDB connection in UTC, without extensions, that closes its result before the next statement."""

    name = "duckdb"

    def __init__(self, path: Path | None = None, *, read_only: bool = False, spill: Path | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": _threads(),
            "memory_limit": MEMORY_LIMIT,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
        if spill is not None:
            config["temp_directory"] = str(spill)
        self._within = False
        try:
            self._connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
            self._connection.execute("SET TimeZone = 'UTC'")
        except duckdb.Error as error:
            raise EngineError(_first_line(error)) from error

    def cursor(self) -> DuckDB:
        """Another connection to the same database, for another thread; it sees what is committed."""
        other = object.__new__(DuckDB)
        other._connection = self._connection.cursor()
        other._within = False
        other.execute("SET TimeZone = 'UTC'")
        return other

    def execute(self, sql: str, parameters: Parameters = None) -> None:
        """Run one statement and drop what it returns."""
        self.rows(sql, parameters)

    def rows(self, sql: str, parameters: Parameters = None) -> list[tuple[Any, ...]]:
        """All rows of one statement, as Python tuples; for small results."""
        with _translated():
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = None) -> tuple[Any, ...]:
        """The first row of a statement that always has one."""
        return self.rows(sql, parameters)[0]

    def numpy(self, sql: str, parameters: Parameters = None) -> dict[str, np.ndarray[Any, Any]]:
        """One array a column; a column with NULLs comes as a masked array."""
        with _translated():
            return self._connection.execute(sql, parameters).fetchnumpy()

    def arrow(self, sql: str, parameters: Parameters = None) -> pa.Table:
        """The whole result as one Arrow table."""
        with _translated():
            return self._connection.sql(sql, params=parameters).to_arrow_table()

    def batches(self, sql: str, rows: int) -> Iterator[dict[str, np.ndarray[Any, Any]]]:
        """A result of numbers without NULLs as a stream of arrays of about `rows` rows, never whole in memory."""
        with _translated():
            from weatherglass.arrays import numbers

            for batch in self._connection.sql(sql).to_arrow_reader(rows):
                yield {name: numbers(batch[name]) for name in batch.schema.names}

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows to a table, by place; a registered name would hold on to them until the transaction ends."""
        with _translated():
            self._connection.from_arrow(rows).insert_into(table)

    def register(self, name: str, table: object) -> None:
        """Show an Arrow table to SQL under a name."""
        self._connection.register(name, table)

    def unregister(self, name: str) -> None:
        """Take that name away again."""
        self._connection.unregister(name)

    def function(self, name: str, of: Callable[[str], str]) -> None:
        """Let SQL call a Python function of one text by a name, until it is dropped; NULL stays NULL."""
        with _translated():
            self._connection.create_function(name, of, ["VARCHAR"], "VARCHAR")

    def drop_function(self, name: str) -> None:
        """Take that function away again."""
        with _translated():
            self._connection.remove_function(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements inside become true together, or none does; within another one it is part of that."""
        if self._within:
            yield
            return
        self.execute("BEGIN TRANSACTION")
        self._within = True
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise
        finally:
            self._within = False

    def interrupt(self) -> None:
        """Have the statement that runs, if any, fail; to be called from another thread."""
        # it may just have been closed
        with suppress(duckdb.Error):
            self._connection.interrupt()

    @contextmanager
    def dense_groups(self) -> Iterator[None]:
        """For statements that group by a number of which nearly every value is there: groups lie in an array by it."""
        self.execute(f"SET perfect_ht_threshold = {DENSE_BITS}")
        try:
            yield
        finally:
            # not where a failed statement has ended the transaction: the connection takes no more of it then
            with suppress(duckdb.Error):
                self._connection.execute("RESET perfect_ht_threshold")

    def _rollback(self) -> None:
        # a failed COMMIT has ended the transaction by itself
        with suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise EngineError(_first_line(error)) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n\n")[0].strip()


def _threads() -> int:
    import os

    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
