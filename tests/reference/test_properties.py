"""What must hold of the reference for any company: nothing of the future, and everything adds up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from companies import Case, cases
from hypothesis import HealthCheck, given, settings

from .change import is_scored, split_change
from .company import KEYS, Company, Row, last_read
from .scoring import score_company

HOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))

DATED = {
    "events": "timestamp",
    "tickets": "opened_at",
    "invoices": "issued_at",
    "subscriptions": "started_at",
    "surveys": "answered_at",
    "interactions": "occurred_at",
    "milestones": "reached_at",
    "outcomes": "occurred_at",
    "accounts": "created_at",
    "users": "created_at",
}
LATER = {"tickets": "resolved_at", "invoices": "paid_at", "subscriptions": "ended_at", "users": "deactivated_at"}


def ending_with(company: Company, day: date) -> Company:
    """The rows of a company whose facts end with the day, cut in the source rows themselves."""
    zone = ZoneInfo(company.zone)
    cut = Company(zone=company.zone)

    def later(row: Row, column: str) -> bool:
        at = row.get(column)
        return at is not None and at.astimezone(zone).date() > day

    for table, dated in DATED.items():
        for row in company.events if table == "events" else last_read(company, table):
            known = dict(row)
            if later(row, dated):
                if table not in ("accounts", "users"):
                    continue
                # Seats, entitled features and the accounts of a user have no date; what remains says nothing else.
                known.update({"created_at": None, "is_champion": None, "is_executive_sponsor": None})
            if table in LATER and later(row, LATER[table]):
                # A resolution before the opening is at the opening, and so never later than the ticket.
                known.update({LATER[table]: None, **({"csat": None} if table == "tickets" else {})})
            cut.table(table).append(known)
    return cut


@HOW
@given(cases())
def test_newer_facts_change_nothing(case: Case) -> None:
    middle = case.as_of - timedelta(days=20)
    whole = score_company(case.company, case.settings, case.as_of, middle)
    cut = score_company(ending_with(case.company, middle), case.settings, middle)
    for newer, ended in zip(whole, cut, strict=True):
        assert [row for row in newer if row["as_of"] == middle] == ended


def by_day(rows: list[dict[str, Any]]) -> dict[tuple[str, date], list[dict[str, Any]]]:
    """The signal rows of each account and day."""
    days: dict[tuple[str, date], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        days[row["account_id"], row["as_of"]].append(row)
    return days


@HOW
@given(cases())
def test_contributions_add_up(case: Case) -> None:
    rows, signals = score_company(case.company, case.settings, case.as_of, case.since)
    days = by_day(signals)
    for row in rows:
        lines = days[row["account_id"], row["as_of"]]
        assert row["score"] is None or -1e-9 <= row["score"] <= 100 + 1e-9
        assert 0 <= row["confidence"] <= row["coverage"] <= 1 + 1e-9
        assert (row["score"] is None) == (row["tier"] == "unscored") == (row["tier_shown"] == "unscored")
        if row["score"] is None:
            assert all(line["weight"] is None and line["contribution"] is None for line in lines)
        else:
            assert sum(line["weight"] or 0 for line in lines) == pytest.approx(1)
            assert sum(line["contribution"] or 0 for line in lines) == pytest.approx(row["score"])
        for line in lines:
            assert line["score"] is None or -1e-9 <= line["score"] <= 100 + 1e-9
            assert (line["weight"] is None) == (line["score"] is None or row["score"] is None)


@HOW
@given(cases())
def test_one_row_a_day_for_good(case: Case) -> None:
    rows, _ = score_company(case.company, case.settings, case.as_of, case.since)
    days: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        days[row["account_id"]].append(row["as_of"])
    assert list(days) == sorted(days)
    for account_days in days.values():
        assert account_days[-1] == case.as_of
        assert account_days == [account_days[0] + timedelta(days=n) for n in range(len(account_days))]


@HOW
@given(cases())
def test_changes_add_up(case: Case) -> None:
    rows, signals = score_company(case.company, case.settings, case.as_of, case.since)
    days = by_day(signals)
    scores = {(row["account_id"], row["as_of"]): row["score"] for row in rows}
    for (account, day), lines in days.items():
        before = days.get((account, day - timedelta(days=7)))
        if before is None:
            continue
        change = split_change(before, lines)
        old, new = scores[account, day - timedelta(days=7)], scores[account, day]
        if is_scored(before) and is_scored(lines):
            assert change.total == pytest.approx(new - old, abs=1e-9)
        else:
            assert change.unscored == tuple(name for name, score in (("before", old), ("after", new)) if score is None)


def test_every_table_has_its_key() -> None:
    assert KEYS.keys() | {"events"} == DATED.keys()
