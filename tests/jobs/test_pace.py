"""How long following what arrives rests: it keeps up where it can, and leaves the processor to answers where not."""

from __future__ import annotations

import pytest

from weatherglass.jobs.live.pace import REST_SECONDS, Round

SPEED = 40_000_000
"""Bytes that are taken in in a second of work."""
EVENT = 300
LYING = 1_000_000_000


def run(rate: int, seconds: float) -> tuple[float, float]:
    """Have so many events a second come for so long: the part of the time that is worked, and the bytes left over.

    A round takes a quarter of a second, or as long as what waits does.
    """
    at, last, before, worked = 0.0, -0.1, 0.0, 0.0
    while at < seconds:
        waiting = rate * EVENT * at - before
        took = min(0.25, waiting / SPEED + 0.001)
        drained = min(waiting, took * SPEED)
        before += drained
        left = rate * EVENT * (at + took) - before
        grown = rate * EVENT * (at - last)
        done = Round(took, at - last, int(drained / EVENT), int(drained), int(grown), int(left))
        last, worked = at, worked + took
        at += took + done.rest(LYING)
    return worked / at, rate * EVENT * at - before


@pytest.mark.parametrize("rate", [100, 2_000, 10_000, 40_000, 60_000])
def test_what_half_of_the_time_takes_in_does_not_pile_up(rate: int) -> None:
    assert run(rate, 60)[1] < rate * EVENT * 1.5


def test_answers_go_first_in_a_flood() -> None:
    worked, left = run(300_000, 10)
    assert worked < 0.3
    assert left > 500_000_000


def test_what_waits_has_an_end() -> None:
    slow, fast = run(100_000, 20)[0], run(100_000, 600)[0]
    assert slow < 0.3
    assert fast > 0.4


def test_many_are_followed_twice_a_second() -> None:
    worked, left = run(7_000, 30)
    assert worked < 0.15
    assert left < 7_000 * EVENT * 0.7


def test_a_few_events_are_followed_at_once() -> None:
    assert Round(0.2, 1.0, 2_000, 600_000, 600_000, 0).rest(LYING) == REST_SECONDS
