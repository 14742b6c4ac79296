"""One call of Segment or RudderStack."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from weatherglass.events.tables import EVENTS
from weatherglass.events.times import TimeError
from weatherglass.events.wire import WireError, event_row, group_traits, is_call

TRACK = {
    "type": "track",
    "event": "Report Created",
    "userId": "u1",
    "messageId": "m1",
    "originalTimestamp": "2024-01-05T10:00:00+02:00",
    "context": {"groupId": "acme"},
    "properties": {"rows": 3},
}


def test_a_track_call() -> None:
    assert event_row(TRACK) == {
        "account_id": "acme",
        "user_id": "u1",
        "name": "Report Created",
        "timestamp": datetime(2024, 1, 5, 8),
        "type": "track",
        "message_id": "m1",
        "properties": {"rows": 3},
    }
    assert list(event_row(TRACK)) == [column.name for column in EVENTS.columns]


def test_a_bare_day_is_a_day_of_the_workspace() -> None:
    row = event_row({**TRACK, "timestamp": "2024-07-05"}, ZoneInfo("Europe/Berlin"))
    assert row["timestamp"] == datetime(2024, 7, 4, 22)


def test_what_is_a_call() -> None:
    assert is_call(TRACK)
    assert is_call({"type": "Identify", "anonymousId": "x"})
    assert not is_call({**TRACK, "type": "delete"})
    assert not is_call({"type": "track", "event": "x"})
    assert not any(map(is_call, [None, "track", [TRACK], {}, {"type": ["track"], "userId": "u"}]))


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"type": "delete"}, "type", "call"),
        ({"type": None}, "type", "call"),
        ({"event": ""}, "name", "missing"),
        ({"event": {"not": "text"}}, "name", "missing"),
        ({"originalTimestamp": None}, "timestamp", "missing"),
    ],
)
def test_what_is_no_event(change: dict[str, object], column: str, reason: str) -> None:
    with pytest.raises(WireError) as caught:
        event_row({**TRACK, **change})
    assert (caught.value.column, caught.value.reason) == (column, reason)


def test_an_unreadable_time() -> None:
    with pytest.raises(TimeError):
        event_row({**TRACK, "timestamp": "5/1/2024"})


def test_group_calls_describe_accounts() -> None:
    call = {"type": "group", "groupId": 7, "traits": {"name": "Acme"}}
    assert group_traits(call) == ("7", {"name": "Acme"})
    assert event_row({**call, "timestamp": "2024-01-05"})["account_id"] == "7"
    changes: list[dict[str, object]] = [{"traits": {}}, {"traits": None}, {"groupId": ""}, {"type": "track"}]
    for change in changes:
        assert group_traits({**call, **change}) is None
