"""What is taken out of messages: names at any depth, and every address, in whatever form it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.events.redacting import Redactor

KEY = b"a key of sixteen"
REDACTOR = Redactor(("phone", "email_address", "password"), KEY)
ANN = REDACTOR.text("ann@example.com")


def redacted(kind: str, said: Any) -> Any:
    return json.loads(REDACTOR.body(kind, json.dumps(said).encode()))


def test_a_digest_is_one_address_under_one_key() -> None:
    assert ANN.startswith("email_") and len(ANN) == 38
    assert REDACTOR.text("Ann@Example.COM") == ANN == REDACTOR.text(ANN)
    assert REDACTOR.text("ben@example.com") != ANN != Redactor((), b"another key of 16").text("ann@example.com")
    assert Redactor((), None).text("ann@example.com") == "ann@example.com"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to ann@example.com.", f"write to {ANN}."),
        ("https://x.io/?email=ann%40example.com&a=1", f"https://x.io/?email={ANN}&a=1"),
        ("Ann <ann@example.com>, ann@example.com", f"Ann <{ANN}>, {ANN}"),
        ("@ann at example.com", "@ann at example.com"),
        ("5 @ 3", "5 @ 3"),
    ],
)
def test_addresses_within_texts(text: str, left: str) -> None:
    assert REDACTOR.text(text) == left


def test_a_long_text_takes_no_long_time() -> None:
    assert REDACTOR.text("a" * 300_000 + "@").endswith("@")


def test_calls_keep_what_they_need() -> None:
    call = {
        "type": "track",
        "event": "Invited",
        "userId": "ann@example.com",
        "timestamp": "2026-01-01T00:00:00Z",
        "context": {"groupId": "acme", "Phone": "1", "traits": {"email": "ann@example.com"}},
        "properties": {"guests": [{"who": "ann@example.com", "PHONE": 5, "n": 2**60}], "password": "x"},
    }
    told = redacted("track", call)
    assert told == {
        **call,
        "userId": ANN,
        "context": {"groupId": "acme", "traits": {"email": ANN}},
        "properties": {"guests": [{"who": ANN, "n": 2**60}]},
    }
    assert redacted("batch", {"batch": [call, call], "writeKey": "k"}) == {"batch": [told, told], "writeKey": "k"}
    assert redacted("webhook", [call]) == [told]


def test_who_of_ours_owns_an_account_is_left() -> None:
    row = {"account_id": "a", "csm_email": "eve@ours.com", "billing": "ann@example.com"}
    assert redacted("accounts", row) == {**row, "billing": ANN}
    group = {"groupId": "a", "traits": {"owner": "eve@ours.com", "by": "ann@example.com", "phone": "1"}}
    assert redacted("group", group) == {"groupId": "a", "traits": {"owner": "eve@ours.com", "by": ANN}}
    described = {"event": "$groupidentify", "properties": {"$group_set": {"owner": "eve@ours.com", "phone": "1"}}}
    assert redacted("posthog", described)["properties"] == {"$group_set": {"owner": "eve@ours.com"}}
    assert redacted("track", {"properties": {"owner": "eve@ours.com"}})["properties"]["owner"] != "eve@ours.com"


def test_rows_lose_a_column_by_any_of_its_names() -> None:
    row = {"id": "ann@example.com", "account_id": "a", "email": "ann@example.com", "Phone": "1", "name": "Ann"}
    assert redacted("users", [row]) == [{"id": ANN, "account_id": "a", "name": "Ann"}]
    assert redacted("milestones", {"account_id": "a", "name": "x", "reached_at": "2026-01-01"})["name"] == "x"


NAMES = st.sampled_from(["phone", "PHONE", "password", "a", "b"])
VALUES = st.recursive(
    st.none() | st.integers() | st.text() | st.just("ann@example.com"),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=20,
)


@given(VALUES)
def test_nothing_is_left_and_twice_is_once(said: Any) -> None:
    told = REDACTOR.value(said)
    text = json.dumps(told).lower()
    assert "ann@example.com" not in text and '"phone":' not in text and '"password":' not in text
    assert REDACTOR.value(told) == told
