"""What truly went wrong: also what has only begun when the history ends, and bills that nobody pays."""

from __future__ import annotations

import datetime as dt

import pytest

from weatherglass.simulation import simulate_company
from weatherglass.simulation.accounts import draw_accounts
from weatherglass.simulation.company import Company
from weatherglass.simulation.incidents import Incident, Raised, incidents, judge
from weatherglass.simulation.stories import cast_stories

DAYS, END = 200, dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def company() -> Company:
    return simulate_company(400, DAYS, 21, END)


@pytest.fixture(scope="module")
def truth(company: Company) -> list[Incident]:
    return incidents(company)


def test_a_decline_that_has_begun_is_something_to_tell_of(company: Company, truth: list[Incident]) -> None:
    begun = [one for one in truth if one.kind in {"decline", "shrinking", "pause"} and one.plain > END]
    assert begun and all(one.begins <= END for one in begun)
    judged = judge(truth, [Raised(begun[0].account_id, "health", END)], END - dt.timedelta(days=60), END)
    assert judged.precision == 1
    # nobody can be asked to have found it yet
    assert not any(one in begun for one in judged.late)


def test_who_pays_nothing_any_more_is_an_incident_however_they_pay(company: Company, truth: list[Incident]) -> None:
    cast = cast_stories(draw_accounts(400, DAYS, 21), company.stories, DAYS)
    stop = {one.account_id: one.unpaid_from for one in cast if one.unpaid_from is not None}
    first = END - dt.timedelta(days=DAYS - 1)
    due: dict[str, dt.date] = {}
    for row in company["invoices"].to_pylist():
        since = stop.get(row["account_id"])
        if since is None or row["status"] not in {"open", "failed"} or row["due_at"].date() > END:
            continue
        if (row["issued_at"].date() - first).days >= since:
            due[row["account_id"]] = min(row["due_at"].date(), due.get(row["account_id"], END))
    told = {one.account_id: one.plain for one in truth if one.kind == "payment"}
    assert due and told == {account: day for account, day in due.items() if account in told}
    assert {row["status"] for row in company["invoices"].to_pylist() if row["account_id"] in told} >= {"open", "failed"}
    lost = {row["account_id"] for row in company["outcomes"].to_pylist() if row["kind"] == "churned"}
    assert due.keys() - told.keys() <= lost
