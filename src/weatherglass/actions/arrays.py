"""The arrays that records and rules are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.floating[Any]]
"""Whole numbers, or such as need no more digits than a narrow float has."""
Ints = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]

CHUNK = 2000
"""Accounts whose days stay in the processor's cache."""


def before(values: npt.NDArray[np.generic], days: int, fill: float) -> npt.NDArray[np.generic]:
    """The values of so many days earlier, and something else where there are none."""
    moved = np.full_like(values, fill)
    if days < values.shape[1]:
        moved[:, days:] = values[:, : values.shape[1] - days]
    return moved


def window(values: Counts, days: int) -> Floats:
    """(A, D) sums of the last so many days."""
    total = np.cumsum(values, axis=1, dtype=np.float64)
    if days >= total.shape[1]:
        return total
    found = total.copy()
    found[:, days:] -= total[:, :-days]
    return found


def stretches(account: Ints, day: Ints, lag: int, span: int, of: Any = slice(None)) -> tuple[Ints, Ints]:
    """Where the elements of the same account begin and end that lie in `span` days which ended `lag` before each.

    account, day: by account and day. of: the elements for which it is asked.
    """
    room = int(np.ptp(day)) + 2 * (lag + span) if len(day) else 1
    keys = account.astype(np.int64) * room + (day - day.min(initial=0) + lag + span)
    until, since = (np.searchsorted(keys, keys[of] - back, side="right") for back in (lag, lag + span))
    return since, until
