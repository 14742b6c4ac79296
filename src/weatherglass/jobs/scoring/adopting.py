"""Which features there are to adopt: for the workspace, day by day, and for accounts with entitlements."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.engine import DuckDB
from weatherglass.jobs.scoring.roster import Roster
from weatherglass.rollups.dictionary import WORD
from weatherglass.signals import windows
from weatherglass.signals.grid import Entitlements, Grid

if TYPE_CHECKING:
    from weatherglass.config.project import Project

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Adopting:
    """The features of a workspace as known by the end of a day."""

    def __init__(self, engine: DuckDB, project: Project, day: int) -> None:
        self._engine = engine
        self._day = day
        self._product = project.product
        self._numbers: dict[str, int] = dict(engine.rows("SELECT name, feature FROM features"))
        self.words = max(1, -(-len(self._numbers) // WORD))
        self.keys = frozenset(self._product.key_features)
        self._entitled: dict[str, frozenset[str]] = {}

    @cached_property
    def _by_day(self) -> dict[str, npt.NDArray[Any]]:
        """The features that anybody used, day by day: a look at all accounts, for workspaces that name no features."""
        return self._engine.numpy(
            'SELECT "day", word, bit_or(bits) AS bits FROM feature_days '
            f'WHERE "day" <= {self._day} GROUP BY "day", word ORDER BY "day", word'
        )

    def available(self, first: int, days: int, window: int) -> npt.NDArray[np.int64]:
        """Features there are for an account without entitlements, on each day."""
        if self._product.features:
            return np.full(days, len(self._product.features), dtype=np.int64)
        begin = min(first, int(self._by_day["day"].min(initial=first)))
        there = np.zeros((self.words, first - begin + days), dtype=np.uint64)
        there[self._by_day["word"].astype(int), self._by_day["day"].astype(int) - begin] = self._by_day["bits"]
        counts = np.bitwise_count(windows.union(there, 0, window)).sum(axis=0, dtype=np.int64)
        return np.asarray(counts[first - begin :])

    def entitlements(self, roster: Roster) -> Entitlements:
        """What each account may use; the whole workspace where it says nothing."""
        count = np.full(len(roster), -1, dtype=np.int64)
        keys = np.full(len(roster), len(self.keys), dtype=np.int64)
        words = [np.full(len(roster), ALL) for _ in range(self.words)]
        # most workspaces name nobody's features
        for place in [place for place, text in enumerate(roster.entitled) if text]:
            features = self._features(roster.entitled[place])
            if not features:
                continue
            count[place], keys[place] = len(features), len(features & self.keys)
            for number, word in enumerate(words):
                word[place] = self._bits(features, number)
        return Entitlements(words, count, keys)

    def counts(self, grid: Grid, rows: npt.NDArray[np.int64], features: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Whether each use of a key feature is by an account that is entitled to it, or needs no entitlement.

        features: by their numbers.
        """
        allowed = np.zeros(len(rows), dtype=np.bool_)
        for number, word in enumerate(grid.entitlements.words):
            here = np.flatnonzero((features // WORD == number) & (rows >= 0))
            bit = np.left_shift(np.uint64(1), (features[here] % WORD).astype(np.uint64))
            allowed[here] = (word[rows[here]] & bit) != 0
        return allowed

    def _features(self, text: object) -> frozenset[str]:
        if not isinstance(text, str):
            return frozenset()
        if text not in self._entitled:
            self._entitled[text] = frozenset(name.strip() for name in text.split(";") if name.strip())
        return self._entitled[text]

    def _bits(self, features: frozenset[str], word: int) -> np.uint64:
        bits = 0
        for feature in features:
            number = self._numbers.get(feature)
            if number is not None and number // WORD == word:
                bits |= 1 << number % WORD
        return np.uint64(bits)
