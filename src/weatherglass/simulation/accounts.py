"""The accounts: who they are, what they bought and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from weatherglass.simulation.fates import Fate, draw_fate
from weatherglass.simulation.names import company_names, person_names
from weatherglass.simulation.product import ENTITLED
from weatherglass.simulation.streams import stream
from weatherglass.simulation.workdays import REGIONS

MOST_SEATS = 2_000
FEWEST_SEATS = 3
_SEAT_SLOPE = 0.75
"""Exponent of the power law of the seats: half of the accounts have fewer than eight."""

_PRICES = {"starter": 19.0, "business": 34.0, "enterprise": 52.0}
"""List price of a seat a month, before the discount for volume."""

_SOURCES: tuple[tuple[str, str | None, float], ...] = (
    ("organic", None, 0.26),
    ("paid_search", "brand_search", 0.12),
    ("paid_search", "spring_discount", 0.10),
    ("partner", "reseller_programme", 0.12),
    ("referral", None, 0.16),
    ("event", "ops_summit", 0.10),
    ("outbound", "mid_market_calls", 0.14),
)
HASTY_CAMPAIGN = "spring_discount"
"""Its customers bought the price, not the product: far more of them leave."""


@dataclass(frozen=True, slots=True)
class Account:
    """One customer. Days count from 0, the first day of the history; they may be negative or beyond its end."""

    number: int
    account_id: str
    name: str
    industry: str
    region: str
    owner: str
    source: str
    campaign: str | None
    created: int
    seats: tuple[tuple[int, int], ...]
    """(day, seats from that day on), by day; the first entry is the contract that began it."""
    plan: str
    monthly: bool
    """Paid and cancellable by the month; else by the year."""
    anchor: int
    """One anniversary of the contract; the others lie 365 days apart (30 when `monthly`)."""
    fate: Fate = field(default_factory=Fate)
    parent_id: str | None = None
    fill: float = 0.8
    """Users as a share of the most seats there ever were."""
    idle: float = 0.1
    """Share of the users who never do anything."""
    weekly: bool = False
    """Comes by on Mondays only, and does then what it came for."""
    champion_leaves: int | None = None
    storm: int | None = None
    """First day of ten with one problem after the other."""
    unpaid_from: int | None = None
    """From this day on payments fail."""

    @property
    def segment(self) -> str:
        most = max(count for _, count in self.seats)
        return "smb" if most < 20 else "mid-market" if most < 150 else "enterprise"

    @property
    def term(self) -> int:
        """Days from one renewal to the next."""
        return 30 if self.monthly else 365

    def seats_on(self, day: int) -> int:
        return next((count for at, count in reversed(self.seats) if at <= day), self.seats[0][1])

    def mrr_on(self, day: int) -> float:
        return monthly_price(self.plan, self.seats_on(day))

    def renewals(self, until: int) -> list[int]:
        """Days from 0 to `until`, both included, on which the contract was renewed (or ended)."""
        first = self.anchor % self.term
        start = max(self.created + 1, 0)
        return [day for day in range(first, until + 1, self.term) if day >= start]


def monthly_price(plan: str, seats: int) -> float:
    """What the seats cost a month, in whole cents; from ten seats on each doubling takes 6 % off the seat."""
    discount = 1.0 if seats <= 10 else 0.94 ** float(np.log2(seats / 10))
    return round(_PRICES[plan] * seats * discount, 2)


def plan_for(seats: int, luck: float) -> str:
    """The plan that an account of this size has bought; `luck` in 0..1 moves the borders."""
    if seats < 8 + 10 * luck:
        return "starter"
    return "business" if seats < 90 + 160 * luck else "enterprise"


def entitled(account: Account) -> str:
    return ";".join(ENTITLED[account.plan])


def draw_accounts(count: int, days: int, seed: int) -> list[Account]:
    """`count` accounts without a story, for a history of `days` days.

    Their seats follow a power law from 3 to 2,000; 55 in 100 were customers long before the history begins.
    """
    rng = stream(seed, "accounts")
    names = company_names(count, rng)
    owners = person_names(8, rng)
    # Evenly spread quantiles instead of free draws: a history of any size has its few large accounts, and one of each.
    quantile = (rng.permutation(count) + rng.random(count)) / count
    seats = np.minimum(MOST_SEATS, (FEWEST_SEATS * (1.0 - quantile) ** (-1.0 / _SEAT_SLOPE)).astype(np.int64))
    return [
        _draw_account(number, names[number], int(seats[number]), owners, days, stream(seed, "account", number))
        for number in range(count)
    ]


def account_id(number: int) -> str:
    return f"acc_{number + 1:04d}"


def _draw_account(
    number: int, name: tuple[str, str], seats: int, owners: list[str], days: int, rng: np.random.Generator
) -> Account:
    older = rng.random() < 0.55
    created = -int(rng.integers(120, 900)) if older else int(rng.integers(0, max(1, days - 20)))
    plan = plan_for(seats, float(rng.random()))
    monthly = plan == "starter" and rng.random() < 0.6
    source, campaign = _draw_source(rng)
    fate = draw_fate(days, created, rng)
    if campaign == HASTY_CAMPAIGN and fate.churned is None and rng.random() < 0.5:
        fate = _hasten(days, created, rng) or fate
    # A contract ends when its customer leaves, and is cut down some weeks after the use has been.
    anchor = fate.churned if fate.churned is not None else created if fate.shrinks is None else fate.shrinks + 25
    return Account(
        number=number,
        account_id=account_id(number),
        name=name[0],
        industry=name[1],
        region=list(REGIONS)[int(rng.choice(3, p=[0.42, 0.43, 0.15]))],
        owner=owners[_owner(seats, rng)],
        source=source,
        campaign=campaign,
        created=created,
        seats=_seat_steps(seats, created, anchor, fate, rng),
        plan=plan,
        monthly=monthly,
        anchor=anchor,
        fate=fate,
        parent_id=account_id(int(rng.integers(0, number))) if number > 20 and rng.random() < 0.03 else None,
        fill=float(rng.uniform(0.55, 1.0)),
        idle=float(rng.uniform(0.0, 0.25)),
        weekly=seats < 10 and fate.kind == "stable" and rng.random() < 0.08,
        champion_leaves=_champion_leaves(fate, created, days, rng),
        storm=int(rng.integers(max(created, 0), days)) if rng.random() < 0.02 else None,
        unpaid_from=int(rng.integers(max(created + 30, 0), days + 40)) if rng.random() < 0.03 else None,
    )


def _draw_source(rng: np.random.Generator) -> tuple[str, str | None]:
    source, campaign, _ = _SOURCES[int(rng.choice(len(_SOURCES), p=[share for _, _, share in _SOURCES]))]
    return source, campaign


def _hasten(days: int, created: int, rng: np.random.Generator) -> Fate | None:
    """A churn for an account that would have stayed; None when it is too young to have made up its mind."""
    for _ in range(12):
        fate = draw_fate(days, created, rng)
        if fate.churned is not None:
            return fate
    return None


def _owner(seats: int, rng: np.random.Generator) -> int:
    """The large accounts share three owners, the others five."""
    return int(rng.integers(0, 3)) if seats >= 60 else int(rng.integers(3, 8))


def _champion_leaves(fate: Fate, created: int, days: int, rng: np.random.Generator) -> int | None:
    if fate.kind == "declining" and rng.random() < 0.35:
        return int(fate.use[0][0])
    if rng.random() < 0.04:
        return int(rng.integers(max(created + 30, 0), days + 60))
    return None


def _seat_steps(
    seats: int, created: int, anchor: int, fate: Fate, rng: np.random.Generator
) -> tuple[tuple[int, int], ...]:
    """Seats over time: growing accounts arrive at `seats` in steps, shrinking ones give some back at a renewal."""
    if fate.grows:
        start, end = fate.grows
        begun = max(FEWEST_SEATS, int(seats / rng.uniform(1.3, 1.9)))
        halfway = (begun + seats) // 2
        steps = [(created, begun), (max(created + 1, start + 20), halfway), (max(created + 2, end - 30), seats)]
        return tuple(step for number, step in enumerate(steps) if number == 0 or step[1] > steps[number - 1][1])
    if fate.shrinks is not None:
        renewal = anchor + -(-(fate.shrinks - anchor) // 365) * 365
        fewer = max(FEWEST_SEATS, int(seats * rng.uniform(0.5, 0.8)))
        return ((created, seats), (renewal, fewer)) if fewer < seats else ((created, seats),)
    return ((created, seats),)
