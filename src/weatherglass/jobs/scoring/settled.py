"""Settled activity: what all accounts did up to a week ago, kept beside the store so that a new day reads a week only.

The files are a copy of what the roll-ups say, day by day, and may be deleted at any time. They count only while the
setting `settled_to` is there, which goes with any change of an older day, in the transaction that changes it.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.scoring.activity import NOBODY, ROWS, Activity, Beginnings, Users
from weatherglass.jobs.scoring.roster import account_numbers
from weatherglass.rollups.rolling import SETTLED_TO
from weatherglass.signals.sparse import NEVER

if TYPE_CHECKING:
    from weatherglass.signals.grid import Grid
    from weatherglass.store import Store

FOLDER = "settled"
SETTLED = "settled"
STATE = "state.npz"
YOUNGEST, OLDEST = 7, 14
"""Days that stay unsettled at least, for most late facts are younger, and at most, for they are read every time."""


@dataclass(frozen=True)
class Shape:
    """What the files of a folder hold."""

    number: int
    """The folder's name."""
    first: int
    to: int
    window: int
    words: int
    accounts: int
    """Account numbers are below it."""
    kinds: dict[str, str]
    """The files, and the type of the numbers in them."""

    @property
    def days(self) -> int:
        return self.to - self.first + 1


@dataclass(frozen=True)
class Settled:
    """The settled activity of a store."""

    folder: Path
    shape: Shape
    users: Users
    beginnings: Beginnings
    to: int
    """The last day of it that is looked at."""

    def known(self, members: npt.NDArray[np.int64] | None) -> Users:
        """The users of some numbers by the end of the last day, in their order; all of them where none are given.

        Of an earlier day than the copy's last it is not told what users did last: nothing comes after it.
        """
        users = self.users if members is None else self.users.of(members)
        return users if self.to == self.shape.to else Users(np.where(users.joined <= self.to, users.table, NOBODY))

    @classmethod
    def of(cls, store: Store, first: int, day: int, window: int, words: int) -> Settled | None:
        """That of a store, as known by the end of a day.

        None where there is none that begins on the first day, or none of this window and number of feature words.
        """
        shape = _kept(store)
        if shape is None or (shape.first, shape.window, shape.words) != (first, window, words) or day < first:
            return None
        folder = store.folder / FOLDER / str(shape.number)
        try:
            written = (folder / STATE).stat()
            users, beginnings = _state(folder, written.st_mtime_ns, written.st_ino)
        except OSError:
            # a copy that is not there costs time and nothing else
            return None
        return cls(folder, shape, users, beginnings, min(shape.to, day))

    def daily(self, kind: str, first: int) -> npt.NDArray[Any]:
        """The counts of a kind from a day on, by account number and day."""
        shape = (self.shape.accounts, self.shape.days)
        whole = np.memmap(self.folder / kind, np.dtype(self.shape.kinds[kind]), mode="r", shape=shape)
        return np.asarray(whole)[:, first - self.shape.first : self.to - self.shape.first + 1]

    def some(self, kind: str, first: int, accounts: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """The counts of some accounts from a day on, in their order; zeros for accounts that are newer.

        They are read row by row: for a few accounts that is sooner done than to map the pages they lie on.
        """
        kept = self.shape
        found = np.zeros((len(accounts), max(0, self.to - first + 1)), np.dtype(kept.kinds[kind]))
        skipped = first - kept.first
        with (self.folder / kind).open("rb", buffering=0) as file:
            for row, account in zip(found, accounts.tolist(), strict=True):
                if account < kept.accounts and len(row):
                    os.preadv(file.fileno(), [row], (account * kept.days + skipped) * found.itemsize)
        return found

    def places(self, accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The row of each account; -1 for accounts that are newer."""
        return np.where(accounts < self.shape.accounts, accounts, -1)

    def begun(self, accounts: npt.NDArray[np.int64]) -> Beginnings:
        """How some accounts stood at the end of the settled days."""
        there = accounts < self.shape.accounts
        places = np.where(there, accounts, 0)
        kept = self.beginnings
        firsts = kept.firsts[:, places]
        used = kept.used[:, places] if self.to == self.shape.to else self._used(places)
        return Beginnings(np.where(there & (firsts <= self.to), firsts, NEVER), used * there)

    def _used(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        """The features that accounts had used by the last day."""
        words = [self.daily(f"features-{word}", self.shape.first)[places] for word in range(self.shape.words)]
        return np.array([np.bitwise_or.reduce(word, axis=1) for word in words])


@lru_cache(1)
def _state(folder: Path, _written: int, _file: int) -> tuple[Users, Beginnings]:
    """How users and accounts stand at the end: a file that is written once, and asked for with every account."""
    with np.load(folder / STATE, allow_pickle=False) as state:
        return Users(state["users"]), Beginnings(state["firsts"], state["used"])


class Settling:
    """Writes the settled activity of a store, grid by grid, into a folder of its own."""

    def __init__(self, store: Store, shape: Shape) -> None:
        self.shape = shape
        self._store = store
        self._folder = store.folder / FOLDER / str(shape.number)
        self._users = Users.none(0)
        self._beginnings = Beginnings.none(shape.accounts, shape.words)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._files = {kind: self._file(kind, np.dtype(dtype)) for kind, dtype in shape.kinds.items()}

    @classmethod
    def due(cls, store: Store, first: int, day: int, window: int, words: int) -> Settling | None:
        """What there is to write on a day; None while what is kept is young enough."""
        kept = _kept(store)
        fits = kept is not None and (kept.first, kept.window, kept.words) == (first, window, words)
        if not store.keeps_events or day - YOUNGEST < first or (fits and kept is not None and day - kept.to < OLDEST):
            return None
        number = 1 + max((int(one.name) for one in (store.folder / FOLDER).glob("*")), default=0)
        to = day - YOUNGEST
        shape = Shape(number, first, to, window, words, account_numbers(store.engine), _kinds(store, to, words))
        try:
            return cls(store, shape)
        except OSError:
            # no room for a copy: the roll-ups are read as before
            shutil.rmtree(store.folder / FOLDER / str(number), ignore_errors=True)
            return None

    def put(self, grid: Grid, activity: Activity, before: Beginnings) -> None:
        """Take the settled days of a grid. before: how its accounts stood before the activity began."""
        columns = self.shape.to - grid.first_day + 1
        skipped = grid.first_day - self.shape.first
        counts = {name: getattr(grid, name) for name in ("core", "events", "sessions", "joins")}
        counts |= {f"features-{word}": features for word, features in enumerate(grid.features)}
        for low in range(0, len(grid) if columns > 0 else 0, ROWS):
            rows = slice(low, low + ROWS)
            for kind, whole in counts.items():
                self._files[kind][grid.accounts[rows], skipped:] = whole[rows, 0:][:, :columns]
        begun = activity.begun_by(self.shape.to, before)
        self._beginnings.firsts[:, grid.accounts] = begun.firsts
        self._beginnings.used[:, grid.accounts] = begun.used
        self._put_users(grid.accounts, activity.users_then)

    def _put_users(self, accounts: npt.NDArray[np.int64], users: Users) -> None:
        here = np.zeros(self.shape.accounts + 1, dtype=np.bool_)
        here[accounts] = True
        members = np.flatnonzero(here[users.home])
        self._users = self._users.copy(len(users.last))
        self._users.table[:, members] = users.table[:, members]

    def finish(self) -> None:
        """Let what was written count, with the transaction that is open; without room for it, do without."""
        try:
            self._write()
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        self._store.remember(SETTLED, json.dumps(asdict(self.shape)))
        self._store.remember(SETTLED_TO, str(self.shape.to))

    def _write(self) -> None:
        for whole in self._files.values():
            whole.flush()
        with (self._folder / STATE).open("wb") as file:
            begun = self._beginnings
            np.savez(file, users=self._users.table, firsts=begun.firsts, used=begun.used)
            file.flush()
            os.fsync(file.fileno())

    def _file(self, kind: str, dtype: np.dtype[Any]) -> np.memmap[Any, Any]:
        shape = (self.shape.accounts, self.shape.days)
        with (self._folder / kind).open("wb") as file:
            # a full disk says so here, and not when the pages are written
            os.posix_fallocate(file.fileno(), 0, max(1, shape[0] * shape[1] * dtype.itemsize))
        return np.memmap(self._folder / kind, dtype, mode="r+", shape=shape)


def tidy(store: Store) -> None:
    """Take away the folders that do not count any more."""
    kept = _kept(store)
    for folder in (store.folder / FOLDER).glob("*"):
        if kept is None or folder.name != str(kept.number):
            shutil.rmtree(folder, ignore_errors=True)


def _kinds(store: Store, to: int, words: int) -> dict[str, str]:
    """The narrowest types that hold the counts of all days up to one: what is read for every account is less then."""
    names = ("core", "events", "sessions")
    largest = ", ".join(f"coalesce(max({name}), 0)" for name in names)
    most = dict(zip(names, store.engine.row(f'SELECT {largest} FROM account_days WHERE "day" <= {to}'), strict=True))
    # nobody comes, and nobody leaves a window later, who did nothing on the day
    types = {name: np.min_scalar_type(number) for name, number in most.items()}
    types["joins"] = np.min_scalar_type(-1 - most["events"])
    return {name: type_.str for name, type_ in types.items()} | {f"features-{word}": "<u8" for word in range(words)}


def _kept(store: Store) -> Shape | None:
    to, shape = store.setting(SETTLED_TO), store.setting(SETTLED)
    if to is None or shape is None:
        return None
    found = json.loads(shape)
    # a copy of before there were types is of no use any more
    return Shape(**found) if "kinds" in found else None
