"""What a report is made from: tables of one day and a few earlier ones, and the accounts to look at closely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from weatherglass.scores.change import Move

UNSCORED = "unscored"

SPANS = (28, 56, 84)
"""The spans of a trajectory in days: 4, 8 and 12 weeks."""

ACCOUNT_COLUMNS = ("account_id", "name", "owner", "segment", "arr", "mrr", "renewal_date")
SCORE_COLUMNS = (
    "account_id",
    "score",
    "tier",
    "tier_shown",
    "lifecycle",
    "coverage",
    "confidence",
    "scorecard_version",
)
EARLIER_COLUMNS = ("account_id", "score", "tier_shown", "scorecard_version")
TREND_COLUMNS = ("as_of", "tier_shown", "accounts", "revenue")
SIGNAL_COLUMNS = ("dimension", "signal", "score", "weight", "contribution")


Driver = Move
"""One line of what moved a score; no `dimension` where the line is no signal's: moved weights, a changed card."""


@dataclass(frozen=True, slots=True)
class Mover:
    """An account whose score moved over the last 28 days, and what moved it."""

    account_id: str
    before: float
    now: float
    tier_before: str
    """Tier shown 28 days ago."""
    tier_now: str
    """Tier shown today."""
    driver: Driver | None = None
    others: tuple[Driver, ...] = ()
    """Further lines, the largest first."""

    @property
    def change(self) -> float:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard that the scores of the day were made with."""

    name: str
    version: str
    """As in the column `scorecard_version`."""
    lines: tuple[float, ...] = ()
    """Where the tiers above the lowest begin, ascending: one fewer than `Material.tiers`, or empty (not drawn)."""


@dataclass(frozen=True, slots=True, eq=False)
class AccountDetail:
    """One account to look at closely."""

    account_id: str
    scores: NDArray[np.float64]
    """One a day, oldest first, the last is that of the report's day; NaN on a day without a score. Up to 52 weeks."""
    tiers: tuple[str, ...]
    """Tier shown on the same days; empty text on a day without a row."""
    signals: pa.Table
    """Signal rows of the day."""
    signals_before: pa.Table | None = None
    """Signal rows of 28 days before; None or empty where the account had none."""
    signal_history: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """Score of a signal a day over the last 84 days, oldest first, NaN where it had none."""
    sentences: tuple[str, ...] = ()
    """Reasons in plain words, the most important first."""
    versions: tuple[str, ...] = ()
    """`scorecard_version` of the same days as `scores`; empty: changes of card are not marked."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Everything that one report shows; nothing is looked up elsewhere.

    Tables may hold more columns than are named here and their rows may come in any order.
    """

    workspace: str
    as_of: date
    generated_at: datetime
    accounts: pa.Table
    """Columns of the source table `accounts`; only `account_id` must be there, all others may be null or missing."""
    today: pa.Table
    """Score rows of `as_of`, one an account."""
    tiers: tuple[str, ...]
    """Names, lowest to highest, without `unscored`; of several cards, every name that any of them gives."""
    earlier: Mapping[int, pa.Table] = field(default_factory=dict)
    """Score rows of the day that many days before `as_of`: 7, 28, 56, 84. A day that is missing is said to be."""
    tier_trend: pa.Table | None = None
    """`as_of, tier_shown, accounts, revenue`: weekly totals, oldest to newest, up to 53 weeks."""
    worst: tuple[AccountDetail, ...] = ()
    """In the order to be shown."""
    movers: tuple[Mover, ...] = ()
    """Both directions in any order; the page shows the largest ten of each."""
    drivers: Mapping[str, Driver] = field(default_factory=dict)
    """What moved each account's score most over 28 days; accounts not named fall back to their `movers` entry."""
    chances: Mapping[str, float] = field(default_factory=dict)
    """Chance of churn within `chance_days`, by account; accounts whose card has none are missing."""
    chance_days: int = 0
    cards: tuple[Card, ...] = ()
    data_notes: tuple[str, ...] = ()
    timezone: str = "UTC"
    """Of the workspace; a renewal's day is a day of it."""
    currency: str = ""
    """Put before amounts of money as it is: "$", "EUR "."""

    def lines_of(self, version: str | None) -> tuple[float, ...]:
        """Tier lines of the card with this version; empty when they are not known or do not fit `tiers`."""
        for card in self.cards:
            if card.version == version and len(card.lines) == len(self.tiers) - 1:
                return card.lines
        return ()
