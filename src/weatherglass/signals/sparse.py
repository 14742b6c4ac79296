"""Facts that few accounts have on few days: columns of rows, sorted by the account they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Sparse:
    """Rows of one kind of fact; `row` is the account's place in the grid, ascending; days are columns of the grid."""

    row: npt.NDArray[np.int64]
    columns: dict[str, npt.NDArray[Any]]

    @classmethod
    def of(cls, row: npt.NDArray[Any], columns: dict[str, npt.NDArray[Any]]) -> Sparse:
        """Rows in any order; a row number below 0 is an account that is not in the grid and is left out."""
        kept = np.flatnonzero(np.asarray(row) >= 0)
        order = kept[np.argsort(row[kept], kind="stable")]
        return cls(row[order].astype(np.int64), {name: values[order] for name, values in columns.items()})

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.row)

    def between(self, low: int, high: int, day_shift: int) -> Sparse:
        """The rows of accounts `low` to `high`, numbered from 0, with days counted from column `day_shift`."""
        first, last = np.searchsorted(self.row, (low, high))
        columns = {
            name: values[first:last] - day_shift if name.endswith("_day") else values[first:last]
            for name, values in self.columns.items()
        }
        return Sparse(self.row[first:last] - low, columns)

    def where(self, keep: npt.NDArray[np.bool_]) -> Sparse:
        return Sparse(self.row[keep], {name: values[keep] for name, values in self.columns.items()})


NEVER = np.int64(1 << 40)
"""The day of what has not happened: later than every day, and safe to add days to."""
