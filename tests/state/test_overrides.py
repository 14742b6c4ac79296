"""Overrides: one in force an account, ended and never taken out."""

from __future__ import annotations

import datetime as dt

import pytest

from state.conftest import Clock
from weatherglass.state import Actor, NotFound, State, Unfit

BEN = Actor("person", 2, "ben@example.com", "write")
DAY = dt.date(2026, 3, 2)


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


def days(state: State, account: str = "acme") -> dict[int, str]:
    """Which tier is shown on which of thirty days."""
    found = {}
    for number in range(30):
        for one in state.overrides.between(day(number), day(number)):
            if one.account_id == account:
                found[number] = one.tier
    return found


def test_it_holds_from_a_day_to_a_day(state: State) -> None:
    made = state.overrides.make(BEN, "acme", "red", "they told me they are leaving", (day(2), day(4)))
    assert made.author == "ben@example.com" and made.author_id == 2
    assert days(state) == {2: "red", 3: "red", 4: "red"}
    assert days(state, "other") == {}


def test_the_next_one_takes_its_place(state: State) -> None:
    first = state.overrides.make(BEN, "acme", "red", "leaving", (day(2), day(9)))
    state.overrides.make(BEN, "acme", "yellow", "perhaps not", (day(4), day(6)))
    assert days(state) == {2: "red", 3: "red", 4: "yellow", 5: "yellow", 6: "yellow"}
    assert state.overrides.get(first.id).ended_by == "ben@example.com"
    assert [one.tier for one in state.overrides.of("acme")] == ["yellow", "red"]


def test_ending_leaves_the_days_before(state: State, clock: Clock) -> None:
    made = state.overrides.make(BEN, "acme", "red", "leaving", (day(2), day(9)))
    clock.move(days=2)
    ended = state.overrides.end(BEN, made.id, day(4))
    assert ended.until == day(3) and ended.ended_at == clock()
    assert days(state) == {2: "red", 3: "red"}
    assert state.overrides.end(BEN, made.id, day(5)) == ended


def test_one_taken_back_on_its_day_never_held(state: State) -> None:
    made = state.overrides.make(BEN, "acme", "red", "a slip", (day(2), day(9)))
    state.overrides.end(BEN, made.id, day(2))
    assert days(state) == {}
    assert len(state.overrides.of("acme")) == 1


@pytest.mark.parametrize(("reason", "last"), [("", 3), ("x" * 2001, 3), ("a\x00", 3), ("fine", 1), ("fine", 400)])
def test_it_has_a_reason_and_an_end(state: State, reason: str, last: int) -> None:
    with pytest.raises(Unfit):
        state.overrides.make(BEN, "acme", "red", reason, (day(2), day(last)))
    with pytest.raises(NotFound):
        state.overrides.end(BEN, 1, day(2))


def test_every_change_is_in_the_audit_log(state: State) -> None:
    state.overrides.make(BEN, "acme", "red", "leaving", (day(2), day(9)))
    state.overrides.make(BEN, "acme", "yellow", "perhaps not", (day(4), day(6)))
    entries = state.audit.entries(None, 10)
    assert [entry.action for entry in entries] == ["override made", "override ended", "override made"]
    assert entries[1].before == {
        "tier": "red",
        "reason": "leaving",
        "first_day": "2026-03-04",
        "last_day": "2026-03-11",
    }
    assert {entry.subject for entry in entries} == {"account:acme"}


def test_any_account_id_will_do(state: State) -> None:
    for account in ("x" * 10_000, "💥' OR 1=1 --", "\u202eabc"):
        state.overrides.make(BEN, account, "red", "leaving", (day(2), day(9)))
        assert len(state.overrides.of(account)) == 1
