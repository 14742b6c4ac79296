"""The newest score of every account, at hand while a store is served."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import pyarrow as pa

from weatherglass.arrays import nothing
from weatherglass.scores.rows import SCORE_COLUMNS


class Newest:
    """Score rows of the open day: all of them as of the last whole pass, and those that have changed since.

    Safe from any thread.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._whole = nothing(SCORE_COLUMNS)
        self._place: dict[str, int] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self.version = 0
        """Grows with every change."""
        self.passes = 0
        """How often all rows have been replaced."""

    def of(self, account_id: str) -> dict[str, Any] | None:
        """The score row of an account, None when it has none; a dictionary of its own."""
        with self._lock:
            changed = self._changed.get(account_id)
            if changed is not None:
                return dict(changed)
            place = self._place.get(account_id)
            return None if place is None else _row(self._whole, place)

    def table(self) -> pa.Table:
        """The rows of all accounts, in no order."""
        with self._lock:
            if self._changed:
                self._fold()
            return self._whole

    def replace(self, rows: pa.Table, later: Sequence[pa.Table] = ()) -> None:
        """Have these rows in place of all; later: rows that came while they were made, and count for their accounts."""
        ids = rows["account_id"].to_pylist()
        told = {row["account_id"]: row for table in later for row in table.to_pylist()}
        with self._lock:
            self._whole, self._changed = rows, told
            self._place = {account_id: place for place, account_id in enumerate(ids)}
            self.version += 1
            self.passes += 1

    def change(self, rows: pa.Table) -> None:
        """Have these rows in place of their accounts' before."""
        told = {row["account_id"]: row for row in rows.to_pylist()}
        with self._lock:
            self._changed.update(told)
            self.version += 1

    def _fold(self) -> None:
        changed = pa.Table.from_pylist(list(self._changed.values()), schema=SCORE_COLUMNS)
        kept = [place for name, place in self._place.items() if name not in self._changed]
        self._whole = pa.concat_tables([self._whole.take(pa.array(kept, pa.int64())), changed]).combine_chunks()
        self._place = {name: place for place, name in enumerate(self._whole["account_id"].to_pylist())}
        self._changed = {}


def _row(table: pa.Table, place: int) -> dict[str, Any]:
    row: dict[str, Any] = table.slice(place, 1).to_pylist()[0]
    return row
