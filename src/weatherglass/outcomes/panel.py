"""The panel: one row for each eligible account and snapshot day, what was seen on it, and what followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from weatherglass.outcomes.fates import Reading
from weatherglass.outcomes.labels import CHURNED, KINDS, NOT_YET, YES, Labels
from weatherglass.scores.tiers import Codes
from weatherglass.signals.windows import Bools, Floats, Ints

HORIZONS = (30, 60, 90)
"""Days ahead that outcomes are asked for."""


@dataclass(frozen=True)
class Leads:
    """Churns that a panel row was about, one row each; days are numbers, -1 where there was none.

    `red` is the first day of the stay in the lowest tier that lasted until the churn, `alarm` of that below the
    highest, both at most `LOOK_BACK` days before the account was in fact gone; see `leading`.
    """

    account: Ints
    day: Ints
    since: Ints
    red: Ints
    alarm: Ints

    @classmethod
    def joined(cls, parts: Sequence[Leads]) -> Self:
        return cls(*(_joined([getattr(part, f.name) for part in parts], np.int64) for f in fields(cls)))

    def __len__(self) -> int:
        return len(self.account)


LOOK_BACK = 180
"""Days before an account is gone in which a warning counts for it."""


@dataclass(frozen=True)
class Panel:
    """Rows of accounts and snapshot days, by account and day; every column but the labels is as of the day's end."""

    account: Ints
    """The store's number of the account."""
    account_id: npt.NDArray[np.object_]
    day: Ints
    score: Floats
    """0-100; never NaN, for who is not scored is not eligible."""
    tier: Codes
    """The raw tier's place, 0 the lowest."""
    tiers: npt.NDArray[np.int8]
    """How many tiers the account's card has."""
    card: npt.NDArray[np.int8]
    """The place of the account's card among the project's."""
    tenure: Ints
    """Days since the account's first day."""
    segment: npt.NDArray[np.object_]
    """As it is written in `accounts` now; an empty text where it is not."""
    revenue: Floats
    """A month's revenue: of the subscriptions that run on the day, else of `accounts` as it is now; NaN unknown."""
    days_silent: Floats
    """Days since the last activity; the days of history when there never was any."""
    activity_28: Floats
    """Core actions of the last 28 days; activity events in a workspace without core actions."""
    override: Floats
    """The place of the tier that a person had set by the day; NaN where nobody had."""
    days_to_churn: Floats
    """To the account's next churn, as far as is known; NaN without one."""
    signals: Mapping[str, Floats]
    """Scores of signals, by name; NaN is null."""
    values: Mapping[str, Floats]
    """Their values before scaling; NaN where the signal is null."""
    extras: Mapping[str, Floats]
    """What the caller asked to be measured besides."""
    labels: Mapping[tuple[int, int], Labels]
    """By kind of outcome and horizon: 1, 0, or -1 where it could not be known by the last day with facts."""
    leads: Leads
    stayed: Leads
    """The same as of one snapshot day of each account after which it stayed: what warnings are worth."""
    snapshots: tuple[int, ...]
    """All snapshot days asked for."""
    horizons: tuple[int, ...]
    reading: Reading
    names: tuple[str, ...] = ()
    """Names of the tiers of the first card, the lowest first."""
    learned: tuple[str, ...] = ()
    """Names of cards whose scores were learned from outcomes: on rows they learned from they know the answers."""
    counted: Mapping[str, int] = field(default_factory=dict)
    """Account-days on snapshot days by why they are rows or are not."""

    def __len__(self) -> int:
        return len(self.account)

    def label(self, horizon: int, kind: int = CHURNED) -> Labels:
        return self.labels[kind, horizon]

    def followed(self) -> Ints:
        """Days after each row's day of which everything that happened is known."""
        return np.asarray(self.reading.known_to - self.reading.delay - self.day)

    def known_by(self, horizon: int, day: int) -> Bools:
        """Rows whose label of a horizon could be known by the end of a day: those one may learn from on it."""
        return np.asarray((self.label(horizon) != NOT_YET) & (self.day + horizon + self.reading.delay <= day))

    @property
    def red(self) -> Bools:
        return np.asarray(self.tier == 0)

    @property
    def alarmed(self) -> Bools:
        """Below the highest tier."""
        return np.asarray(self.tier < self.tiers - 1)

    def where(self, keep: Bools) -> Self:
        """The same with fewer rows; `leads`, `stayed` and `counted` stay those of all."""
        columns: dict[str, Any] = {name: getattr(self, name)[keep] for name in COLUMNS}
        for name in TABLES:
            columns[name] = {key: column[keep] for key, column in getattr(self, name).items()}
        return replace(self, **columns)

    def split(self, share: float = 0.7, horizon: int = HORIZONS[-1]) -> tuple[Bools, Bools]:
        """Rows to learn from and rows to test on, out of time.

        The last `1 - share` of the snapshot days whose labels are known are the test; one learns from rows whose
        label was known by the end of the first of them.
        """
        last = self.reading.known_to - self.reading.delay - horizon
        days = [day for day in self.snapshots if day <= last]
        if not days:
            return np.zeros(len(self), dtype=np.bool_), np.zeros(len(self), dtype=np.bool_)
        first = days[int(len(days) * share)]
        test = (self.day >= first) & (self.label(horizon) != NOT_YET)
        return self.known_by(horizon, first), np.asarray(test)

    def count(self, horizon: int, kind: int = CHURNED) -> tuple[int, int]:
        """Rows with a known label, and those of them that it came true for."""
        label = self.label(horizon, kind)
        return int(np.count_nonzero(label != NOT_YET)), int(np.count_nonzero(label == YES))


