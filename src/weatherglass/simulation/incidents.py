"""What truly went wrong with whom in a simulated company, to hold alerts against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np

from weatherglass.simulation.accounts import Account, draw_accounts
from weatherglass.simulation.company import Company
from weatherglass.simulation.stories import cast_stories, stories_told

Kind = Literal["decline", "pause", "shrinking", "silence", "champion", "tickets", "payment"]

TELLING: dict[str, frozenset[Kind]] = {
    "health": frozenset({"decline", "pause", "shrinking", "silence", "champion", "tickets"}),
    "contact": frozenset({"champion", "decline", "pause", "shrinking", "silence"}),
    "support": frozenset({"tickets", "decline"}),
    "payment": frozenset({"payment"}),
}
"""Problem of an alert -> the incidents that it is about. Other problems are plain facts, and not judged."""
HALF = 0.5
"""Of the usual use: a gradual incident counts from the day on which no more is left."""
AFTER = 14
"""Days after the end of an incident in which an alert is still about it."""
SLOWEST = 200
"""Days in which any that is gradual becomes plain."""
CHAMPION_DAYS = 60
TICKET_DAYS = 30


@dataclass(frozen=True)
class Incident:
    """Something that went wrong with an account. Days are calendar days."""

    account_id: str
    kind: Kind
    begins: date
    """The first day on which anything of it is there."""
    plain: date
    """The day from which on it ought to be found."""
    ends: date


@dataclass(frozen=True)
class Raised:
    """An alert as it is judged."""

    account_id: str
    problem: str
    day: date


@dataclass(frozen=True)
class Judged:
    """How alerts did. Shares are of counts that are told beside them."""

    found: Counter[str]
    """Kind of incident -> found within the days allowed."""
    incidents: Counter[str]
    right: Counter[str]
    """Problem -> alerts about something."""
    raised: Counter[str]
    late: list[Incident] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found.total() / max(1, self.incidents.total())

    @property
    def precision(self) -> float:
        return self.right.total() / max(1, self.raised.total())


def incidents(company: Company) -> list[Incident]:
    """All of a company that have begun, also before its history, and those that become plain or end after it.

    None of customers who had left.
    """
    found = []
    accounts = len(company.tables["accounts"])
    cast = cast_stories(draw_accounts(accounts, company.days, company.seed), company.stories, company.days)
    assert stories_told(accounts, company.days) == company.stories
    failed = _failed(company, {one.account_id: one.unpaid_from for one in cast if one.unpaid_from is not None})
    for account in cast:
        gone = account.fate.churned if account.fate.churned is not None else 10**5
        for kind, begins, plain, ends in _of(account, company.days, failed.get(account.account_id)):
            if 0 <= plain < gone and begins < company.days:
                days = (_day(company, one) for one in (begins, plain, min(ends, gone)))
                found.append(Incident(account.account_id, kind, *days))
    return found


def _failed(company: Company, unpaid: Mapping[str, int]) -> dict[str, int]:
    """Account -> the day number on which its first payment failed, or was due and never came.

    unpaid: from which day on an account pays nothing any more; other open invoices may only be late.
    """
    first = company.end.toordinal() - company.days + 1
    rows = company.tables["invoices"].select(["account_id", "status", "due_at", "issued_at"]).to_pylist()
    found: dict[str, int] = {}
    for row in rows:
        issued, day = (one.date().toordinal() - first for one in (row["issued_at"], row["due_at"] or row["issued_at"]))
        never = row["status"] == "open" and issued >= unpaid.get(row["account_id"], company.days)
        if row["status"] == "failed" or (never and day < company.days):
            found[row["account_id"]] = min(day, found.get(row["account_id"], day))
    return found


def _of(account: Account, days: int, failed: int | None) -> Iterator[tuple[Kind, int, int, int]]:
    """Kind, beginning, the day it is plain, and end, as day numbers."""
    fate = account.fate
    if fate.kind in {"declining", "returning", "shrinking"}:
        kinds: dict[str, Kind] = {"declining": "decline", "returning": "pause", "shrinking": "shrinking"}
        begins, ends = int(fate.use[0][0]), int(fate.use[-1][0])
        later = days + SLOWEST
        left = np.flatnonzero((np.arange(later) >= begins) & (fate.trend_on(later) <= HALF))
        plain = int(left[0]) if len(left) else later
        yield kinds[fate.kind], begins, plain, ends if fate.kind == "returning" else 10**5
    if fate.kind == "sudden" and len(fate.use) > 1:
        yield "silence", int(fate.use[1][0]), int(fate.use[1][0]), 10**5
    if account.champion_leaves is not None:
        left_on = account.champion_leaves
        yield "champion", left_on - 1, left_on, left_on + CHAMPION_DAYS
    if account.storm is not None:
        yield "tickets", account.storm, account.storm, account.storm + TICKET_DAYS
    if account.unpaid_from is not None and failed is not None:
        yield "payment", failed, failed, 10**5


def _day(company: Company, number: int) -> date:
    first = company.end.toordinal() - company.days + 1
    return date.fromordinal(max(1, min(first + number, company.end.toordinal() + 400)))


def judge(truth: Sequence[Incident], alerts: Iterable[Raised], first: date, last: date, within: int = 7) -> Judged:
    """Alerts of a stretch of days against the incidents that became plain early enough in it to be found.

    An incident is found by an alert about it from its beginning to `within` days after it was plain.
    """
    told = sorted(alerts, key=lambda one: one.day)
    mine: dict[str, list[Incident]] = {}
    for one in truth:
        mine.setdefault(one.account_id, []).append(one)
    judged = Judged(Counter(), Counter(), Counter(), Counter())
    by_account: dict[str, list[Raised]] = {}
    for alert in told:
        by_account.setdefault(alert.account_id, []).append(alert)
        if alert.problem in TELLING and first <= alert.day <= last:
            judged.raised[alert.problem] += 1
            judged.right[alert.problem] += any(_about(alert, one) for one in mine.get(alert.account_id, ()))
    for incident in truth:
        if not first.toordinal() + within <= incident.plain.toordinal() <= last.toordinal() - within:
            continue
        judged.incidents[incident.kind] += 1
        until = incident.plain.toordinal() + within
        if any(
            _about(one, incident) and one.day.toordinal() <= until for one in by_account.get(incident.account_id, ())
        ):
            judged.found[incident.kind] += 1
        else:
            judged.late.append(incident)
    return judged


def _about(alert: Raised, incident: Incident) -> bool:
    during = incident.begins <= alert.day and alert.day.toordinal() <= incident.ends.toordinal() + AFTER
    return during and incident.kind in TELLING.get(alert.problem, frozenset())
