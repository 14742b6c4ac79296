"""Calls that are read without any detour are read as every other is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.events.times import TimeError
from weatherglass.events.wire import WireError, event_row
from weatherglass.intake.plain import plain

ids = st.one_of(st.none(), st.just(""), st.text(max_size=6), st.integers(-5, 5), st.booleans(), st.just({"a": 1}))
moments = st.one_of(
    st.datetimes().map(lambda when: when.isoformat() + "Z"),
    st.datetimes().map(lambda when: when.isoformat() + "+05:30"),
    st.sampled_from(
        ["2026-03-01", "2026-03-01T10:00:00", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.123456789Z", "soon", ""]
    ),
    st.integers(0, 2_000_000_000),
    st.none(),
)
objects = st.one_of(
    st.none(),
    st.just([]),
    st.dictionaries(st.sampled_from(["name", "x", "groupId"]), ids, max_size=2),
    st.text(max_size=3),
)
calls = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "screen", "identify", "alias", "group", "Track", "delete", None])},
    optional={
        "event": ids,
        "name": ids,
        "userId": ids,
        "anonymousId": ids,
        "groupId": ids,
        "messageId": ids,
        "timestamp": moments,
        "sentAt": moments,
        "context": st.one_of(objects, st.fixed_dictionaries({}, optional={"groupId": ids, "traits": objects})),
        "properties": objects,
        "traits": objects,
    },
)


@drawn(400)
@given(call=calls)
def test_the_same_row_or_none(call: dict[str, Any]) -> None:
    row = plain(json.dumps(call).encode())
    if row is None:
        return
    account, user, name, when, kind, message, properties = row
    told = {
        "account_id": account,
        "user_id": user,
        "name": name,
        "timestamp": when,
        "type": kind,
        "message_id": message,
        "properties": None if properties is None else json.loads(properties),
    }
    try:
        assert told == event_row(call)
    except (WireError, TimeError) as error:
        raise AssertionError(f"{call} is no event") from error


PLAIN = {"type": "track", "event": "x", "userId": "u", "timestamp": "2026-03-01T10:00:00.5Z"}


@pytest.mark.parametrize(
    "call",
    [
        PLAIN,
        {**PLAIN, "type": "page", "name": "Home"},
        {**PLAIN, "type": "identify", "traits": {"email": "x"}},
        {**PLAIN, "context": {"groupId": "a", "library": {"name": "analytics"}, "ip": None}, "integrations": {}},
        {**PLAIN, "userId": None, "anonymousId": "anon"},
        {**PLAIN, "properties": {"deep": [{"x": None}]}, "originalTimestamp": "2026-03-01T10:00:00Z"},
    ],
)
def test_what_libraries_write_is_plain(call: dict[str, Any]) -> None:
    assert plain(json.dumps(call).encode()) is not None


@pytest.mark.parametrize(
    "call",
    [
        {**PLAIN, "type": "group", "groupId": "a"},
        {**PLAIN, "userId": 7},
        {**PLAIN, "userId": None},
        {**PLAIN, "event": "a\0b"},
        {**PLAIN, "timestamp": "2026-02-30T10:00:00Z"},
        {**PLAIN, "timestamp": "1931-02-03T10:00:00Z"},
        {**PLAIN, "timestamp": 1772359200},
    ],
)
def test_what_is_not_is_left_to_the_rules_of_files(call: dict[str, Any]) -> None:
    assert plain(json.dumps(call).encode()) is None
