"""The facts of all accounts, account by account, in narrow arrays, for questions about a few that lie anywhere.

To look for them would be to go over whole tables. What is gathered is made once for every change of the history, and
holds for the accounts whose facts have not changed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weatherglass.arrays import numbers, table
from weatherglass.jobs.scoring.facts import NAMES, Columns, query
from weatherglass.jobs.scoring.narrow import Narrow
from weatherglass.jobs.scoring.roster import account_numbers
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.engine import DuckDB
    from weatherglass.store import Store

MOST_BYTES = 96 * 1024 * 1024
"""Kinds of fact that do not fit into it any more are looked for; 100 k accounts with 10 M rows take some 60 MB."""
MOST_ROWS = 8_000_000
"""Of a kind of fact; for reading it all of them are in memory, as wide as they come."""


@dataclass(frozen=True)
class _Kind:
    """The rows of one kind of fact, by account number: those of account `a` lie from `begin[a]` to `begin[a + 1]`."""

    begin: npt.NDArray[np.int32]
    columns: dict[str, Narrow]

    @classmethod
    def of(cls, rows: pa.Table, accounts: int) -> Self:
        # of whom a champion's row is, is needed for nothing but to find it
        columns = {name: Narrow.of(rows[name]) for name in rows.column_names if name not in ("account", "user_id")}
        account = np.concatenate([np.zeros(0, np.int32), *map(numbers, rows["account"].chunks)])
        if (np.diff(account) < 0).any():
            order = _order(account)
            account, columns = account[order], {name: column.in_order(order) for name, column in columns.items()}
        return cls(np.searchsorted(account, np.arange(accounts + 1)).astype(np.int32), columns)

    @property
    def nbytes(self) -> int:
        return self.begin.nbytes + sum(column.nbytes for column in self.columns.values())

    def take(self, accounts: npt.NDArray[np.int64]) -> Columns:
        begin = self.begin[accounts].astype(np.int64)
        count = self.begin[accounts + 1] - begin
        rows = np.arange(int(count.sum())) + np.repeat(begin - np.cumsum(count) + count, count)
        found: Columns = {"account": np.repeat(accounts.astype(np.int32), count)}
        return found | {name: column.take(rows) for name, column in self.columns.items()}


class Gathered:
    """The facts of one store as of one moment."""

    def __init__(self, timezone: str, accounts: int, kinds: dict[str, _Kind]) -> None:
        """timezone: that the days are of. accounts: their numbers are below it."""
        self.timezone = timezone
        self._accounts = accounts
        self._kinds = kinds

    @classmethod
    def read(cls, store: Store, project: Project) -> Self:
        """Those of a store, with the days of a project's zone."""
        engine = store.engine
        calendar.define(engine, project.timezone)
        accounts, room = account_numbers(engine), MOST_BYTES
        kinds: dict[str, _Kind] = {}
        for name in NAMES:
            kind = _read(engine, name, accounts)
            if kind is not None and kind.nbytes <= room:
                kinds[name] = kind
                room -= kind.nbytes
        return cls(project.timezone, accounts, kinds)

    @property
    def nbytes(self) -> int:
        return sum(kind.nbytes for kind in self._kinds.values())

    def changed(self, engine: DuckDB, accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Those of some accounts whose facts may be others now: new ones, and those with days to be scored again."""
        new = accounts[accounts >= self._accounts]
        if not engine.rows("SELECT 1 FROM touched LIMIT 1"):
            return new
        engine.register("asked", table({"account": accounts.astype(np.int32)}))
        found = engine.numpy(
            "SELECT n.account FROM touched AS t INNER JOIN account_ids AS n ON n.account_id = t.account_id "
            "WHERE n.account IN (SELECT account FROM asked)"
        )["account"]
        engine.unregister("asked")
        return np.concatenate([new, found.astype(np.int64)])

    def of(self, name: str, accounts: npt.NDArray[np.int64]) -> Columns | None:
        """The rows of a kind of fact of some accounts, with the column `account`; None where it was not gathered."""
        kind = self._kinds.get(name)
        return None if kind is None else kind.take(accounts)

    def count(self, name: str) -> int:
        """How many rows there are of a kind of fact."""
        kind = self._kinds.get(name)
        return 0 if kind is None else int(kind.begin[-1])


def _order(account: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """How rows come by account, those of an account as they were: NumPy sorts small types by counting."""
    order = np.argsort(account.astype(np.uint16), kind="stable")
    return np.asarray(order[np.argsort((account >> 16).astype(np.uint16)[order], kind="stable")])


def _read(engine: DuckDB, name: str, accounts: int) -> _Kind | None:
    sql = query(name)
    if engine.row(f"SELECT count(*) FROM ({sql})")[0] > MOST_ROWS:
        return None
    rows = engine.arrow(sql)
    return None if any(column.null_count for column in rows.columns) else _Kind.of(rows, accounts)
