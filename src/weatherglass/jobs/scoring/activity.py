"""What accounts did, day by day: the dense arrays of a grid, filled from the roll-ups."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from weatherglass.arrays import table
from weatherglass.engine import DuckDB
from weatherglass.signals.sparse import NEVER

Columns = dict[str, npt.NDArray[Any]]
Days = npt.NDArray[np.int64]

STREAM_ROWS = 2_000_000
"""User-days read at a time."""
ROWS = 20_000
"""Accounts looked at together where an array of all of them would be large."""
NOBODY = -1
"""The home of a user who was never active."""


@dataclass(frozen=True)
class Users:
    """Of every user of an account, by member number: the last and the first active day, and the account."""

    table: npt.NDArray[np.int32]

    @classmethod
    def none(cls, members: int) -> Self:
        return cls(np.full((3, members), NOBODY, dtype=np.int32))

    @property
    def last(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.table[0])

    @property
    def joined(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.table[1])

    @property
    def home(self) -> npt.NDArray[np.int32]:
        return np.asarray(self.table[2])

    def of(self, members: npt.NDArray[np.int64]) -> Users:
        """Some of them by their numbers, which may be higher than all that are known."""
        found = Users.none(len(members))
        there = members < self.table.shape[1]
        found.table[:, there] = self.table[:, members[there]]
        return found

    def copy(self, members: int = 0) -> Users:
        """The same with room for more members."""
        known = self.table.shape[1]
        copied = Users.none(max(members, known))
        copied.table[:, :known] = self.table
        return copied


@dataclass(frozen=True)
class Beginnings:
    """Of every account at hand: the days of firsts (NEVER: not yet), and the features it has ever used, by word."""

    firsts: Days
    used: npt.NDArray[np.uint64]

    @classmethod
    def none(cls, accounts: int, words: int) -> Self:
        return cls(np.full((3, accounts), NEVER), np.zeros((words, accounts), dtype=np.uint64))

    @property
    def activity(self) -> Days:
        return np.asarray(self.firsts[0])

    @property
    def core(self) -> Days:
        return np.asarray(self.firsts[1])

    @property
    def second_feature(self) -> Days:
        return np.asarray(self.firsts[2])

    def copy(self) -> Beginnings:
        return Beginnings(self.firsts.copy(), self.used.copy())


@dataclass
class Activity:
    """What some accounts did from day number `first` on, `[accounts, days]`, and how they stand at the end of it."""

    first: int
    core: npt.NDArray[np.uint32]
    events: npt.NDArray[np.uint32]
    sessions: npt.NDArray[np.uint32]
    joins: npt.NDArray[np.int32]
    features: list[npt.NDArray[np.uint64]]
    beginnings: Beginnings
    users: Users
    users_then: Users
    """The users as they were by the end of the day asked for."""

    @property
    def days(self) -> int:
        return int(self.core.shape[1])

    def begun_by(self, day: int, before: Beginnings) -> Beginnings:
        """How the accounts stood at the end of a day, given how they stood before `first`."""
        columns = slice(0, max(0, day - self.first + 1))
        used = [np.bitwise_or.reduce(word[:, columns], axis=1) for word in self.features]
        firsts = self.beginnings.firsts
        return Beginnings(np.where(firsts <= day, firsts, NEVER), before.used | np.array(used))


class Source:
    """Roll-up rows of some accounts, or of all, between two days."""

    def __init__(self, engine: DuckDB, first: int, last: int, accounts: npt.NDArray[np.int64] | None) -> None:
        self.engine = engine
        self.first = first
        self.last = last
        self._chosen = ""
        if accounts is not None and len(accounts) <= 50:
            self._chosen = f"AND account IN ({', '.join(map(str, accounts.tolist()))})"
        elif accounts is not None:
            engine.register("chosen", table({"account": accounts.astype(np.int32)}))
            self._chosen = "AND account IN (SELECT account FROM chosen)"
        self._registered = "chosen" in self._chosen

    def rows(self, name: str, columns: str, condition: str = "true") -> Iterator[Columns]:
        """Batches of arrays."""
        within = f'"day" BETWEEN {self.first} AND {self.last}'
        sql = f"SELECT {columns} FROM {name} WHERE {within} AND {condition} {self._chosen}"
        return self.engine.batches(sql, STREAM_ROWS)

    def stretches(self) -> list[tuple[int, int]]:
        """Stretches of days that hold a readable number of user-days each."""
        counted = self.engine.numpy(
            f'SELECT "day", count(*) AS n FROM user_days WHERE "day" BETWEEN {self.first} AND {self.last} '
            f'{self._chosen} GROUP BY "day" ORDER BY "day"'
        )
        if not counted["day"].size:
            return []
        part = np.cumsum(counted["n"]) // STREAM_ROWS
        edges = np.flatnonzero(np.r_[True, np.diff(part) > 0])
        firsts = counted["day"][edges]
        lasts = np.r_[firsts[1:] - 1, counted["day"][-1]]
        return [(int(low), int(high)) for low, high in zip(firsts, lasts, strict=True)]

    def members(self) -> int:
        """How many members there are."""
        return int(self.engine.row("SELECT coalesce(max(member), -1) + 1 FROM members")[0])

    def close(self) -> None:
        if self._registered:
            self.engine.unregister("chosen")


@dataclass(frozen=True)
class Filling:
    """What an activity is filled with: rows of a source, put where `place` says, by account number (-1: nowhere)."""

    source: Source
    place: npt.NDArray[np.int64]
    accounts: int
    window: int
    """Days for which a user counts as active."""
    members: npt.NDArray[np.int64] | None = None
    """The only users there are, ascending; those of an activity are then numbered by their place here."""

    def fill(self, beginnings: Beginnings, users: Users, then: int) -> Activity:
        """The activity of the source's days.

        beginnings, users: as they were before the first of them. then: the day of `users_then`.
        """
        first, days = self.source.first, self.source.last - self.source.first + 1
        shape = (self.accounts, days)
        known = users.copy(self.source.members() if self.members is None else len(self.members))
        activity = Activity(
            first=first,
            core=np.zeros(shape, np.uint32),
            events=np.zeros(shape, np.uint32),
            sessions=np.zeros(shape, np.uint32),
            joins=np.zeros(shape, np.int32),
            features=[np.zeros(shape, np.uint64) for _ in beginnings.used],
            beginnings=beginnings.copy(),
            users=known,
            users_then=known,
        )
        if days:
            self._account_days(activity)
            self._features(activity)
            self._users(activity, then)
            _begin(activity)
        return activity

    def _account_days(self, activity: Activity) -> None:
        for rows in self._rows("account_days", 'account, "day", activity, events, core, sessions'):
            cell, row = self._cells(activity, rows)
            for name in ("core", "events", "sessions"):
                getattr(activity, name).reshape(-1)[cell] = rows[name]
            active = np.flatnonzero(rows["activity"])
            np.minimum.at(activity.beginnings.activity, row[active], rows["day"][active].astype(np.int64))

    def _features(self, activity: Activity) -> None:
        for rows in self._rows("feature_days", 'account, "day", word, bits'):
            cell, _ = self._cells(activity, rows)
            for word, features in enumerate(activity.features):
                chosen = np.flatnonzero(rows["word"] == word)
                features.reshape(-1)[cell[chosen]] = rows["bits"][chosen]

    def _rows(self, name: str, columns: str, condition: str = "true") -> Iterator[Columns]:
        """Rows of the source that are of the accounts at hand."""
        for rows in self.source.rows(name, columns, condition):
            here = self.place[rows["account"]] >= 0
            yield rows if here.all() else {column: values[here] for column, values in rows.items()}

    def _cells(self, activity: Activity, rows: Columns) -> tuple[Days, Days]:
        row = self.place[rows["account"]]
        return row * activity.days + (rows["day"].astype(np.int64) - activity.first), row

    def _users(self, activity: Activity, then: int) -> None:
        """Count distinct users by the gaps between their active days, and note the day each was first active."""
        later = False
        for low, high in self.source.stretches():
            member, account, days = self._stretch(low, high)
            edges = np.flatnonzero(np.r_[True, days[1:] != days[:-1], True])
            for start, end in itertools.pairwise(edges) if len(days) else ():
                day = int(days[start])
                if day > then and not later:
                    later, activity.users_then = True, activity.users.copy()
                self._advance(activity, day, member[start:end], account[start:end])
        self._leave(activity)

    def _stretch(self, low: int, high: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Active users of a stretch of days who are of the accounts at hand, by day: member, account, day."""
        condition = f'"day" BETWEEN {low} AND {high} AND member >= 0 AND events > 0'
        # the batches come in any order of days, so all of them are needed before the first day is
        batches = list(self._rows("user_days", 'account, member, "day"', condition))
        if not batches:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing, nothing
        account, member, day = (
            np.concatenate([rows[name] for rows in batches]) for name in ("account", "member", "day")
        )
        if self.members is not None:
            member = np.searchsorted(self.members, member)
        # NumPy sorts small types by counting
        order = np.argsort((day - low).astype(np.min_scalar_type(high - low)), kind="stable")
        return member[order], account[order], day[order]

    def _advance(self, activity: Activity, day: int, member: npt.NDArray[Any], account: npt.NDArray[Any]) -> None:
        users = activity.users
        before = users.last[member]
        users.last[member] = day
        # most were here a day or two ago: nothing of theirs changes
        some = np.flatnonzero((day - before > self.window) | (before < 0))
        member, account, before = member[some], account[some], before[some]
        new = users.home[member] == NOBODY
        users.home[member[new]] = account[new]
        users.joined[member[new]] = day
        row, back = self.place[account], ~new & (day - before > self.window)
        _count(activity.joins, row[new | back], day - activity.first, 1)
        self._count_out(activity, row[back], before[back])

    def _leave(self, activity: Activity) -> None:
        users = activity.users
        left = np.flatnonzero((users.home != NOBODY) & (users.last + self.window <= self.source.last))
        row = self.place[users.home[left]]
        self._count_out(activity, row[row >= 0], users.last[left][row >= 0])

    def _count_out(self, activity: Activity, row: Days, last: npt.NDArray[np.int32]) -> None:
        column = last + self.window - activity.first
        # those who left before the first column are out already
        here = column >= 0
        _count(activity.joins, row[here], column[here], -1)


