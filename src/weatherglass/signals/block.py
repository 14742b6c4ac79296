"""A block of accounts small enough for the processor's cache, and the windows that signals look at it through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from weatherglass.signals import windows
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.windows import Bools, Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.signals.fleet import Fleet
    from weatherglass.signals.grid import Counts, Grid


T = TypeVar("T")


class Series:
    """One daily count of every account of a block."""

    def __init__(self, daily: npt.NDArray[Any], start: int) -> None:
        self.daily = daily
        self._start = start

    @cached_property
    def sums(self) -> Ints:
        """Running totals, a leading 0 first: `[accounts, days + 1]`."""
        return windows.prefix(self.daily)

    def total(self, length: int, lag: int = 0) -> Ints:
        """Sum of `length` days ending `lag` days before each day asked for."""
        return windows.total(self.sums, self._start, length, lag)

    def every(self, length: int, first: int = 0) -> Ints:
        """The same for every day of the history from column `first` on, asked for or not."""
        return windows.total(self.sums, first, length)

    @cached_property
    def ever(self) -> Bools:
        """Whether there was one by each day asked for."""
        return np.asarray(self.sums[:, self._start + 1 :] > 0)


@dataclass(frozen=True)
class Span:
    """The part of a grid that a block covers: accounts `low` to `high`, days from `first`, asked for from `start`."""

    low: int
    high: int
    first: int
    start: int


class Block:
    """Accounts `low` to `high` of a grid, cut to the days since the first of them began.

    All arrays that leave a block are `[accounts, days asked for]`.
    """

    def __init__(self, grid: Grid, card: Scorecard, fleet: Fleet, span: Span) -> None:
        self.grid = grid
        self.card = card
        self.windows = card.windows
        self.fleet = fleet
        self.span = span
        self.start = span.start - span.first
        self.begin = grid.begin[span.low : span.high, None] - span.first
        self.created = grid.created[span.low : span.high, None] - span.first
        self.days = grid.days - span.first
        self.asked = np.arange(self.start, self.days, dtype=np.int64)[None, :]
        self._made: dict[str, Any] = {}

    def once(self, name: str, make: Callable[[Block], T]) -> T:
        """What several signals of the block look at, made for the first of them."""
        if name not in self._made:
            self._made[name] = make(self)
        made: T = self._made[name]
        return made

    @property
    def shape(self) -> tuple[int, int]:
        return (self.span.high - self.span.low, self.days - self.start)

    @cached_property
    def history(self) -> Ints:
        """history_days on each day; 0 and below before the account's rows begin."""
        return np.asarray(self.asked - self.begin + 1)

    @cached_property
    def age(self) -> Ints:
        return np.asarray(self.asked - self.created)

    @cached_property
    def core(self) -> Series:
        return self._series(self.grid.core)

    @cached_property
    def events(self) -> Series:
        """Activity events of users."""
        return self._series(self.grid.events)

    @cached_property
    def sessions(self) -> Series:
        return self._series(self.grid.sessions)

    @cached_property
    def active_users(self) -> Ints:
        """Distinct active users of the usage window, on every day of the history."""
        return windows.running(self._cut(self.grid.joins))

    @cached_property
    def known_users(self) -> Ints:
        """Distinct users who were ever active, on every day of the history."""
        newcomers = self.facts("newcomers")
        if newcomers is None:
            return np.zeros((self.shape[0], self.days), dtype=np.int64)
        return np.asarray(self.daily(newcomers, "joined_day").sums[:, 1:])

    def features(self, word: int) -> npt.NDArray[np.uint64]:
        """Bits of the features used on every day of the history."""
        return self._cut(self.grid.features[word])

    def features_within(self, word: int, length: int) -> npt.NDArray[np.uint64]:
        """Bits of the features used in the `length` days ending on each day asked for."""
        first = max(0, self.start - length + 1)
        return windows.union(self._cut(self.grid.features[word], first), self.start - first, length)

    @cached_property
    def had_activity(self) -> Bools:
        first = self.grid.first_activity[self.span.low : self.span.high, None] - self.span.first
        return np.asarray(self.asked >= first)

    def of_account(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """One value an account of the grid, as a column of this block."""
        return values[self.span.low : self.span.high, None]

    def of_day(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """One value a day of the grid, as a row over the days asked for."""
        return values[None, self.span.start : self.span.first + self.days]

    def facts(self, name: str) -> Sparse | None:
        """The sparse facts of these accounts; None when the workspace has none of the kind."""
        whole = self.grid.facts.get(name)
        return None if whole is None else whole.between(self.span.low, self.span.high, self.span.first)

    def daily(self, facts: Sparse, day: str, amount: npt.NDArray[Any] | int = 1) -> Series:
        """Facts added up by the day in column `day`; what lies outside the history is left out."""
        amounts = np.broadcast_to(np.asarray(amount, dtype=np.int64), len(facts))
        inside = np.flatnonzero((facts[day] >= 0) & (facts[day] < self.days))
        cells = np.zeros((self.shape[0], self.days), dtype=np.int64)
        np.add.at(cells, (facts.row[inside], facts[day][inside].astype(np.int64)), amounts[inside])
        return Series(cells, self.start)

    def holding(
        self,
        facts: Sparse,
        from_day: npt.NDArray[Any],
        until_day: npt.NDArray[Any],
        amount: npt.NDArray[Any] | int = 1,
    ) -> Ints:
        """Sum over facts that hold from one day until before another, on every day of the history."""
        amounts = np.broadcast_to(np.asarray(amount, dtype=np.int64), len(facts))
        from_day, until_day = from_day.astype(np.int64), until_day.astype(np.int64)
        change = np.zeros((self.shape[0], self.days), dtype=np.int64)
        for day, sign in ((np.maximum(from_day, 0), 1), (np.maximum(until_day, 0), -1)):
            inside = np.flatnonzero((day < self.days) & (from_day < until_day))
            np.add.at(change, (facts.row[inside], day[inside]), sign * amounts[inside])
        return np.cumsum(change, axis=1)

    def last(self, all_days: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The days asked for of an array over the whole history."""
        return all_days[:, self.start :]

    @cached_property
    def seats(self) -> Floats:
        """Seats on every day of the history; NaN where unknown."""
        static = self.of_account(self.grid.seats).astype(np.float64)
        seats = np.broadcast_to(np.where(static > 0, static, np.nan), (self.shape[0], self.days))
        subscriptions = self.facts("subscriptions")
        if subscriptions is not None:
            named = subscriptions.where(subscriptions["seats"] > 0)
            summed = self.holding(named, named["started_day"], named["ended_day"], named["seats"])
            seats = np.where(summed > 0, summed, seats)
        return seats

    def _series(self, whole: Counts) -> Series:
        return Series(self._cut(whole), self.start)

    def _cut(self, whole: Counts, first: int = 0) -> npt.NDArray[Any]:
        return whole[self.span.low : self.span.high, self.span.first + first :]
