"""Scoring grid by grid and block by block, with what all accounts have in common gathered first."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from weatherglass.jobs.scoring.feeding import GRID_CELLS, Feeder
from weatherglass.jobs.scoring.roster import Roster
from weatherglass.signals.block import Block, Span
from weatherglass.signals.catalogue import ranked_value
from weatherglass.signals.fleet import Fleet, FleetBuilder, uncorrected
from weatherglass.signals.grid import Grid

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard

BLOCK_CELLS = 80_000
"""Account-days of a block: about half a megabyte an array, so that a window's arrays stay in the processor's cache."""
LARGER = 4
"""So many times as many where few days are asked for: few arrays are of the whole history then, and calls cost more."""
THREADS = 2

T = TypeVar("T")


class Blocks:
    """The accounts of a roster under one project's cards, in blocks that see what is known by the end of a day."""

    def __init__(self, feeder: Feeder, project: Project, everyone: Roster, day: int) -> None:
        self._feeder = feeder
        self._project = project
        self._everyone = everyone
        self._day = day
        self._held: list[tuple[Roster, Scorecard, Grid]] | None = None

    def fleet(self, since: int) -> Fleet:
        """What all accounts have in common, on the days from `since` on."""
        first = self._everyone.workspace_day
        builder = FleetBuilder(first, self._day - first + 1)
        plain = uncorrected(first, self._day - first + 1)
        cards = self._project.scorecards
        corrected = any(card.corrections.fleet for card in cards)
        # a cohort and the fleet are all accounts, whichever cards those have
        ranked = {pair for card in cards for pair in card.ranked}
        for _, card, grid in self._grids(self._everyone):
            measured = card.measured
            for block in cut(grid, card, plain, since):
                if corrected:
                    builder.add_growth(block)
                for name, cohort in ranked:
                    if name in measured:
                        builder.add_values(block, name, cohort, ranked_value(block, name))
        return builder.build()

    def each(self, roster: Roster, fleet: Fleet, since: int, function: Callable[[Part], T]) -> Iterator[T]:
        """A function of every block, in order; blocks are computed side by side."""
        for part, card, grid in self._grids(roster):
            parts = (
                Part(block, part.take(np.arange(block.span.low, block.span.high)))
                for block in cut(grid, card, fleet, since)
            )
            yield from _parallel(function, parts)

    def _grids(self, roster: Roster) -> Iterator[tuple[Roster, Scorecard, Grid]]:
        whole = roster is self._everyone
        if whole and self._held is not None:
            yield from self._held
            return
        # what fits in memory once is kept for the second pass
        keep = whole and len(roster) * (self._day - roster.workspace_day + 1) <= GRID_CELLS
        held = []
        for number, card in enumerate(self._project.scorecards):
            part, low = roster.take(np.flatnonzero(roster.card == number)), 0
            for grid in self._feeder.grids(part):
                entry = (part.take(np.arange(low, low + len(grid))), card, grid)
                low += len(grid)
                if keep:
                    held.append(entry)
                yield entry
        if keep:
            self._held = held


@dataclass(frozen=True)
class Part:
    """A block and the accounts it is of."""

    block: Block
    roster: Roster

    @property
    def first_day(self) -> int:
        """The number of the first day asked for."""
        return self.block.grid.first_day + self.block.span.start


def cut(grid: Grid, card: Scorecard, fleet: Fleet, since: int) -> Iterator[Block]:
    """The blocks of a grid, asked for the days from number `since` on."""
    start = max(0, since - grid.first_day)
    low = 0
    while low < len(grid):
        first = int(grid.begin[low])
        asked = max(start, first)
        days = max(grid.days - asked, -(-(grid.days - first) // LARGER))
        high = min(len(grid), low + max(1, BLOCK_CELLS // days))
        yield Block(grid, card, fleet, Span(low, high, first, asked))
        low = high


def _parallel(function: Callable[[Part], T], parts: Iterator[Part]) -> Iterator[T]:
    """Results in order, a few blocks ahead: NumPy lets go of the interpreter while it computes.

    Blocks are made when their turn comes and forgotten with their result, for they keep what they have computed.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = deque(pool.submit(function, part) for part in itertools.islice(parts, THREADS + 1))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(pool.submit(function, part) for part in itertools.islice(parts, 1))
