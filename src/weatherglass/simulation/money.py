"""Money: subscriptions, invoices, and what became of the contract."""

from __future__ import annotations

from typing import Any

import numpy as np

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.clock import Clock

Rows = list[dict[str, Any]]

_FORETOLD = ("low usage", "missing features", "poor support", "champion left", "switched to another product")
_SUDDEN = ("budget cut", "company was bought", "went out of business", "decision of the parent company")


def contract_end(account: Account, clock: Clock) -> int | None:
    """The day on which the customer left, if that is within the history."""
    churned = account.fate.churned
    return churned if churned is not None and churned <= clock.last else None


def renewal_day(account: Account, clock: Clock) -> int | None:
    """The first renewal after the history; None for a customer who has left."""
    if contract_end(account, clock) is not None:
        return None
    return clock.days + (account.anchor - clock.days) % account.term


def subscription_rows(account: Account, clock: Clock) -> Rows:
    """Rows of the table `subscriptions`, without their ids: one for each stretch with the same seats and term.

    What began before the history is dated on its first day, as after a move to a new billing system:
    an earlier date would make the days before the history days without any use.
    """
    start = max(account.created, 0)
    gone = contract_end(account, clock)
    until = clock.last if gone is None else gone - 1
    cuts = {start} | {day for day, _ in account.seats if start < day <= until}
    if not account.monthly:
        cuts |= {day for day in account.renewals(until) if day > start}
    days = sorted(cuts)
    ends = [*days[1:], gone]
    return [
        {
            "account_id": account.account_id,
            "started_at": clock.at(day),
            "ended_at": clock.at(end) if end is not None else None,
            "mrr": account.mrr_on(day),
            "seats": account.seats_on(day),
            "plan": account.plan,
        }
        for day, end in zip(days, ends, strict=True)
    ]


def outcome_rows(account: Account, clock: Clock, rng: np.random.Generator) -> Rows:
    """Rows of the table `outcomes`; `amount` is the yearly revenue renewed, won or lost."""
    start = max(account.created, 0)
    gone = contract_end(account, clock)
    until = clock.last if gone is None else gone - 1
    rows = []
    for day, _ in account.seats[1:]:
        change = 12 * (account.mrr_on(day) - account.mrr_on(day - 1))
        if start < day <= until and change:
            rows.append(_outcome(account, "expanded" if change > 0 else "contracted", clock, day, abs(change), None))
    if not account.monthly:
        renewed = [day for day in account.renewals(until) if day > start]
        rows += [_outcome(account, "renewed", clock, day, 12 * account.mrr_on(day), None) for day in renewed]
    if gone is not None:
        reasons = _FORETOLD if account.fate.foreseeable else _SUDDEN
        reason = reasons[int(rng.integers(len(reasons)))]
        rows.append(_outcome(account, "churned", clock, gone, 12 * account.mrr_on(gone), reason))
    return rows


def invoice_rows(account: Account, clock: Clock, rng: np.random.Generator) -> Rows:
    """Rows of the table `invoices`, without their ids: by the month, the quarter or the year.

    The unhappy pay late. From `unpaid_from` on nothing is paid any more.
    """
    months = 1 if account.monthly else 3 if account.number % 3 == 0 else 12
    period = {1: 30, 3: 91, 12: 365}[months]
    gone = contract_end(account, clock)
    until = clock.last if gone is None else gone - 1
    days = {day for day in range(account.anchor % period, until + 1, period) if day >= max(account.created, 0)}
    if account.created >= 0:
        days = {day for day in days if day >= account.created + period // 2} | {account.created}
    return [_invoice(account, clock, day, months, rng) for day in sorted(days)]


def _invoice(account: Account, clock: Clock, day: int, months: int, rng: np.random.Generator) -> dict[str, Any]:
    card = months == 1
    due = day + (0 if card else 30)
    mood = account.fate.mood_on(day)
    slowness = rng.normal(-6.0, 5.0) + 30.0 * max(0.0, 0.6 - mood) if not card else 3.0 * (rng.random() < 0.03)
    paid = clock.at(max(due + slowness, day + (0 if card else 1)), 9.0)
    void = rng.random() < 0.008
    fails = account.unpaid_from is not None and day >= account.unpaid_from
    settled = not fails and not void and paid < clock.at(clock.days)
    return {
        "account_id": account.account_id,
        "issued_at": clock.at(day, 6.0),
        "due_at": clock.at(due, 6.0),
        "paid_at": paid if settled else None,
        "amount": round(months * account.mrr_on(day), 2),
        "status": "paid" if settled else "void" if void and not fails else "failed" if fails and card else "open",
    }


def _outcome(account: Account, kind: str, clock: Clock, day: int, amount: float, reason: str | None) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "kind": kind,
        "occurred_at": clock.at(day),
        "amount": round(amount, 2),
        "reason": reason,
    }
