"""JSON: lines, arrays, and what goes wrong in them."""

from __future__ import annotations

import json

import pytest

from sources.bench import Bench

ROWS = [
    {"ticket_id": 1, "account_id": "a", "opened_at": "2024-01-05T10:00:00Z", "escalated": True, "csat": 4.5},
    {"ticket_id": 2, "account_id": "b", "opened_at": 1704448800, "escalated": None, "extra": {"deep": [1, None]}},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tickets.jsonl", LINES),
        ("tickets.ndjson", LINES.replace("\n", "\r\n")),
        ("tickets.json", LINES),
        ("tickets.json", "\n" + LINES.replace("\n", "\n\n")),
        ("tickets.json", LINES.strip()),
        ("tickets.json", json.dumps(ROWS)),
        ("tickets.json", "\n " + json.dumps(ROWS, indent=2)),
        ("tickets.jsonl", json.dumps(ROWS[0], indent=2) + "\n" + json.dumps(ROWS[1], indent=2)),
        ("tickets.jsonl", b"\xef\xbb\xbf" + LINES.encode()),
        ("tickets.json", b"\xef\xbb\xbf" + json.dumps(ROWS).encode()),
        ("tickets.jsonl", LINES.encode("utf-16")),
    ],
)
def test_lines_arrays_and_spread_objects(bench: Bench, name: str, content: str | bytes) -> None:
    first, second = bench.rows(name, content)
    assert (first["ticket_id"], first["escalated"], first["csat"]) == ("1", True, 4.5)
    assert (second["ticket_id"], second["opened_at"].isoformat()) == ("2", "2024-01-05T10:00:00")
    assert "escalated" not in second
    assert json.loads(second["traits"]) == {"extra": {"deep": [1, None]}}


def test_one_object_over_several_lines(bench: Bench) -> None:
    [row] = bench.rows("tickets.json", json.dumps(ROWS[0], indent=4))
    assert row["ticket_id"] == "1"


@pytest.mark.parametrize("content", ["[]", " [ ] \n"])
def test_no_objects_are_no_rows(bench: Bench, content: str) -> None:
    assert bench.rows("tickets.json", content) == []


def test_an_empty_file(bench: Bench) -> None:
    for content in ("", " \n"):
        assert "the file is empty" in str(bench.refused("tickets.jsonl", content))
        assert bench.reading("tickets.jsonl", content, lenient=True).rows == 0


