"""The whole book of accounts: how many and how much stand in each tier, and what that has become."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from weatherglass.reports.material import UNSCORED, Material
from weatherglass.reports.revenue import from_months, revenue_of


@dataclass(frozen=True, slots=True)
class TierRow:
    """One line of the table of tiers; `rank` None is unscored."""

    name: str
    rank: int | None
    accounts: int
    share: float | None
    """Of all accounts."""
    change: int | None
    """In accounts against 28 days before; None when that day is not known."""
    revenue: float | None
    """None when it is known of no account in the tier."""
    revenue_share: float | None
    without_revenue: int


@dataclass(frozen=True, slots=True)
class Moves:
    """How many accounts fell and rose by at least a tier; to and from unscored is neither."""

    fell: int
    rose: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    rows: tuple[TierRow, ...]
    total: TierRow
    scored: int
    unscored: int
    without_row: int
    """Accounts of the table of accounts that have no score row: nothing dated is known of them."""
    from_months: int
    """Accounts whose revenue is 12 x MRR."""


def portfolio(material: Material) -> Portfolio:
    revenue = revenue_of(material.accounts)
    rows = _tier_rows(material, revenue)
    total = _total(rows)
    unscored = rows[-1].accounts
    ids = set(material.today.column("account_id").to_pylist())
    return Portfolio(
        rows=rows,
        total=total,
        scored=total.accounts - unscored,
        unscored=unscored,
        without_row=sum(account not in ids for account in revenue),
        from_months=from_months(material.accounts),
    )


def moves(material: Material, days: int) -> Moves | None:
    """Tier moves since that many days before; None when that day is not known."""
    table = material.earlier.get(days)
    if table is None:
        return None
    rank = {tier: at for at, tier in enumerate(material.tiers)}
    before, now = tiers_of(table), tiers_of(material.today)
    fell = rose = 0
    for account, tier in now.items():
        was = before.get(account)
        if was is None or was == tier:
            continue
        fell += tier in rank and was in rank and rank[tier] < rank[was]
        rose += tier in rank and was in rank and rank[tier] > rank[was]
    return Moves(fell, rose)


def tiers_of(table: pa.Table) -> dict[str, str]:
    """Tier shown by account."""
    return dict(zip(table.column("account_id").to_pylist(), table.column("tier_shown").to_pylist(), strict=True))


def _tier_rows(material: Material, revenue: dict[str, float | None]) -> tuple[TierRow, ...]:
    """Highest tier first, unscored last."""
    now = tiers_of(material.today)
    table = material.earlier.get(28)
    before = None if table is None else Counter(tiers_of(table).values())
    accounts = Counter(now.values())
    worth: dict[str, list[float]] = {}
    for account, tier in now.items():
        amount = revenue.get(account)
        if amount is not None:
            worth.setdefault(tier, []).append(amount)
    whole = sum(sum(amounts) for amounts in worth.values())
    ranks: list[tuple[str, int | None]] = [(tier, rank) for rank, tier in enumerate(material.tiers)]
    rows = []
    for tier, rank in [*reversed(ranks), (UNSCORED, None)]:
        amounts = worth.get(tier, [])
        total = sum(amounts) if amounts else None
        rows.append(
            TierRow(
                name=tier,
                rank=rank,
                accounts=accounts[tier],
                share=accounts[tier] / len(now) if now else None,
                change=None if before is None else accounts[tier] - before[tier],
                revenue=total,
                revenue_share=total / whole if total is not None and whole > 0 else None,
                without_revenue=accounts[tier] - len(amounts),
            )
        )
    return tuple(rows)


def _total(rows: tuple[TierRow, ...]) -> TierRow:
    known = [row.revenue for row in rows if row.revenue is not None]
    changes = [row.change for row in rows if row.change is not None]
    accounts = sum(row.accounts for row in rows)
    return TierRow(
        name="all",
        rank=None,
        accounts=accounts,
        share=1.0 if accounts else None,
        change=sum(changes) if changes else None,
        revenue=sum(known) if known else None,
        revenue_share=1.0 if known else None,
        without_revenue=sum(row.without_revenue for row in rows),
    )
