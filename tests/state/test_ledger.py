"""The job ledger and the answers to idempotent writes."""

from __future__ import annotations

import threading

import pytest

from state.conftest import Clock
from weatherglass.state import NotFound, State
from weatherglass.state.actor import SERVICE
from weatherglass.state.answers import AnotherRequest, Answer, StillAtWork


def test_a_job_from_asking_to_done(state: State, clock: Clock) -> None:
    asked = state.ledger.ask(SERVICE, "score", {"as_of": "2026-03-01"})
    assert asked.state == "waiting" and asked.options == {"as_of": "2026-03-01"}
    state.ledger.begin(asked.id)
    clock.move(seconds=3)
    state.ledger.progress(asked.id, "scoring", 3, 10)
    state.ledger.say(asked.id, "three of ten\x00")
    assert state.ledger.get(asked.id).done == 3
    state.ledger.finish(asked.id, {"rows": 10})
    done = state.ledger.get(asked.id)
    assert (done.state, done.result, done.ended_at) == ("done", {"rows": 10}, clock())
    assert [line.line for line in state.ledger.lines(asked.id)] == ["three of ten"]
    assert state.ledger.last_done("score") == done and state.ledger.last_done("backup") is None


def test_jobs_under_way_at_a_stop_are_said_to_be_interrupted(state: State) -> None:
    jobs = [state.ledger.ask(SERVICE, "score") for _ in range(4)]
    for job in jobs[:3]:
        state.ledger.begin(job.id)
    state.ledger.finish(jobs[0].id, {})
    state.ledger.fail(jobs[1].id, "no disk left")
    assert [job.id for job in state.ledger.interrupted()] == [jobs[2].id, jobs[3].id]
    states = [state.ledger.get(job.id).state for job in jobs]
    assert states == ["done", "failed", "interrupted", "interrupted"]


def test_the_newest_come_first_page_by_page(state: State) -> None:
    numbers = [state.ledger.ask(SERVICE, "score" if place % 2 else "backup").id for place in range(5)]
    first = state.ledger.all(None, 2)
    assert [job.id for job in first] == numbers[:-3:-1]
    assert [job.id for job in state.ledger.all(first[-1].id, 9)] == numbers[2::-1]
    assert len(state.ledger.all(None, 9, "score")) == 2
    with pytest.raises(NotFound):
        state.ledger.lines(999)


def test_a_write_that_is_sent_again_is_answered_as_before(state: State, clock: Clock) -> None:
    assert state.answers.begin("token:1", "k", "digest") is None
    with pytest.raises(StillAtWork):
        state.answers.begin("token:1", "k", "digest")
    answer = Answer(201, {"etag": "x"}, b'{"id":1}')
    state.answers.keep("token:1", "k", answer)
    assert state.answers.begin("token:1", "k", "digest") == answer
    with pytest.raises(AnotherRequest):
        state.answers.begin("token:1", "k", "another digest")
    assert state.answers.begin("token:2", "k", "another digest") is None
    clock.move(days=2)
    assert state.answers.begin("token:1", "k", "another digest") is None


def test_what_came_to_nothing_may_be_tried_again(state: State, clock: Clock) -> None:
    assert state.answers.begin("token:1", "k", "digest") is None
    state.answers.drop("token:1", "k")
    assert state.answers.begin("token:1", "k", "digest") is None
    clock.move(minutes=3)
    assert state.answers.begin("token:1", "k", "digest") is None, "the first try is dead"


def test_of_many_at_once_one_is_the_first(state: State) -> None:
    outcomes: list[str] = []

    def write() -> None:
        try:
            outcomes.append("first" if state.answers.begin("token:1", "k", "digest") is None else "later")
        except StillAtWork:
            outcomes.append("still")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["first", *["still"] * 7]
