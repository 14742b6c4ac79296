"""Daily counts in two parts: settled days of all accounts as they are kept, and recent days of those at hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Stacked:
    """An account x day array that is put together when a part of it is asked for.

    settled: `[all accounts, days]`, the days before the recent ones. places: the row of each account in it, -1 for
    accounts that had done nothing by then. recent: `[accounts, days]`.
    """

    def __init__(self, settled: npt.NDArray[Any], places: npt.NDArray[np.int64], recent: npt.NDArray[Any]) -> None:
        self._settled = settled
        self._places = places
        self._recent = recent

    def __getitem__(self, part: tuple[slice, slice]) -> npt.NDArray[Any]:
        """Rows and columns as of one array; the columns go to the end."""
        rows, columns = part
        first = columns.start or 0
        settled = self._settled.shape[1]
        if first >= settled:
            return self._recent[rows, first - settled :]
        places, recent = self._places[rows], self._recent[rows]
        whole = np.empty((len(places), settled - first + recent.shape[1]), dtype=recent.dtype)
        whole[:, : settled - first] = self._settled[np.maximum(places, 0), first:]
        whole[places < 0, : settled - first] = 0
        whole[:, settled - first :] = recent
        return whole
