"""Episodes, their messages, tasks and runs, in both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from state.conftest import Clock
from weatherglass.state import Actor, NotFound, State, Unfit
from weatherglass.state.forgetting import forget_account
from weatherglass.state.outbox import Draft
from weatherglass.state.tasks import Wanted

ANA = Actor("person", 1, "ana@example.com", "write")
DAY = dt.date(2026, 3, 2)


def row(account: str = "acme", **changes: object) -> dict[str, Any]:
    return {
        "account_id": account,
        "problem": "health",
        "state": "open",
        "severity": "high",
        "opened_day": DAY,
        "changed_day": DAY,
        "fine_since": None,
        "closed_day": None,
        "left": False,
        "rules": [{"rule": "silence", "severity": "high", "line": "nobody is there"}],
        "facts": {"drivers": []},
        "owner": "Ana",
        **changes,
    }


def draft(stream: str, clock: Clock, **changes: Any) -> Draft:
    given = {"channel": "hook", "stream": stream, "type": "t", "severity": "high", "body": {}, "due_at": clock()}
    return Draft(**{**given, **changes})


def test_a_day_and_its_messages_are_written_once_and_together(state: State, clock: Clock) -> None:
    def drafts(numbers: dict[tuple[str, str], int]) -> list[Draft]:
        return [draft(f"alert:{numbers['acme', 'health']}", clock)]

    def broken(_: dict[tuple[str, str], int]) -> list[Draft]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        state.episodes.apply("alerts", "2026-03-02", [row()], broken)
    assert state.episodes.open() == [] and state.episodes.mark("alerts") is None
    assert state.episodes.apply("alerts", "2026-03-02", [row()], drafts)
    assert not state.episodes.apply("alerts", "2026-03-02", [row()], drafts)
    assert len(state.episodes.open()) == len(state.outbox.letters(None, None, 9)) == 1
    closed = row(state="closed", closed_day=DAY)
    assert state.episodes.apply("alerts", "2026-03-03", [closed], lambda _: [])
    assert state.episodes.open() == [] and [one.account_id for one in state.episodes.closed_since(DAY)] == ["acme"]
    assert state.episodes.apply("alerts", "2026-03-04", [row()], lambda _: [])
    assert len(state.episodes.page(None, 9)) == 2, "another episode, not the old one again"


def test_only_the_first_of_each_stream_is_due(state: State, clock: Clock) -> None:
    soon = clock() + dt.timedelta(hours=1)
    state.outbox.add([draft("a", clock), draft("a", clock), draft("b", clock, due_at=soon), draft("b", clock)])
    state.outbox.add([draft("a", clock, channel="other")])
    assert [(one.channel, one.id) for one in state.outbox.due()] == [("hook", 1), ("other", 5)]
    state.outbox.sent(state.outbox.due(["other"]))
    assert [one.id for one in state.outbox.due()] == [2, 5]
    state.outbox.disable("hook", "gone")
    assert [one.id for one in state.outbox.due()] == [5]


def test_feedback_is_kept_with_who_gave_it(state: State) -> None:
    state.episodes.apply("alerts", "2026-03-02", [row()], lambda _: [])
    judged = state.episodes.judge(ANA, 1, "useful")
    assert (judged.feedback, judged.feedback_by) == ("useful", "ana@example.com")
    with pytest.raises(NotFound):
        state.episodes.judge(ANA, 7, "useful")


def test_the_life_of_a_task(state: State, clock: Clock) -> None:
    for number, priority in enumerate((1.0, 5.0, 5.0)):
        state.tasks.make(ANA, Wanted("acme", f"t{number}", "Ben", DAY + dt.timedelta(days=number), priority=priority))
    assert [one.title for one in state.tasks.queue(None, 9)] == ["t1", "t2", "t0"]
    assert [one.title for one in state.tasks.queue((5.0, 2), 9)] == ["t2", "t0"]
    assert state.tasks.load() == {"Ben": 3}
    assert [one.title for one in state.tasks.overdue(DAY + dt.timedelta(days=2))] == ["t0", "t1"]
    with pytest.raises(Unfit):
        state.tasks.change(ANA, 1, {"state": "done"})
    done = state.tasks.change(ANA, 1, {"state": "done", "outcome": "called"})
    assert (done.ended_by, done.outcome) == ("ana@example.com", "called")
    with pytest.raises(Unfit):
        state.tasks.change(ANA, 1, {"state": "dropped", "outcome": "no"})
    assert state.tasks.change(ANA, 1, {"state": "open"}).outcome is None
    state.tasks.comment(ANA, 1, "they said yes")
    assert [one.text for one in state.tasks.comments(1)] == ["they said yes"]
    assert {entry.action for entry in state.audit.entries(None, 20)} == {"task made", "task changed"}


def test_an_account_can_be_forgotten(state: State, clock: Clock) -> None:
    for account in ("acme", "other"):
        state.episodes.apply("alerts", f"2026-03-0{len(account)}", [row(account)], lambda found: _told(found, clock))
        task = state.tasks.make(ANA, Wanted(account, "call", "Ben", DAY))
        state.tasks.comment(ANA, task.id, "no answer")
        state.outbox.add([draft(f"audience:hand:{account}", clock)])
        with state.plays.writing() as connection:
            state.plays.enter(connection, "hand", [account], DAY)
    with state.database.writing() as connection:
        assert forget_account(connection, "acme") == 6
    assert [one.account_id for one in state.episodes.open()] == ["other"]
    assert [one.account_id for one in state.tasks.queue(None, 9)] == ["other"]
    assert {one.stream for one in state.outbox.letters(None, None, 9)} == {"alert:2", "audience:hand:other"}


def _told(found: dict[tuple[str, str], int], clock: Clock) -> list[Draft]:
    return [draft(f"alert:{number}", clock) for number in found.values()]
