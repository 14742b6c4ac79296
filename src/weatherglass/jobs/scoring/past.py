"""The finished days of the history as arrays: how every account stood on each, for questions about many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.scoring.roster import account_numbers
from weatherglass.scores.lifecycle import LIFECYCLES

if TYPE_CHECKING:
    from weatherglass.store import Store

MOST_BYTES = 160 * 1024 * 1024
"""The last days that fit into it are held, of about 3 bytes an account and day: a year of 100 k accounts fits."""
BATCH_ROWS = 1_000_000
NO_SCORE = 65_535
NO_ROW = 0
"""The kind of an account that has no row on a day."""


@dataclass(frozen=True)
class Kind:
    """What accounts that stand alike have in common."""

    version: int
    """Of the card."""
    tier: str
    """The tier shown."""
    rank: int
    """From 0, the lowest tier; unscored is -1."""
    lifecycle: str


@dataclass(frozen=True)
class Past:
    """Accounts are rows, by their numbers; days are columns."""

    first: int
    """The day of the first column, as a number."""
    kinds: tuple[Kind | None, ...]
    kind: npt.NDArray[np.unsignedinteger[Any]]
    """(A, D), the place in `kinds`."""
    score: npt.NDArray[np.uint16]
    """(A, D), in hundredths; NO_SCORE where there is none."""
    whole: bool
    """Whether there is no day before the first."""

    @classmethod
    def read(cls, store: Store, tiers: dict[int, tuple[str, ...]]) -> Past:
        """Of a store with a history. tiers: the tiers of each card's version, lowest first."""
        engine = store.engine
        kinds, begin = _kinds(tiers)
        dtype = np.min_scalar_type(len(kinds))
        accounts = account_numbers(engine)
        low, high = engine.row('SELECT coalesce(min("day"), 0), coalesce(max("day"), -1) FROM scores')
        begun = low
        low = max(low, high + 1 - MOST_BYTES // (max(1, accounts) * (2 + dtype.itemsize)))
        shape = accounts, max(0, high + 1 - low)
        kind, score = np.zeros(shape, dtype), np.full(shape, NO_SCORE, np.uint16)
        for rows in engine.batches(_ROWS.format(low=low, missing=NO_SCORE), BATCH_ROWS):
            cell = rows["account"].astype(np.int64) * shape[1] + (rows["day"] - low)
            stood = (rows["tier_shown"].astype(np.int64) + 1) * len(LIFECYCLES) + rows["lifecycle"]
            kind.reshape(-1)[cell] = begin[rows["version"]] + stood
            score.reshape(-1)[cell] = rows["score"]
        return cls(low, kinds, kind, score, low == begun)

    def has(self, day: int) -> bool:
        """Whether it is known how accounts stood on a day, by its number."""
        return day < self.first + self.kind.shape[1] and (day >= self.first or self.whole)

    def kinds_on(self, days: Sequence[int], accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.unsignedinteger[Any]]:
        """How some accounts stood on some days, one row a day: places in `kinds`."""
        return self._on(self.kind, days, accounts, NO_ROW)

    def scores_on(self, days: Sequence[int], accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
        """The scores of some accounts on some days, one row a day, in hundredths; NO_SCORE where there is none."""
        return self._on(self.score, days, accounts, NO_SCORE)

    def _on(
        self, values: npt.NDArray[Any], days: Sequence[int], accounts: npt.NDArray[np.int64], missing: int
    ) -> npt.NDArray[Any]:
        found = np.full((len(days), len(accounts)), missing, values.dtype)
        # accounts that came after the arrays were made have no row in them
        known = np.flatnonzero(accounts < len(values))
        columns = np.array(days, np.int64) - self.first
        held = np.flatnonzero(columns >= 0)
        columns = columns[held]
        if len(known) == len(accounts):
            found[held] = values[np.ix_(accounts, columns)].T
        else:
            found[np.ix_(held, known)] = values[np.ix_(accounts[known], columns)].T
        return found


_ROWS = """
    SELECT account, "day", coalesce(score, {missing})::USMALLINT AS score, tier_shown, lifecycle, version
    FROM scores WHERE "day" >= {low}
"""


def _kinds(tiers: dict[int, tuple[str, ...]]) -> tuple[tuple[Kind | None, ...], npt.NDArray[np.int64]]:
    """All kinds there can be, and where those of a card's version begin: by tier, unscored first, and lifecycle."""
    kinds: list[Kind | None] = [None]
    begin = np.zeros(max(tiers, default=0) + 1, np.int64)
    for version, names in tiers.items():
        begin[version] = len(kinds)
        for rank, tier in enumerate((UNSCORED, *names), -1):
            kinds.extend(Kind(version, tier, rank, lifecycle) for lifecycle in LIFECYCLES)
    return tuple(kinds), begin
