"""Facts that come late move the days that they can touch, and no more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from inventing import FEATURES, Shape, invent
from reference import Company, Settings, init_milestones
from reference.company import Row
from stores import Bench, bench, unlike

STAIN = 20_000
"""Added to the confidence, which is at most 10,000: rows that still carry it were not written again."""
LAST = date(2024, 6, 1)
Days = set[tuple[str, date]]


def settings() -> Settings:
    """A feature map, so that what there is to adopt does not go by who uses what."""
    return Settings(features=FEATURES, core_actions=["edit", "report"], milestones=init_milestones())


def company(seed: int = 1, accounts: int = 6) -> Company:
    """Fewer than 20 busy accounts: no fleet to be measured against; with a ticket on the first day."""
    made = invent(Shape(seed=seed, accounts=accounts, days=140, events=60, quirks=frozenset({"shared users"})))
    first = min(row["timestamp"] for row in made.events)
    made.tickets.append({"ticket_id": "first", "account_id": made.events[0]["account_id"], "opened_at": first})
    made.accounts = [row for row in made.accounts if row.get("created_at") is None or row["created_at"] < first]
    return made


def stain(one: Bench) -> None:
    one.store.engine.execute(f"UPDATE scores SET confidence = confidence + {STAIN}")


def rewritten(one: Bench) -> Days:
    """The account-days that were written since the stain, which is taken away."""
    rows = one.store.engine.rows(
        "SELECT a.account_id, s.day FROM scores AS s JOIN account_ids AS a USING (account) "
        f"WHERE s.confidence < {STAIN}"
    )
    one.store.engine.execute(f"UPDATE scores SET confidence = confidence - {STAIN} WHERE confidence >= {STAIN}")
    return {(account, date(1970, 1, 1) + timedelta(days=day)) for account, day in rows}


def from_day_on(one: Bench, account: str, day: date) -> Days:
    """All rows of an account from a day on."""
    rows = one.store.engine.rows(
        "SELECT s.day FROM scores AS s JOIN account_ids AS a USING (account) WHERE a.account_id = ?", [account]
    )
    days = [date(1970, 1, 1) + timedelta(days=number) for (number,) in rows]
    return {(account, each) for each in days if each >= day}


def late(one: Bench, **tables: list[Row]) -> Days:
    """What is written again because some rows come late."""
    stain(one)
    came = Company()
    for name, rows in tables.items():
        came.table(name).extend(rows)
    one.load(came)
    run = one.score(LAST)
    assert run is not None
    written = rewritten(one)
    assert run.update.rows == len(written)
    return written


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Bench]:
    """A company that is loaded and scored."""
    with Bench(tmp_path, settings()) as one:
        one.load(company())
        one.score(LAST)
        yield one


def at(day: date, hour: int = 12) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


def event(account: str | None, day: date, **more: Any) -> Row:
    return {"account_id": account, "user_id": "late", "name": "edit", "timestamp": at(day), **more}


@given(seed=st.integers(0, 2**32 - 1))
@drawn(6)
def test_a_late_event_moves_its_account_from_its_day_on_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    with bench(settings()) as one:
        made = company(seed)
        one.load(made)
        one.score(LAST)
        account = chance.choice([row["account_id"] for row in made.events if row["account_id"]])
        first = min(row["timestamp"] for row in made.events if row["account_id"] == account).date()
        day = first + timedelta(days=chance.randrange((LAST - first).days + 1))
        assert late(one, events=[event(account, day)]) == from_day_on(one, account, day)
        with bench(settings()) as scratch:
            made.events.append(event(account, day))
            scratch.load(made)
            scratch.score(LAST)
            assert not unlike(one.history(), scratch.history())


def test_nothing_new_writes_nothing(known: Bench) -> None:
    assert late(known) == set()


def test_a_new_day_writes_that_day(known: Bench) -> None:
    stain(known)
    run = known.score(LAST + timedelta(days=1))
    assert run is not None
    assert {day for _, day in rewritten(known)} == {LAST + timedelta(days=1)}


def test_a_late_ticket_counts_from_its_opening_on(known: Bench) -> None:
    day = date(2024, 3, 20)
    assert late(known, tickets=[{"ticket_id": "t", "account_id": "acme", "opened_at": at(day)}]) == from_day_on(
        known, "acme", day
    )


@pytest.mark.parametrize(
    ("table", "row", "closes"),
    [
        ("tickets", {"ticket_id": "x", "opened_at": at(date(2024, 3, 1))}, "resolved_at"),
        ("invoices", {"invoice_id": "x", "issued_at": at(date(2024, 3, 1)), "amount": 10.0}, "paid_at"),
        ("subscriptions", {"subscription_id": "x", "started_at": at(date(2024, 3, 1)), "seats": 4}, "ended_at"),
    ],
)
def test_a_fact_that_closes_moves_the_days_from_then_on(known: Bench, table: str, row: Row, closes: str) -> None:
    row = {"account_id": "acme", **row}
    late(known, **{table: [row]})
    day, earlier = date(2024, 4, 20), date(2024, 4, 2)
    assert late(known, **{table: [{**row, closes: at(day)}]}) == from_day_on(known, "acme", day)
    assert late(known, **{table: [{**row, closes: at(earlier)}]}) == from_day_on(known, "acme", earlier)
    assert late(known, **{table: [row]}) == from_day_on(known, "acme", earlier)
    assert late(known, **{table: [row]}) == set()


def test_seats_have_no_date_and_move_the_whole_account(known: Bench) -> None:
    assert late(known, accounts=[{"account_id": "acme", "seats": 77}]) == from_day_on(known, "acme", date.min)


def test_what_no_signal_looks_at_moves_nothing(known: Bench) -> None:
    acme = {"account_id": "acme", "seats": 77}
    late(known, accounts=[acme])
    assert late(known, accounts=[{**acme, "name": "Acme & Sons", "arr": 5.0, "owner": "Ada"}]) == set()
    assert late(known, outcomes=[{"account_id": "acme", "kind": "churned", "occurred_at": at(LAST)}]) == set()


def test_a_row_that_changes_hands_moves_both(known: Bench) -> None:
    day = date(2024, 3, 20)
    ticket = {"ticket_id": "t", "account_id": "acme", "opened_at": at(day)}
    late(known, tickets=[ticket])
    both = from_day_on(known, "acme", day) | from_day_on(known, "007", day)
    assert late(known, tickets=[{**ticket, "account_id": "007"}]) == both


def test_a_new_account_with_an_old_history_moves_nobody_else(known: Bench) -> None:
    days = [date(2024, 2, 1), date(2024, 3, 1)]
    assert late(known, events=[event("newcomer", day) for day in days]) == from_day_on(known, "newcomer", days[0])


def test_a_group_call_that_comes_late_places_events_of_nobody(known: Bench) -> None:
    days = [date(2024, 2, 10), date(2024, 3, 10)]
    assert late(known, events=[event(None, day, user_id="stray") for day in days]) == set()
    call = event("acme", date(2024, 3, 1), user_id="stray", type="group", name="joined")
    assert late(known, events=[call]) == from_day_on(known, "acme", date(2024, 3, 1))
    # the first of the two is before the call: it belongs to whom the table of users says
    user = {"user_id": "stray", "account_id": "007"}
    assert late(known, users=[user]) == from_day_on(known, "007", days[0]) | from_day_on(known, "007", date.min)


def test_the_earlier_self_of_a_message_moves_both_days(known: Bench) -> None:
    sent = event("acme", date(2024, 3, 10), message_id="m")
    late(known, events=[sent])
    early = date(2024, 3, 3)
    assert late(known, events=[{**sent, "timestamp": at(early)}]) == from_day_on(known, "acme", early)
    assert known.count("events") == len(company().events) + 1
    assert late(known, events=[{**sent, "timestamp": at(date(2024, 3, 5))}]) == set()


def test_a_first_day_before_all_others_begins_the_workspace_anew(known: Bench) -> None:
    """History counts from the workspace's first dated row, so every account's does."""
    (begun,) = known.store.engine.row("SELECT min(day) FROM scores")
    day = date(1970, 1, 1) + timedelta(days=begun - 10)
    written = late(known, events=[event("acme", day)])
    assert min(each for _, each in written) == day
    assert len(written) == known.count("scores")
    with bench(settings()) as scratch:
        made = company()
        made.events.append(event("acme", day))
        scratch.load(made)
        scratch.score(LAST)
        assert not unlike(known.history(), scratch.history())