def test_keys_that_only_late_records_have(bench: Bench) -> None:
    rows = [{"ticket_id": n, "account_id": "a", "opened_at": "2024-01-05"} for n in range(5000)]
    rows[-1] |= {"csat": 5, "surprise": 1}
    reading = bench.reading("tickets.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert reading.unknown == ("surprise",)
    assert bench.engine.rows(f"SELECT csat, traits FROM {reading.relation} ORDER BY row_number DESC LIMIT 1") == [
        (5.0, '{"surprise":1}')
    ]


@pytest.mark.parametrize(
    "key", ['qu"ote', "sla/sh", "til~de", "do.t", "sp ace", "💣", "$.x", "'; DROP TABLE x; --", "0", ""]
)
def test_keys_of_every_kind(bench: Bench, key: str) -> None:
    [row] = bench.rows("tickets.jsonl", json.dumps(ROWS[0] | {key: "kept"}) + "\n")
    assert json.loads(row["traits"]) == {key: "kept"}


def test_a_key_of_every_kind_can_be_mapped(bench: Bench) -> None:
    content = json.dumps(ROWS[0] | {'te"/~xt': "hi", "nested": {"far": {"down": "there"}}})
    mapping = "tickets:\n  columns:\n    text: 'te\"/~xt'\n    user_id: nested.far.down"
    [row] = bench.rows("tickets.jsonl", content, mapping=mapping)
    assert (row["text"], row["user_id"]) == ("hi", "there")
    assert json.loads(row["traits"]) == {"nested": {"far": {}}}


def test_numbers_as_ids_keep_their_digits(bench: Bench) -> None:
    content = '{"ticket_id":12345678901234567890123,"account_id":1.5,"opened_at":"2024-01-05"}\n'
    [row] = bench.rows("tickets.jsonl", content)
    assert (row["ticket_id"], row["account_id"]) == ("12345678901234567890123", "1.5")


def test_a_list_of_entitled_features(bench: Bench) -> None:
    content = (
        '{"account_id":"a","entitled_features":["x","y \\"z\\""]}\n{"account_id":"b","entitled_features":"x; y"}\n'
    )
    assert [row["entitled_features"] for row in bench.rows("accounts.jsonl", content)] == ['x;y "z"', "x; y"]


@pytest.mark.parametrize("value", ['{"id":1}', '["a"]', "[]", "{}"])
@pytest.mark.parametrize("column", ["account_id", "user_id", "severity"])
def test_a_list_or_an_object_is_no_id(bench: Bench, column: str, value: str) -> None:
    content = json.dumps(ROWS[0]) + "\n" + json.dumps(ROWS[0] | {column: json.loads(value)}) + "\n"
    error = str(bench.refused("tickets.jsonl", content))
    assert f"row 2, column {column}: " in error and "is a list or an object" in error


def test_a_text_that_looks_like_a_list_is_a_text(bench: Bench) -> None:
    [row] = bench.rows("tickets.jsonl", json.dumps(ROWS[0] | {"account_id": "[a]", "user_id": '{"b": 1}'}))
    assert (row["account_id"], row["user_id"]) == ("[a]", '{"b": 1}')


def test_lines_that_are_no_objects(bench: Bench) -> None:
    good = json.dumps(ROWS[0])
    content = f'{good}\nnot json\n[1]\n7\nnull\n{{"a":"\\ud83d"}}\n{good} {good}\n{good}'.encode()
    content = content.replace(b"not json", b"n\xff t")
    error = bench.refused("tickets.jsonl", content)
    assert error.count == 6
    reading = bench.reading("tickets.jsonl", content, lenient=True)
    assert reading.rows == 2
    assert [(reject.row, reject.code) for reject in reading.rejects] == [(n, "record") for n in (2, 3, 4, 5, 6, 7)]
    assert reading.rejects[1].value == "[1]"


@pytest.mark.parametrize("content", [json.dumps(ROWS)[:-20], json.dumps(ROWS) + " more", json.dumps(ROWS)[:-1]])
def test_an_array_that_is_cut_off(bench: Bench, content: str) -> None:
    for lenient in (False, True):
        assert "not JSON near record" in str(bench.refused("tickets.json", content, lenient=lenient))


def test_a_last_line_that_is_cut_off(bench: Bench) -> None:
    error = bench.refused("tickets.jsonl", LINES[:-20])
    assert [(reject.row, reject.code) for reject in error.rejects] == [(2, "record")]


def test_nul_characters(bench: Bench) -> None:
    error = bench.refused("tickets.jsonl", json.dumps(ROWS[0] | {"account_id": "a\0b"}))
    assert [(reject.row, reject.column, reject.code) for reject in error.rejects] == [(1, "account_id", "nul")]


class TestEvents:
    def test_properties_keep_their_types_and_take_the_rest(self, bench: Bench) -> None:
        content = (
            '{"account_id":"a","name":"x","timestamp":"2024-01-05","properties":{"n":1,"own":true},"own":false,"z":[2]}'
        )
        [row] = bench.rows("events.jsonl", content)
        assert json.loads(row["properties"]) == {"n": 1, "own": True, "z": [2]}

    def test_properties_as_text(self, bench: Bench) -> None:
        content = json.dumps({"account_id": "a", "name": "x", "timestamp": "2024-01-05", "properties": '{"n":1}'})
        [row] = bench.rows("events.jsonl", content)
        assert json.loads(row["properties"]) == {"n": 1}

    def test_properties_that_are_none(self, bench: Bench) -> None:
        content = '{"account_id":"a","name":"x","timestamp":"2024-01-05","properties":"n=1"}\n'
        error = bench.refused("events.jsonl", content + content.replace('"n=1"', "[1]"))
        assert [reject.code for reject in error.rejects] == ["json", "json"]

    def test_the_account_in_the_context(self, bench: Bench) -> None:
        content = '{"event":"x","userId":7,"timestamp":"2024-01-05","context":{"groupId":"g","ip":"1"}}\n'
        reading = bench.reading("events.jsonl", content)
        assert next(match.source for match in reading.matches if match.column == "account_id") == "context.groupId"
        assert reading.unknown == ("context",)
        [row] = bench.rows("events.jsonl", content)
        assert (row["account_id"], row["user_id"], row["properties"]) == ("g", "7", '{"context":{"ip":"1"}}')

    def test_a_context_that_held_only_the_account(self, bench: Bench) -> None:
        [row] = bench.rows("events.jsonl", '{"event":"x","timestamp":"2024-01-05","context":{"groupId":"g"}}')
        assert "properties" not in row
