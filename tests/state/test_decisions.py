"""Decisions on Today: the last one counts, and can be undone."""

from __future__ import annotations

import datetime as dt

import pytest

from state.conftest import Clock
from weatherglass.state import Actor, NotFound, State, Unfit
from weatherglass.state.decisions import LONGEST, REST, Seen

BEN = Actor("person", 2, "ben@example.com", "write")
ANA = Actor("person", 3, "ana@example.com", "write")
TODAY = dt.date(2026, 3, 2)
SEEN = Seen(TODAY - dt.timedelta(days=1), 41.5, "yellow")


def test_the_last_decision_of_an_account_counts(state: State, clock: Clock) -> None:
    state.decisions.make(BEN, "acme", "taken", SEEN, TODAY)
    clock.move(hours=1)
    later = state.decisions.make(ANA, "acme", "snoozed", SEEN, TODAY, TODAY + dt.timedelta(days=7))
    state.decisions.make(BEN, "other", "done", SEEN, TODAY)
    found = {one.account_id: one for one in state.decisions.current()}
    assert found["acme"] == later and (later.author, later.score, later.tier) == ("ana@example.com", 41.5, "yellow")
    assert found["other"].until == TODAY + REST
    assert later.hides(TODAY) and later.hides(TODAY + dt.timedelta(days=6))
    assert not later.hides(TODAY + dt.timedelta(days=7))
    actions = [entry.action for entry in state.audit.entries(None, 10)]
    assert actions == ["account done", "account snoozed", "account taken"]


def test_undoing_brings_back_what_was(state: State) -> None:
    first = state.decisions.make(BEN, "acme", "taken", SEEN, TODAY)
    second = state.decisions.make(ANA, "acme", "done", SEEN, TODAY)
    with pytest.raises(Unfit, match="otherwise since"):
        state.decisions.undo(BEN, first.id)
    state.decisions.undo(BEN, second.id)
    assert state.decisions.current() == [first]
    state.decisions.undo(BEN, first.id)
    assert state.decisions.current() == []
    with pytest.raises(NotFound):
        state.decisions.undo(BEN, 99)
    assert state.audit.entries(None, 1)[0].action == "decision undone"


@pytest.mark.parametrize("until", [None, TODAY, TODAY + LONGEST + dt.timedelta(days=1)])
def test_a_snooze_ends_on_a_day_that_is_not_far(state: State, until: dt.date | None) -> None:
    with pytest.raises(Unfit, match="choose a day after"):
        state.decisions.make(BEN, "acme", "snoozed", SEEN, TODAY, until)
    assert state.decisions.current() == []


def test_one_that_is_taken_stays_on_the_list(state: State) -> None:
    assert not state.decisions.make(BEN, "acme", "taken", SEEN, TODAY).hides(TODAY)
