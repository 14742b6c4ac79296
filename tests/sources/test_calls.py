"""Exports of Segment and RudderStack: recognised by content, read in SQL as one message is read in Python."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.bench import Bench, rows_of
from weatherglass.events.times import TimeError
from weatherglass.events.wire import CALLS, WireError, event_row
from weatherglass.sources import discover, read

TRACK = {
    "type": "track",
    "event": "Report Created",
    "userId": "u1",
    "anonymousId": "anon",
    "messageId": "m1",
    "timestamp": "2024-01-05T10:00:00.123Z",
    "receivedAt": "2024-01-05T10:00:01Z",
    "context": {"groupId": "acme", "ip": "1.2.3.4"},
    "properties": {"rows": 3},
}


def lines(*messages: object) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


@pytest.mark.parametrize("name", ["segment-export.jsonl", "events.jsonl", "tickets.json", "2024.ndjson"])
def test_a_file_of_calls_is_known_by_what_is_in_it(bench: Bench, name: str) -> None:
    files = discover([bench.write(name, lines(TRACK))])
    assert [(file.table.name, file.content) for file in files] == [("accounts", "groups"), ("events", "calls")]


def test_an_array_of_calls(bench: Bench) -> None:
    assert bench.rows("export.json", json.dumps([TRACK, TRACK]))[1]["name"] == "Report Created"


def test_a_file_of_other_objects_with_a_type_is_none(bench: Bench) -> None:
    [file] = discover([bench.write("events.jsonl", lines({"type": "track", "name": "x", "timestamp": "2024-01-05"}))])
    assert file.content == "rows"


def test_a_mapping_of_columns_wins_over_the_content(bench: Bench) -> None:
    mapping = "events:\n  files: export*\n  columns:\n    account_id: anonymousId"
    [row] = bench.rows("export.jsonl", lines(TRACK), mapping=mapping)
    assert row["account_id"] == "anon"


def test_calls_claimed_for_events_are_still_calls(bench: Bench) -> None:
    [row] = bench.rows("export.jsonl", lines(TRACK), mapping="events:\n  files: export*")
    assert (row["type"], row["account_id"]) == ("track", "acme")


def test_what_a_track_call_becomes(bench: Bench) -> None:
    [row] = bench.rows("export.jsonl", lines(TRACK))
    assert row == {**event_row(TRACK), "properties": '{"rows":3}'}
    assert row["account_id"] == "acme"
    assert row["timestamp"].isoformat() == "2024-01-05T10:00:00.123000"


def test_what_the_other_calls_become(bench: Bench) -> None:
    when = {"sentAt": "2024-01-05T10:00:00+02:00"}
    messages: list[dict[str, Any]] = [
        {"type": "page", "name": "Home", "userId": 7, **when},
        {"type": "page", "properties": {"name": "Docs"}, "anonymousId": "x", **when},
        {"type": "screen", "anonymousId": "x", **when},
        {"type": "identify", "userId": "u", "traits": {"email": "a@b.c"}, **when},
        {"type": "identify", "userId": "u", "context": {"traits": {"email": "a@b.c"}}, **when},
        {"type": "GROUP", "userId": "u", "groupId": "g", "context": {"groupId": "other"}, "traits": {"n": 1}, **when},
        {"type": "alias", "userId": "u", "previousId": "x", **when},
    ]
    found = bench.rows("export.jsonl", lines(*messages))
    assert [row["name"] for row in found] == ["Home", "Docs", "screen", "identify", "identify", "group", "alias"]
    assert [row.get("user_id") for row in found] == ["7", "x", "x", "u", "u", "u", "u"]
    assert found[5]["account_id"] == "g"
    assert [json.loads(row.get("properties", "null")) for row in found][3:6] == [
        {"email": "a@b.c"},
        {"email": "a@b.c"},
        {"n": 1},
    ]


def test_calls_that_are_no_events(bench: Bench) -> None:
    messages = [TRACK, {**TRACK, "type": "delete"}, {**TRACK, "event": ""}, {**TRACK, "timestamp": "yesterday"}, TRACK]
    error = bench.refused("export.jsonl", lines(*messages) + "broken\n")
    assert [(reject.row, reject.column, reject.code, reject.value) for reject in error.rejects] == [
        (2, None, "call", "delete"),
        (3, "event", "missing", None),
        (4, "timestamp", "time", "yesterday"),
        (6, None, "record", None),
    ]


ids = st.one_of(st.none(), st.just(""), st.text(max_size=5), st.integers(-5, 10**12), st.booleans(), st.just([1]))
times = st.sampled_from([None, "", "2024-01-05", "2024-01-05T10:00:00.5+02:00", 1704448800, 1704448800123, "no", True])
objects: st.SearchStrategy[object] = st.one_of(
    st.none(), st.just({}), st.just("x"), st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=2)
)
messages = st.fixed_dictionaries(
    {"type": st.sampled_from([*CALLS, "Track", "delete"])},
    optional={
        "event": ids,
        "name": ids,
        "userId": ids,
        "anonymousId": ids,
        "groupId": ids,
        "messageId": ids,
        "timestamp": times,
        "originalTimestamp": times,
        "sentAt": times,
        "properties": objects,
        "traits": objects,
        "context": st.one_of(
            st.none(), st.just(3), st.fixed_dictionaries({}, optional={"groupId": ids, "traits": objects})
        ),
    },
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(messages, min_size=1, max_size=30))
def test_a_file_is_read_as_its_messages_are(bench: Bench, found: list[dict[str, Any]]) -> None:
    """NUL is left out: files refuse it, and the intake has its own check."""
    found = [message for message in found if "\\u0000" not in json.dumps(message)]
    expected: list[dict[str, Any]] = []
    for message in found:
        try:
            expected.append({key: value for key, value in event_row(message).items() if value is not None})
        except (WireError, TimeError):
            continue
    # so many good calls in front that the file is known as one of calls
    path = bench.write("export.jsonl", lines(TRACK, *[TRACK] * len(found), *found))
    reading = read(bench.engine, discover([path])[-1], lenient=True)
    told = rows_of(bench.engine, reading)[1 + len(found) :]
    for row in told:
        if "properties" in row:
            row["properties"] = json.loads(row["properties"])
    assert told == expected
    reading.close(bench.engine)


class TestGroups:
    def accounts(self, bench: Bench, *traits: object) -> list[dict[str, Any]]:
        calls = [
            {"type": "group", "groupId": "g", "userId": "u", "traits": said, "sentAt": "2024-01-05"} for said in traits
        ]
        return bench.rows("export.jsonl", lines(TRACK, *calls), table="accounts")

    def test_traits_of_group_calls_become_accounts(self, bench: Bench) -> None:
        [row] = self.accounts(bench, {"name": "Acme", "createdAt": "2023-01-01", "industry": "Tools", "employees": 5})
        assert (row["account_id"], row["name"], row["industry"]) == ("g", "Acme", "Tools")
        assert row["created_at"].isoformat() == "2023-01-01T00:00:00"
        assert row["traits"] == '{"employees":5}'

    def test_later_calls_say_more_and_take_nothing_away(self, bench: Bench) -> None:
        [row] = self.accounts(bench, {"name": "Acme", "plan": "free"}, None, {}, {"plan": "pro"}, {"plan": ""})
        assert (row["name"], row["plan"]) == ("Acme", "pro")

    def test_without_group_calls_there_are_none(self, bench: Bench) -> None:
        assert self.accounts(bench) == []

    def test_they_come_before_a_file_of_accounts(self, bench: Bench) -> None:
        bench.write("accounts.csv", "account_id\na\n")
        bench.write("export.jsonl", lines(TRACK))
        assert [file.path.name for file in discover([bench.folder])] == ["export.jsonl", "accounts.csv", "export.jsonl"]

    def test_their_values_are_checked(self, bench: Bench) -> None:
        call = {"type": "group", "groupId": "g", "userId": "u", "traits": {"seats": "many"}, "sentAt": "2024-01-05"}
        error = bench.refused("export.jsonl", lines(call), table="accounts")
        assert [(reject.column, reject.value, reject.code) for reject in error.rejects] == [("seats", "many", "number")]
