"""What a score needs from all accounts at once: the median growth of a day, and where a value ranks in its cohort."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from weatherglass.signals.engagement_trends.velocity import ENOUGH, LIMIT, change
from weatherglass.signals.windows import Floats

if TYPE_CHECKING:
    from weatherglass.signals.block import Block

Cohorts: TypeAlias = npt.NDArray[np.object_]
"""The text that each account has in common with its cohort: it means the same in every block; None is a cohort, too."""


class Fleet:
    """The finished view of all accounts that blocks are scored against.

    `growth[0]` belongs to `first_day`: what velocity is divided by on each day, 1 + the clamped median change; 1 where
    there are fewer than 20 accounts to take a median of.
    """

    def __init__(self, first_day: int, growth: Floats, ranks: dict[str, Ranks]) -> None:
        self.first_day = first_day
        self.growth = growth
        self._ranks = ranks

    def growth_of(self, block: Block) -> Floats:
        """The growth of all accounts on the days a block is asked for, as a row."""
        start = block.grid.first_day - self.first_day + block.span.start
        return self.growth[None, start : start + block.shape[1]]

    def percentile(self, block: Block, signal: str, value: Floats, cohort: str) -> Floats:
        """Share of the cohort below, and half of the ties, times 100; NaN stays NaN."""
        return self._ranks[signal].percentile(_cohorts(block, cohort), value, block.grid.first_day + block.span.start)


class FleetBuilder:
    """Gathers block by block what a `Fleet` needs."""

    def __init__(self, first_day: int, days: int) -> None:
        self._first_day = first_day
        self._days = days
        self._factors: list[tuple[npt.NDArray[np.int64], Floats]] = []
        """Of each block, where each day's velocities begin, and the velocities day by day."""
        self._gathered: dict[str, list[tuple[Cohorts, Floats, int]]] = {}

    def add_growth(self, block: Block) -> None:
        """Take the velocities of a block (before the fleet correction) into the medians."""
        moved = change(block)
        counted = (~np.isnan(moved.factor) & (moved.before >= ENOUGH) & (block.history >= 1)).T
        counts = np.zeros(self._days + 1, dtype=np.int64)
        counts[self._start(block) + 1 :][: len(counted)] = counted.sum(axis=1)
        self._factors.append((np.cumsum(counts), moved.factor.T[counted]))

    def add_values(self, block: Block, signal: str, cohort: str, value: Floats) -> None:
        """Take the values of a block into the ranks of a signal."""
        there = np.where(block.history >= 1, value, np.nan)
        day = block.grid.first_day + block.span.start
        self._gathered.setdefault(signal, []).append((_cohorts(block, cohort), there, day))

    def build(self) -> Fleet:
        ranks = {signal: Ranks.of(parts) for signal, parts in self._gathered.items()}
        return Fleet(self._first_day, self._growth(), ranks)

    def _start(self, block: Block) -> int:
        return block.grid.first_day - self._first_day + block.span.start

    def _growth(self) -> Floats:
        growth = np.ones(self._days)
        if not self._factors:
            return growth
        enough = np.sum([np.diff(edges) for edges, _ in self._factors], axis=0) >= ENOUGH
        for day in np.flatnonzero(enough):
            factors = np.concatenate([values[edges[day] : edges[day + 1]] for edges, values in self._factors])
            growth[day] = 1.0 + np.clip(np.median(factors) - 1.0, -LIMIT, LIMIT)
        return growth


def uncorrected(first_day: int, days: int) -> Fleet:
    """A fleet that corrects nothing: what blocks are given while a fleet is gathered."""
    return Fleet(first_day, np.ones(days), {})


class Ranks:
    """Sorted values of each cohort and day."""

    def __init__(self, ordered: dict[tuple[str | None, int], Floats]) -> None:
        self._ordered = ordered

    @classmethod
    def of(cls, parts: list[tuple[Cohorts, Floats, int]]) -> Ranks:
        """From blocks of (cohort of each account, values by day, number of the first day)."""
        gathered: dict[tuple[str | None, int], list[Floats]] = {}
        for cohorts, values, start in parts:
            for cohort, places in _members(cohorts):
                rows = values[places]
                for column in range(values.shape[1]):
                    there = rows[:, column]
                    gathered.setdefault((cohort, start + column), []).append(there[~np.isnan(there)])
        return cls({key: np.sort(np.concatenate(lists)) for key, lists in gathered.items()})

    def percentile(self, cohorts: Cohorts, value: Floats, start: int) -> Floats:
        result = np.full(value.shape, np.nan)
        for cohort, rows in _members(cohorts):
            for column in range(value.shape[1]):
                ordered = self._ordered.get((cohort, start + column))
                if ordered is None or not len(ordered):
                    continue
                own = value[rows, column]
                below = np.searchsorted(ordered, own, side="left")
                upto = np.searchsorted(ordered, own, side="right")
                result[rows, column] = np.where(np.isnan(own), np.nan, 50.0 * (below + upto) / len(ordered))
        return result


def _cohorts(block: Block, column: str) -> Cohorts:
    return np.asarray(block.of_account(block.grid.cohorts[column])[:, 0])


def _members(cohorts: Cohorts) -> Iterator[tuple[str | None, npt.NDArray[np.int64]]]:
    """Each cohort with the rows of its accounts."""
    for cohort in dict.fromkeys(cohorts.tolist()):
        yield cohort, np.flatnonzero(cohorts == cohort)
