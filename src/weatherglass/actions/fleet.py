"""The fleet: what is found once of all accounts, while rules look at some of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import numpy as np

from weatherglass.actions.arrays import Floats
from weatherglass.actions.record import Record

FEW = 20
"""Accounts from which on there is a median."""
Found = TypeVar("Found")


class Fleet:
    """All accounts of a record; what was found of them under a key is not looked for again."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._found: dict[Hashable, Any] = {}

    def once(self, key: Hashable, of: Callable[[Record], Found]) -> Found:
        """What is found in the whole record."""
        if key not in self._found:
            self._found[key] = of(self._record)
        found: Found = self._found[key]
        return found

    def median(self, key: Hashable, of: Callable[[Record], Floats]) -> Floats:
        """(D,) the median of values that are made of some accounts at a time; NaN where few have one.

        of: (A, D) of a part of the record, NaN where an account has none.
        """
        return self.once(key, lambda record: _medians(_laid(record, of)))

    def regional(self, key: Hashable, of: Callable[[Record], Floats]) -> Mapping[str, Floats]:
        """Region -> (D,) its median; that of all where few of the region have one."""

        def found(record: Record) -> dict[str, Floats]:
            values = _laid(record, of)
            every = _medians(values)
            regions = np.array([one.region for one in record.who])
            own = {str(name): _medians(values, regions == name) for name in np.unique(regions)}
            return {name: np.where(np.isfinite(one), one, every) for name, one in own.items()}

        return self.once(key, found)


def _laid(record: Record, of: Callable[[Record], Floats]) -> Floats:
    """(D, A): the accounts of a day beside each other."""
    values = np.empty(record.score.shape[::-1])
    for part in record.parts():
        values[:, part.offset : part.offset + len(part.who)] = of(part).T
    return values


def _medians(values: Floats, chosen: Any = slice(None)) -> Floats:
    found = np.full(len(values), np.nan)
    for day, row in enumerate(values):
        known = row[chosen]
        known = known[np.isfinite(known)]
        if len(known) >= FEW:
            found[day] = np.median(known)
    return found
