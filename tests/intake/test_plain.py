"""Calls that are read without any detour are read as every other is."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.events.times import TimeError
from weatherglass.events.wire import WireError, event_row
from weatherglass.intake.plain import all_said, read, said

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


def plain(given: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The rows of calls that are read without detour, by their places; the others are named, too."""
    rows, others = read([said(json.dumps(call).encode()) for call in given])
    found = {row.pop("number") - 1: row for row in rows.to_pylist()}
    assert sorted([*found, *others]) == list(range(len(given)))
    for row in found.values():
        row["properties"] = row["properties"] and json.loads(row["properties"])
    return found


@drawn(400)
@given(given=st.lists(calls, max_size=5))
def test_the_same_rows_or_none(given: list[dict[str, Any]]) -> None:
    for place, row in plain(given).items():
        try:
            assert row == event_row(given[place])
        except (WireError, TimeError) as error:
            raise AssertionError(f"{given[place]} is no event") from error


@drawn(200)
@given(
    given=st.lists(calls, max_size=5), shared=st.sampled_from([{}, {"context": {"groupId": "a"}}, {"context": None}])
)
def test_a_batch_says_what_its_calls_say(given: list[dict[str, Any]], shared: dict[str, Any]) -> None:
    alone = [said(json.dumps(call).encode()) for call in given]
    together = all_said(json.dumps({"batch": given, **shared}).encode(), None)
    assert together == (None if None in alone or shared.get("context") else alone)


DAYS = [dt.date(1999, 12, 31) + dt.timedelta(days=day) for day in range(36_600)]


def test_every_day_is_read() -> None:
    found = plain([{**PLAIN, "timestamp": f"{day}T23:59:59.999999+14:59"} for day in DAYS])
    last = dt.time(23, 59, 59, 999999, dt.timezone(dt.timedelta(hours=14, minutes=59)))
    told = [dt.datetime.combine(day, last).astimezone(dt.UTC).replace(tzinfo=None) for day in DAYS if day.year < 2099]
    assert [row["timestamp"] for row in found.values()] == told


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
    assert list(plain([PLAIN, call])) == [0, 1]


@pytest.mark.parametrize(
    "call",
    [
        {**PLAIN, "type": "group", "groupId": "a"},
        {**PLAIN, "userId": 7},
        {**PLAIN, "userId": None},
        {**PLAIN, "event": "a\0b"},
        {**PLAIN, "timestamp": "2026-02-30T10:00:00Z"},
        {**PLAIN, "timestamp": "2026-02-29T10:00:00Z"},
        {**PLAIN, "timestamp": "2026-04-31T10:00:00Z"},
        {**PLAIN, "timestamp": "2026-03-01T10:00:00Z\n"},
        {**PLAIN, "timestamp": "2026-03-01T24:00:00Z"},
        {**PLAIN, "timestamp": "1931-02-03T10:00:00Z"},
        {**PLAIN, "timestamp": 1772359200},
    ],
)
def test_what_is_not_is_left_to_the_rules_of_files(call: dict[str, Any]) -> None:
    assert list(plain([PLAIN, call, PLAIN])) == [0, 2]
