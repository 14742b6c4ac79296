"""Episodes: one open problem of an account at a time, updated and not repeated, closed when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from weatherglass.config.alerts import Severity

Key = tuple[str, str]
"""Account and problem; the account of a problem of the data is empty."""
RENEWAL_DAYS = 60
GOOD = frozenset({"expansion", "good"})


@dataclass(frozen=True)
class Hit:
    """A rule's new reason."""

    rule: str
    severity: Severity
    line: str


@dataclass(frozen=True)
class Episode:
    """A problem of an account, from the day it was seen until it is over. Days are day numbers."""

    account_id: str
    problem: str
    severity: Severity
    opened: int
    hits: tuple[Hit, ...]
    """The first of each rule."""
    fine_since: int | None = None
    """The first day without the problem, of those that have no end yet."""

    @property
    def key(self) -> Key:
        return self.account_id, self.problem


@dataclass(frozen=True)
class Change:
    """What a day did to an episode; `left`: it ended because the customer did."""

    kind: Literal["opened", "updated", "closed"]
    episode: Episode
    day: int
    left: bool = False


@dataclass
class Standing:
    """The open episodes, and when the closed ones were closed."""

    open: dict[Key, Episode] = field(default_factory=dict)
    closed: dict[Key, int] = field(default_factory=dict)
