"""How long accounts have been silent on each day, and the silences that they have had before."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.windows import Bools, Ints

YEAR = 364
"""Days: 52 whole weeks."""
LENGTHS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84)
"""Days that silences are told apart by: one counts as the longest of these that it has reached."""


class Silences:
    """The silences of a block's accounts, a silence being the days between two days with a core action.

    Arrays are `[accounts, days asked for]`, but for `days`, which covers the whole history.
    """

    def __init__(self, block: Block) -> None:
        self._block = block
        self._active = np.asarray(block.core.daily > 0)

    @cached_property
    def days(self) -> Ints:
        """Days since the last core action on every day of the history; since its first day before there was one."""
        column = np.arange(self._block.days)[None, :]
        latest = np.maximum.accumulate(np.where(self._active, column, 0), axis=1)
        return np.asarray(column - latest)

    @cached_property
    def now(self) -> Ints:
        return np.asarray(self._block.last(self.days))

    @cached_property
    def _ended(self) -> Ints:
        """The length of the silence that each active day ended, 0 on other days and on the first active one."""
        before = windows.shifted(self.days, 0, 1) + 1
        first = np.cumsum(self._active, axis=1, dtype=np.int64) == 1
        return np.where(self._active & ~first, before, 0)

    @cached_property
    def number(self) -> Ints:
        """Silences that ended in the last year."""
        return self._in_year(self._ended > 0)

    @cached_property
    def total(self) -> Ints:
        """Days of those silences."""
        return self._in_year(self._ended)

    def as_long(self) -> Ints:
        """Silences of the last year that were at least as long as the present one is, told apart by `LENGTHS`."""
        reached = np.searchsorted(LENGTHS, self.now, side="right")
        result = np.asarray(self.number).copy()
        for place, length in enumerate(LENGTHS, start=1):
            result = np.where(reached == place, self._in_year(self._ended >= length), result)
        return result

    def longest(self, days: int) -> Ints:
        """The longest silence of the last days, that of the day itself included."""
        return windows.largest(self.days, self._block.start, days)

    def _in_year(self, daily: Bools | Ints) -> Ints:
        return np.asarray(windows.total(windows.prefix(daily), self._block.start, YEAR))


def silences(block: Block) -> Silences:
    """The silences of a block's accounts."""
    return block.once("silences", Silences)