def _count(cells: npt.NDArray[np.int32], row: Days, column: npt.NDArray[Any] | int, number: int) -> None:
    """Add a number to some cells, to one as often as it is named; by their places one after the other: that is fast."""
    np.add.at(cells.reshape(-1), row * cells.shape[1] + column, np.int32(number))


def _begin(activity: Activity) -> None:
    """Bring the firsts of core actions and features up to date with the arrays."""
    begun = activity.beginnings
    for low in range(0, len(begun.core), ROWS):
        rows = np.arange(low, min(len(begun.core), low + ROWS))
        waiting = rows[begun.core[rows] == NEVER]
        begun.core[waiting] = _first(activity.core[waiting] > 0, activity.first)
        waiting = rows[begun.second_feature[rows] == NEVER]
        used = np.zeros((len(waiting), activity.days), dtype=np.uint16)
        for before, features in zip(begun.used, activity.features, strict=True):
            ever = np.bitwise_or.accumulate(features[waiting], axis=1) | before[waiting, None]
            used += np.bitwise_count(ever)
        begun.second_feature[waiting] = _first(used >= 2, activity.first)


def _first(happened: npt.NDArray[np.bool_], first: int) -> Days:
    if not happened.shape[1]:
        return np.full(len(happened), NEVER)
    return np.where(happened.any(axis=1), happened.argmax(axis=1) + first, NEVER)
