"""Outcomes of accounts, each with the day it happened and the day it could be known, and labels as of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from weatherglass.signals.sparse import NEVER
from weatherglass.signals.windows import Bools, Floats, Ints

Labels = npt.NDArray[np.int8]

KINDS = ("churned", "renewed", "expanded", "contracted")
CHURNED, RENEWED, EXPANDED, CONTRACTED = range(4)

YES, NO, NOT_YET = 1, 0, -1
"""A label; NOT_YET where nobody can know it so far."""

_SPAN = np.int64(1) << 42
"""More than any number of days, NEVER included."""
_EARLY = np.int64(1) << 24
"""Days are at least minus this."""


@dataclass(frozen=True)
class Outcomes:
    """What happened to accounts, one row an outcome, by account and day; days are numbers of calendar days."""

    account: Ints
    kind: npt.NDArray[np.int8]
    """A place in `KINDS`."""
    day: Ints
    """The day it happened: the contract's end, the row's date, or the last day of so long a silence."""
    known: Ints
    """The first day whose end knew it."""
    since: Ints
    """The day from which the account was in fact gone: of a silence its first day, else `day`."""
    back: Ints
    """Of a churn: the day the account was there again, NEVER if it was not; of other kinds NEVER."""
    amount: Floats
    """What the month's revenue changed by, or the amount of the table's row; NaN where nobody said."""

    def __len__(self) -> int:
        return len(self.account)

    @classmethod
    def of(cls, **columns: Any) -> Self:
        """From columns in any order of rows; `known`, `since`, `back` and `amount` may be left out."""
        account = np.asarray(columns["account"], dtype=np.int64)
        day = np.asarray(columns["day"], dtype=np.int64)
        order = np.lexsort((columns["kind"], day, account))

        def column(name: str, default: Any) -> npt.NDArray[Any]:
            return np.asarray(np.broadcast_to(columns.get(name, default), account.shape)[order])

        return cls(
            account[order],
            column("kind", 0).astype(np.int8),
            day[order],
            column("known", day).astype(np.int64),
            column("since", day).astype(np.int64),
            column("back", NEVER).astype(np.int64),
            column("amount", np.nan).astype(np.float64),
        )

    @classmethod
    def none(cls) -> Self:
        return cls.of(account=[], kind=[], day=[])

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Self:
        """All rows of several."""
        if not parts:
            return cls.none()
        return cls.of(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)})

    def where(self, keep: Bools) -> Self:
        return type(self)(*(getattr(self, f.name)[keep] for f in fields(self)))

    def only(self, kind: int) -> Self:
        return self.where(self.kind == kind)

    def known_by(self, day: int) -> Self:
        """What could be known by the end of a day."""
        return self.where(self.known <= day)


@dataclass(frozen=True)
class Following:
    """The rows that are asked about: `account` and the `day` whose end they are as of."""

    account: Ints
    day: Ints

    def last_by(self, outcomes: Outcomes, ahead: int = 0) -> Ints:
        """The place of each row's last outcome on or before so many days ahead; -1: none."""
        keys = _keys(outcomes.account, outcomes.day)
        place = np.searchsorted(keys, _keys(self.account, self.day + ahead), side="right") - 1
        return np.where(_mine(outcomes, place, self.account), place, -1)

    def next_after(self, outcomes: Outcomes) -> Ints:
        """The place of each row's first outcome after its day; -1: none."""
        keys = _keys(outcomes.account, outcomes.day)
        place = np.searchsorted(keys, _keys(self.account, self.day), side="right")
        return np.where(_mine(outcomes, place, self.account), place, -1)


def gone(churns: Outcomes, rows: Following) -> Bools:
    """Whether the account had churned by the row's day and was not back."""
    place = rows.last_by(churns)
    back = _at(churns.back, place, -NEVER)
    return np.asarray((place >= 0) & (back > rows.day))


def within(outcomes: Outcomes, rows: Following, horizon: int, *, gone_at_end: bool = False) -> Bools:
    """Whether an outcome falls in the `horizon` days after the row's day.

    gone_at_end: only where the account is not back by the end of them; who was silent and is there again is no loss.
    """
    place = rows.last_by(outcomes, horizon)
    happened = (place >= 0) & (_at(outcomes.day, place, -NEVER) > rows.day)
    if not gone_at_end:
        return np.asarray(happened)
    return np.asarray(happened & (_at(outcomes.back, place, -NEVER) > rows.day + horizon))


def labelled(happens: Bools, rows: Following, horizon: int, delay: int, known_to: int) -> Labels:
    """Labels 1, 0 and -1 (not known yet).

    delay: days after the horizon's end until both answers can be known. known_to: the last day with facts.
    """
    return np.where(rows.day + horizon + delay <= known_to, happens.astype(np.int8), np.int8(NOT_YET)).astype(np.int8)


def days_until(churns: Outcomes, rows: Following) -> Floats:
    """Days from each row's day to the account's next churn; NaN where none is known."""
    place = rows.next_after(churns)
    return np.where(place >= 0, _at(churns.day, place, 0) - rows.day, np.nan)


def _keys(account: Ints, day: Ints) -> Ints:
    return np.asarray(account * _SPAN + np.clip(day, -_EARLY, NEVER) + _EARLY)


def _mine(outcomes: Outcomes, place: Ints, account: Ints) -> Bools:
    inside = (place >= 0) & (place < len(outcomes))
    return np.asarray(inside & (_at(outcomes.account, np.where(inside, place, -1), -1) == account))


def _at(values: npt.NDArray[Any], place: Ints, otherwise: int | np.int64) -> Ints:
    """Values at places, and another where the place is -1."""
    if not len(values):
        return np.full(place.shape, otherwise, dtype=np.int64)
    return np.where(place >= 0, values[np.maximum(place, 0)], otherwise).astype(np.int64)
