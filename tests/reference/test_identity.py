"""Who did what, what is one row, and where accounts begin."""

from __future__ import annotations

import pytest

from .card import Settings, four_inputs
from .company import Company
from .scoring import score_company
from .stories import at, day, event, score, signal, subscription, ticket

AS_PUBLISHED = Settings(card=four_inputs())


def accounts_with_rows(company: Company, number: int) -> list[str]:
    """The accounts scored on the day."""
    return [row["account_id"] for row in score_company(company, Settings(), day(number))[0]]


def group(user: str, account: str | None, number: float) -> dict[str, object]:
    """A group call."""
    return {"account_id": account, "user_id": user, "name": "group", "type": "Group", "timestamp": at(number)}


def test_group_calls_resolve_events() -> None:
    events = [group("u1", "b", 1), group("u1", "a", 3), event(0, account_id=None), event(2, account_id=None)]
    events += [event(3, account_id=None), event(4, account_id="c")]
    company = Company(events=events)
    assert accounts_with_rows(company, 4) == ["a", "b", "c"]
    assert [signal(company, "core_actions", 4, AS_PUBLISHED, account)[0] for account in "abc"] == [1, 1, 1]


def test_group_calls_at_the_same_instant() -> None:
    company = Company(events=[group("u1", "b", 1), group("u1", "a", 1), event(1, account_id=None)])
    assert signal(company, "core_actions", 1, AS_PUBLISHED, "b")[0] == 1


def test_users_table_resolves_when_there_is_exactly_one() -> None:
    users = [
        {"user_id": "u1", "account_id": "a"},
        {"user_id": "u2", "account_id": "a"},
        {"user_id": "u2", "account_id": "b"},
    ]
    events = [event(0, "u1", account_id=None), event(0, "u2", account_id=None), event(0, None, account_id=None)]
    company = Company(users=users, events=events)
    assert accounts_with_rows(company, 0) == ["a"]
    assert signal(company, "core_actions", 0, AS_PUBLISHED)[0] == 1


def test_a_user_in_two_accounts_is_a_user_of_each() -> None:
    company = Company(events=[event(0), event(0, account_id="b")])
    assert [signal(company, "session_frequency", 0, AS_PUBLISHED, account)[0] for account in "ab"] == [1, 1]


def test_one_event_a_message() -> None:
    events = [event(5, message_id="m"), event(2, message_id="m"), event(9, message_id="m")]
    events += [event(6, message_id=""), event(6, message_id=None)]
    company = Company(events=events)
    assert accounts_with_rows(company, 1) == []
    assert signal(company, "core_actions", 2, AS_PUBLISHED)[0] == 1
    assert signal(company, "core_actions", 9, AS_PUBLISHED)[0] == 3


def test_one_event_a_message_at_the_same_instant() -> None:
    # The empty account is the smallest: the event is the user's, who is nobody's.
    company = Company(events=[event(0), event(1, message_id="m"), event(1, message_id="m", account_id=None)])
    assert signal(company, "core_actions", 1, AS_PUBLISHED)[0] == 1


def test_one_row_an_id() -> None:
    tickets = [ticket("t", 3), ticket("t", 1, severity="urgent")]
    assert signal(Company(tickets=tickets), "severity", 1) == (1.0, None, 0)
    accounts = [{"account_id": "a", "seats": 1}, {"account_id": "a", "seats": 4}]
    assert signal(Company(accounts=accounts, events=[event(0)]), "active_user_ratio", 0)[0] == 0.25


def test_identify_begins_but_is_no_activity() -> None:
    company = Company(events=[event(0, type="IDENTIFY"), event(3)])
    assert accounts_with_rows(company, 0) == ["a"]
    assert signal(company, "session_frequency", 2, AS_PUBLISHED)[2] is None
    assert signal(company, "session_frequency", 3, AS_PUBLISHED)[2] == 100


def test_beginnings() -> None:
    # The account is of day -30, the workspace's first dated row of day 0: history from day 0, age from day -30.
    company = Company(accounts=[{"account_id": "a", "created_at": at(-30)}], events=[event(0, account_id="b")])
    assert accounts_with_rows(company, -1) == []
    row = score(company, 0)
    assert row["lifecycle"] == "behavioural", "age 30"
    assert score(company, 20)["confidence"] == pytest.approx(score(company, 20)["coverage"] * 21 / 84)
    assert accounts_with_rows(Company(accounts=company.accounts), 100) == [], "no dated row in any fact table"


def test_outcomes_and_events_of_nobody_begin_nothing() -> None:
    outcome = {"account_id": "a", "kind": "churned", "occurred_at": at(0)}
    company = Company(events=[event(0, "u9", account_id=None)], outcomes=[outcome], tickets=[ticket("t", 5)])
    assert accounts_with_rows(company, 4) == []
    assert accounts_with_rows(company, 5) == ["a"]


def test_nothing_of_tomorrow() -> None:
    # A row at 00:00 of the next day is not known today, in the zone of the workspace.
    company = Company(zone="America/New_York", tickets=[ticket("t", 0, hour=5), ticket("u", 1, hour=5)])
    assert signal(company, "volume", 0)[0] == 1
    assert signal(company, "volume", 1)[0] == 2


def test_a_subscription_counts_from_its_start() -> None:
    company = Company(
        accounts=[{"account_id": "a", "seats": 2}],
        events=[event(0), event(5)],
        subscriptions=[subscription("s", 3, 3, seats=8), subscription("t", 4, seats=4)],
    )
    assert [signal(company, "active_user_ratio", number)[0] for number in (2, 3, 4)] == [0.5, 0.5, 0.25]
