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
    computed: int
    """The rank of the tier of the day's score alone."""
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
    tiers: dict[int, tuple[str, ...]]
    """Of each card's version, lowest first."""

    @classmethod
    def read(cls, store: Store, tiers: dict[int, tuple[str, ...]]) -> Past:
        """Of a store with a history. tiers: the tiers of each card's version, lowest first."""
        engine = store.engine
        kinds = _Kinds(tiers)
        accounts = account_numbers(engine)
        low, high = engine.row('SELECT coalesce(min("day"), 0), coalesce(max("day"), -1) FROM scores')
        begun = low
        low = max(low, high + 1 - MOST_BYTES // (max(1, accounts) * 3))
        shape = accounts, max(0, high + 1 - low)
        kind: npt.NDArray[np.unsignedinteger[Any]] = np.zeros(shape, np.uint8)
        score = np.full(shape, NO_SCORE, np.uint16)
        for rows in engine.batches(_ROWS.format(low=low, missing=NO_SCORE), BATCH_ROWS):
            cell = rows["account"].astype(np.int64) * shape[1] + (rows["day"] - low)
            places = kinds.places(rows)
            kind = kind.astype(np.promote_types(kind.dtype, np.min_scalar_type(len(kinds.known))), copy=False)
            kind.reshape(-1)[cell] = places
            score.reshape(-1)[cell] = rows["score"]
        return cls(low, tuple(kinds.known), kind, score, low == begun, tiers)

    def has(self, day: int) -> bool:
        """Whether it is known how accounts stood on a day, by its number."""
        return day < self.first + self.kind.shape[1] and (day >= self.first or self.whole)

    def kinds_on(self, days: Sequence[int], accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.unsignedinteger[Any]]:
        """How some accounts stood on some days, one row a day: places in `kinds`."""
        return self._on(self.kind, days, accounts, NO_ROW)

    def scores_on(self, days: Sequence[int], accounts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint16]:
        """The scores of some accounts on some days, one row a day, in hundredths; NO_SCORE where there is none."""
        return self._on(self.score, days, accounts, NO_SCORE)

    def before(self, first: int, reach: int, accounts: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        """The tiers of some accounts on the `reach` days before one, a row each as in `scores`, where they have one."""
        days = np.arange(first - reach, first)
        kinds = self.kinds_on(days.tolist(), accounts)
        day, account = np.nonzero(kinds)
        told = np.array([(0, 0, 0) if one is None else (one.computed, one.rank, one.version) for one in self.kinds])
        tier, shown, version = told[kinds[day, account]].T
        return {"account": accounts[account], "day": days[day], "tier": tier, "tier_shown": shown, "version": version}

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
    SELECT account, "day", coalesce(score, {missing})::USMALLINT AS score, tier, tier_shown, lifecycle, version
    FROM scores WHERE "day" >= {low}
"""


class _Kinds:
    """The kinds that there are, numbered as they are met: most of those that there can be never are."""

    def __init__(self, tiers: dict[int, tuple[str, ...]]) -> None:
        self._tiers = tiers
        self._ranks = 1 + max(map(len, tiers.values()), default=0)
        self._number = np.zeros((max(tiers, default=0) + 1) * self._ranks**2 * len(LIFECYCLES), np.uint32)
        self.known: list[Kind | None] = [None]

    def places(self, rows: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.uint32]:
        """The place in `known` of the kind of each row of the history."""
        code = rows["version"].astype(np.int64)
        for value, values in ((rows["tier_shown"] + 1, self._ranks), (rows["tier"] + 1, self._ranks)):
            code = code * values + value
        code = code * len(LIFECYCLES) + rows["lifecycle"]
        for new in np.flatnonzero(np.bincount(code, minlength=len(self._number)) * (self._number == 0)).tolist():
            self._number[new] = len(self.known)
            self.known.append(self._kind(new))
        return np.asarray(self._number[code])

    def _kind(self, code: int) -> Kind:
        rest, lifecycle = divmod(code, len(LIFECYCLES))
        rest, computed = divmod(rest, self._ranks)
        version, shown = divmod(rest, self._ranks)
        name = (UNSCORED, *self._tiers[version])[shown]
        return Kind(version, name, shown - 1, computed - 1, LIFECYCLES[lifecycle])