COLUMNS = (
    *("account", "account_id", "day", "score", "tier", "tiers", "card", "tenure", "segment", "revenue"),
    *("days_silent", "activity_28", "override", "days_to_churn"),
)
"""The columns with one value a row."""
TABLES = ("signals", "values", "extras", "labels")
"""Those that are named columns themselves."""


@dataclass(frozen=True)
class Piece:
    """The rows of some accounts: what a panel is joined from."""

    columns: Mapping[str, npt.NDArray[Any]]
    tables: Mapping[str, Mapping[Any, npt.NDArray[Any]]]
    leads: Leads
    stayed: Leads
    counted: Mapping[str, int]


def joined(
    pieces: Sequence[Piece],
    snapshots: tuple[int, ...],
    horizons: tuple[int, ...],
    reading: Reading,
    names: tuple[str, ...] = (),
    learned: tuple[str, ...] = (),
) -> Panel:
    """One panel of the rows of all pieces, by account and day; a column that a piece lacks is NaN there."""
    account = _joined([piece.columns["account"] for piece in pieces], np.int64)
    day = _joined([piece.columns["day"] for piece in pieces], np.int64)
    order = np.lexsort((day, account))
    columns: dict[str, Any] = {
        name: _joined([piece.columns[name] for piece in pieces], KIND_OF[name])[order] for name in COLUMNS
    }
    for name in TABLES:
        columns[name] = {
            key: _joined([_column(piece, name, key) for piece in pieces], np.int8 if name == "labels" else np.float64)[
                order
            ]
            for key in _keys(pieces, name, horizons)
        }
    counted: dict[str, int] = {}
    for piece in pieces:
        for reason, count in piece.counted.items():
            counted[reason] = counted.get(reason, 0) + count
    return Panel(
        **columns,
        leads=Leads.joined([piece.leads for piece in pieces]),
        stayed=Leads.joined([piece.stayed for piece in pieces]),
        snapshots=snapshots,
        horizons=horizons,
        reading=reading,
        names=names,
        learned=learned,
        counted=counted,
    )


KIND_OF: Mapping[str, Any] = {
    **dict.fromkeys(("account", "day", "tenure"), np.int64),
    **dict.fromkeys(("tier", "tiers", "card"), np.int8),
    **dict.fromkeys(("account_id", "segment"), object),
    **dict.fromkeys(("score", "revenue", "days_silent", "activity_28", "override", "days_to_churn"), np.float64),
}


def _keys(pieces: Sequence[Piece], name: str, horizons: tuple[int, ...]) -> list[Any]:
    if name == "labels":
        return [(kind, horizon) for kind in range(len(KINDS)) for horizon in horizons]
    return list(dict.fromkeys(key for piece in pieces for key in piece.tables[name]))


def _column(piece: Piece, name: str, key: Any) -> npt.NDArray[Any]:
    found = piece.tables[name].get(key)
    return np.full(len(piece.columns["account"]), np.nan) if found is None else found


def _joined(parts: Sequence[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate(parts).astype(kind) if parts else np.zeros(0, dtype=kind)
