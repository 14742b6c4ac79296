"""Clocks of senders that are off: times are corrected as Segment corrects them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from weatherglass.events.wire import event_row
from weatherglass.intake import plain
from weatherglass.intake.calls import IMPORT, calls
from weatherglass.intake.entries import Entry

NOW = dt.datetime(2026, 11, 22, 12)
RECEIVED = (NOW - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)


def at(**away: float) -> str:
    """A moment so far from now, as libraries write it."""
    return f"{(NOW + dt.timedelta(**away)).isoformat(timespec='milliseconds')}Z"


def times(said: dict[str, Any], kind: str = "batch") -> list[dt.datetime]:
    """What the times of the calls of a message are taken to be."""
    entry = Entry(0, 1, RECEIVED, kind, "web", msgspec.json.encode(said))
    found = [event_row(msgspec.json.decode(call))["timestamp"] for call in calls(entry)]
    assert short(entry) in (None, found)
    return found  # type: ignore[return-value]


def short(entry: Entry) -> list[dt.datetime] | None:
    """The same on the short way; None where it is not taken."""
    received = None if entry.kind == IMPORT else entry.received
    if entry.kind == "track":
        alone = plain.said(entry.body, received)
        together = None if alone is None else [alone]
    else:
        together = plain.all_said(entry.body, received)
    rows, others = plain.read(together or [])
    return None if together is None or others else rows["timestamp"].to_pylist()


def call(**said: str) -> dict[str, Any]:
    return {"type": "track", "event": "x", "userId": "u", **said}


def test_of_a_clock_that_is_ahead() -> None:
    """It says that it is in 400 days: what it says of ten seconds before it sent was ten seconds before we had it."""
    said = {"batch": [call(timestamp=at(days=400, seconds=-10))], "sentAt": at(days=400)}
    assert times(said) == [NOW - dt.timedelta(seconds=10)]


@pytest.mark.parametrize("name", ["timestamp", "originalTimestamp", "anonymousId"])
def test_of_a_clock_that_is_behind(name: str) -> None:
    said = call(sentAt=at(days=-30), **{name: at(days=-31)})
    assert times(said, "track") == [NOW if name == "anonymousId" else NOW - dt.timedelta(days=1)]
    assert times({"batch": [said]}) == times(said, "track")


def test_what_a_call_says_itself_counts() -> None:
    said = {"batch": [call(timestamp=at(hours=-1), sentAt=at())], "sentAt": at(days=400)}
    assert times(said) == [NOW - dt.timedelta(hours=1)]


@pytest.mark.parametrize(
    "said",
    [
        call(timestamp=at(days=-3), sentAt=at(seconds=-30)),
        call(timestamp=at(days=-3), sentAt=""),
        call(timestamp=at(days=-3), sentAt="soon"),
        call(timestamp=at(days=-3), originalTimestamp=at(days=-3, minutes=-2), sentAt=at(days=-2)),
        call(timestamp=at(days=-3), sentAt=at(days=-2), receivedAt=at(days=-2)),
    ],
)
def test_times_that_stay_as_they_are(said: dict[str, str]) -> None:
    """The clock is right, or nobody knows, or the correction was made by who passed the call on."""
    assert times(said, "track") == times({"batch": [said]}) == [NOW - dt.timedelta(days=3)]


def test_what_is_imported_was_sent_at_another_time() -> None:
    said = {"batch": [call(timestamp=at(days=-300, hours=-1))], "sentAt": at(days=-300)}
    assert times(said, IMPORT) == [NOW - dt.timedelta(days=300, hours=1)]


def test_what_comes_from_a_clock_that_is_right_takes_the_short_way() -> None:
    said = [call(timestamp=at(hours=-hour), sentAt=at()) for hour in range(3)]
    body = msgspec.json.encode({"batch": said, "sentAt": at()})
    assert short(Entry(0, 1, RECEIVED, "batch", "web", body)) == [NOW - dt.timedelta(hours=hour) for hour in range(3)]
