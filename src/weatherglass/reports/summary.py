"""The book of accounts in one sentence and a handful of figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from weatherglass.reports import wording
from weatherglass.reports.material import Material
from weatherglass.reports.portfolio import Portfolio, TierRow, moves, tiers_of
from weatherglass.reports.revenue import revenue_of

RENEWAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the numbers at the head of the page."""

    name: str
    value: str
    note: str


def summary(material: Material, book: Portfolio) -> str:
    """The one sentence that a reader takes along."""
    rows, total = book.rows, book.total
    if total.accounts == 0:
        return "There is no account to report on yet: a score begins with an account's first dated fact."
    unscored, lowest = rows[-1].accounts, rows[-2]
    if unscored == total.accounts:
        one = "The one account has" if unscored == 1 else f"None of the {unscored:,} accounts has"
        no = "no score yet" if unscored == 1 else "a score yet"
        return f"{one} {no}: too little is known, and an unscored account is never shown as healthy."
    if total.accounts == 1:
        return f"The one account of this workspace is {_in_tier(next(row.name for row in rows if row.accounts))}."
    scored = total.accounts - unscored
    return f"{_risk(material, lowest, total, scored)}{_moved(material)}."


def _risk(material: Material, lowest: TierRow, total: TierRow, scored: int) -> str:
    if lowest.accounts == 0:
        return f"None of the {wording.count(scored, 'scored account')} is {_in_tier(lowest.name)}"
    verb = "is" if lowest.accounts == 1 else "are"
    text = f"{lowest.accounts:,} of {wording.count(scored, 'scored account')} {verb} {_in_tier(lowest.name)}"
    if lowest.revenue is None or total.revenue is None or lowest.revenue_share is None:
        return text
    held, whole = (wording.money_short(amount, material.currency) for amount in (lowest.revenue, total.revenue))
    with_ = "with" if lowest.accounts == 1 else "and hold"
    return f"{text} {with_} {held} of {whole} ARR ({wording.percent(lowest.revenue_share)})"


def _moved(material: Material) -> str:
    moved = moves(material, 28)
    if moved is None:
        return ""
    if moved.fell + moved.rose == 0:
        return "; no account changed tier in 28 days"
    return f"; in 28 days {moved.fell:,} fell a tier or more and {moved.rose:,} rose"


def _in_tier(tier: str) -> str:
    """A tier in a sentence: colours and words as they are, letters as tiers."""
    name = wording.clean(tier)
    return f"in tier {name}" if len(name) == 1 else name


def _where(tier: str) -> str:
    """A tier as the place of an amount: "in red", "in tier F"."""
    return f"in {_in_tier(tier).removeprefix('in ')}"


def figures(material: Material, book: Portfolio) -> tuple[Figure, ...]:
    """The numbers at the head of the page; none without accounts."""
    total, lowest = book.total, book.rows[-2]
    if total.accounts == 0:
        return ()
    without = f"{total.without_revenue:,} without ARR" if total.without_revenue else ""
    whole = f"of {wording.money_short(total.revenue, material.currency)}" if total.revenue is not None else ""
    share = wording.percent(lowest.revenue_share) if lowest.revenue_share is not None else ""
    return (
        Figure("Accounts scored", f"{book.scored:,}", f"of {total.accounts:,}; {book.unscored:,} unscored"),
        _median_figure(material),
        Figure(
            f"ARR {_where(lowest.name)}",
            wording.money_short(lowest.revenue if lowest.accounts else 0.0, material.currency),
            "; ".join(part for part in (f"{share} {whole}".strip(), without) if part),
        ),
        _moves_figure(material),
        _renewal_figure(material),
    )


def _median_figure(material: Material) -> Figure:
    now = [value for value in material.today.column("score").to_pylist() if wording.known(value)]
    table = material.earlier.get(28)
    before = [] if table is None else [value for value in table.column("score").to_pylist() if wording.known(value)]
    note = f"{wording.score(median(before))} 28 days before" if before else "no score 28 days before"
    return Figure("Median score", wording.score(median(now) if now else None), note if now else "no account is scored")


def _moves_figure(material: Material) -> Figure:
    month, week = moves(material, 28), moves(material, 7)
    if month is None:
        return Figure("Fell a tier, 28 days", wording.NONE, "that day is not known")
    parts = [f"{month.rose:,} rose"]
    if week is not None:
        parts.append(f"last 7 days: {week.fell:,} fell, {week.rose:,} rose")
    return Figure("Fell a tier, 28 days", f"{month.fell:,}", "; ".join(parts))


def _renewal_figure(material: Material) -> Figure:
    """Renewals ahead, and how many of them are in the lowest tier."""
    name = f"Renewals in {RENEWAL_DAYS} days"
    if "renewal_date" not in material.accounts.column_names:
        return Figure(name, wording.NONE, "no renewal dates are known")
    tier_of, last = tiers_of(material.today), material.as_of + timedelta(days=RENEWAL_DAYS)
    lowest, revenue = material.tiers[0], revenue_of(material.accounts)
    ahead: list[str] = []
    known = 0
    cells = material.accounts.select(["account_id", "renewal_date"]).to_pydict()
    for account, cell in zip(cells["account_id"], cells["renewal_date"], strict=True):
        due = wording.day_of(cell, material.timezone)
        known += due is not None and account in tier_of
        if due is not None and material.as_of < due <= last and account in tier_of:
            ahead.append(account)
    if not known:
        return Figure(name, wording.NONE, "no renewal dates are known")
    low = [account for account in ahead if tier_of[account] == lowest]
    amounts = [amount for account in low if (amount := revenue.get(account)) is not None]
    money = f", {wording.money_short(sum(amounts), material.currency)} ARR" if amounts else ""
    return Figure(name, f"{len(ahead):,}", f"{len(low):,} {_in_tier(lowest)}{money}")
