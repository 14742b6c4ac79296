"""The record that alert rules read: how every account stood on every day of a stretch, and its rare facts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from weatherglass.actions.arrays import CHUNK, Counts, Floats, Ints
from weatherglass.actions.breadth import UNKNOWN, Breadth
from weatherglass.actions.habits import Habits
from weatherglass.actions.voices import NONE, Voices
from weatherglass.reports import wording

NO_ROW = -2
NO_SCORE = 65_535
UNSCORED = -1
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Who:
    """An account's attributes, as they are now."""

    account_id: str
    name: str = ""
    owner: str = ""
    segment: str = ""
    revenue: float = 0.0
    """A year's."""
    renewal_day: int | None = None
    first_day: int = 0
    left: int | None = None
    """The day on which the customer is known to have left."""
    named: bool = True
    """Whether the table accounts has it: an id that only facts know may be a mistake of theirs."""
    region: str = ""

    @property
    def called(self) -> str:
        return self.name or self.account_id


@dataclass(frozen=True)
class Contact:
    """A champion or executive sponsor."""

    account: int
    user_id: str
    name: str
    sponsor: bool
    gone: int | None
    """The day they were deactivated on."""
    days: Ints
    """The days they were active on, ascending."""


@dataclass(frozen=True)
class Invoice:
    """An invoice that was not paid in time, or not at all."""

    account: int
    failed: int
    """The day its payment failed, or it became overdue."""
    settled: int | None
    """The day it was paid or voided."""
    amount: float


@dataclass(frozen=True)
class Due:
    """A milestone of an account."""

    account: int
    name: str
    due: int
    reached: int | None


@dataclass(frozen=True)
class Response:
    """An answer to a survey; score 0 to 10."""

    account: int
    day: int
    score: float


class Scores(Protocol):
    """(A, D) scores, 0 to 100, of which parts can be had; NaN where there is none."""

    def __getitem__(self, part: Any, /) -> Any: ...


@dataclass(frozen=True)
class Hundredths:
    """Scores in a quarter of the room: whole hundredths, and NO_SCORE."""

    values: npt.NDArray[np.uint16]

    def __getitem__(self, part: Any) -> Any:
        found = self.values[part]
        return np.where(found == NO_SCORE, np.nan, found / 100.0)


@dataclass(frozen=True)
class Record:
    """A accounts on D days. Days count from `first`, a day number; NaN and negative tiers are what is not there."""

    who: list[Who]
    first: int
    score: Floats
    """(A, D), 0 to 100."""
    tier: npt.NDArray[np.int8]
    """(A, D), the shown tier: 0 is the lowest; UNSCORED, NO_ROW."""
    top: npt.NDArray[np.int8]
    """(A, D), the highest tier of the account's card."""
    lifecycle: npt.NDArray[np.int8]
    """(A, D): 0 new, 1 onboarding, 2 behavioural."""
    confidence: Counts
    activity: Counts
    """(A, D), events that make an account active."""
    people: Counts
    """(A, D), users active on the day."""
    users: Counts
    """(A, D), users active in the last 28 days."""
    tickets: Counts
    """(A, D), tickets opened on the day."""
    seats: Counts
    """(A, D), NaN where unknown."""
    tiers: list[tuple[str, ...]]
    """The names of each account's tiers, lowest first."""
    dimensions: Mapping[str, Scores] = field(default_factory=dict)
    signals: dict[str, Floats] = field(default_factory=dict)
    """Only those that a rule asks for."""
    contacts: list[Contact] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    milestones: list[Due] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    habits: Habits | None = None
    """None where nobody knows them."""
    breadth: Breadth = UNKNOWN
    voices: Voices = NONE
    arrivals: dict[str, Floats] = field(default_factory=dict)
    """Table -> (D,) rows of it that are dated on each day."""
    nobody: Floats = field(default_factory=lambda: np.zeros(0))
    """(D,) events of nobody."""
    offset: int = 0
    """The place of its first account in the record that it is a part of, by which its facts name accounts."""

    @property
    def days(self) -> int:
        return int(self.score.shape[1])

    @property
    def last(self) -> int:
        return self.first + self.days - 1

    @cached_property
    def places(self) -> dict[str, int]:
        """Account -> its place among `who`."""
        return {one.account_id: place for place, one in enumerate(self.who)}

    def parts(self, size: int = CHUNK) -> Iterator[Record]:
        """The same, some accounts at a time, with the facts of theirs; voices are in none of them."""
        facts = {name: _grouped(getattr(self, name), size) for name in FACTS}
        for low in range(0, len(self.who), size):
            mine = slice(low, low + size)
            part: dict[str, Any] = {name: getattr(self, name)[mine] for name in ("who", "tiers", *ROWS)}
            part |= {name: of[low] for name, of in facts.items()}
            part |= {
                name: {key: of[mine] for key, of in getattr(self, name).items()} for name in ("dimensions", "signals")
            }
            habits = None if self.habits is None else self.habits.of(mine)
            yield replace(self, **part, habits=habits, breadth=self.breadth.of(mine), voices=NONE, offset=low)

    def date(self, place: int) -> dt.date:
        """The calendar day of a place in the stretch."""
        return EPOCH + dt.timedelta(days=self.first + place)

    def told(self, place: int) -> str:
        """The same, as it is written for people."""
        return wording.day(self.date(place))

    def tier_name(self, account: int, code: int) -> str:
        names = self.tiers[account]
        return names[code] if 0 <= code < len(names) else "unscored"


ROWS = ("score", "tier", "top", "lifecycle", "confidence", "activity", "people", "users", "tickets", "seats")
FACTS = ("contacts", "invoices", "milestones", "responses")


def _grouped(facts: list[Any], size: int) -> Mapping[int, list[Any]]:
    """Facts by the first account of the part that theirs is in."""
    found: dict[int, list[Any]] = defaultdict(list)
    for one in facts:
        found[one.account // size * size].append(one)
    return found
