"""What the intake takes and refuses, and what it answers."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest
from service import BASIC, HEADERS, KEY, Service, eventually

DONE = (200, {"success": True})
SHARED = "shared"
WHEN = "2026-11-01T10:00:00Z"
TRACK = {"type": "track", "event": "Report Run", "userId": "u1", "timestamp": WHEN}


def reasons(service: Service) -> list[tuple[str, str]]:
    """Kind and reason of the last refusals, newest first."""
    return [(one["kind"], one["code"]) for one in service.rejects()["last"]]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": BASIC},
        {"Authorization": "Basic " + base64.b64encode(KEY.encode()).decode()},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": "basic " + base64.b64encode(f"{KEY}:ignored".encode()).decode()},
    ],
)
def test_a_key_in_the_header(service: Service, headers: dict[str, str]) -> None:
    assert service.post("/v1/track", TRACK, headers) == DONE


def test_a_key_in_the_body(service: Service) -> None:
    assert service.post("/v1/track", {**TRACK, "writeKey": KEY}, {}) == DONE
    assert service.post("/v1/batch", {"batch": [TRACK], "writeKey": KEY}, {}) == DONE
    assert service.post("/v1/batch", {"batch": [TRACK], "writeKey": KEY}, {"Authorization": "Bearer token"}) == DONE


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic %%%"}])
def test_no_key_or_a_wrong_one(service: Service, headers: dict[str, str]) -> None:
    status, said = service.post("/v1/track", TRACK, headers)
    assert (status, said["success"], said["code"]) == (401, False, "key")


@pytest.mark.parametrize(
    "path", ["track", "identify", "page", "screen", "group", "alias", "t", "i", "p", "s", "g", "a"]
)
def test_every_call_has_an_address(service: Service, path: str) -> None:
    assert service.post(f"/v1/{path}/", TRACK) == DONE
    said = {"event": "x", "name": "n", "userId": "u1", "groupId": "g1", "previousId": "u0"}
    assert service.post(f"/v1/{path}", said) == DONE


@pytest.mark.parametrize("path", ["batch", "import", "b"])
def test_batches(service: Service, path: str) -> None:
    assert service.post(f"/v1/{path}", {"batch": [TRACK, {**TRACK, "type": "identify"}]}) == DONE
    assert service.post(f"/v1/{path}", {"batch": []}) == DONE


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("track", b'{"event": "x", "userId'),
        ("track", b"[]"),
        ("track", b"nothing"),
        ("track", b""),
        ("track", b'{"event": "\xff", "userId": "u"}'),
        ("batch", b'{"batch": 3}'),
        ("batch", b"{}"),
        ("batch", b"[" * 100_000),
        ("track", b'{"a":' * 5_000),
        ("track", json.dumps({**TRACK, "properties": {"x": "y" * 33_000}}).encode()),
        ("batch", json.dumps({"batch": [{**TRACK, "properties": {"x": "y" * 500}}] * 1000}).encode()),
    ],
)
def test_what_is_no_json_or_too_large_is_a_400(service: Service, path: str, body: bytes) -> None:
    status, said = service.post(f"/v1/{path}", body)
    assert (status, said["success"]) == (400, False)
    assert said["message"]


def test_gzip(service: Service) -> None:
    body = gzip.compress(json.dumps({"batch": [TRACK]}).encode())
    assert service.post("/v1/batch", body, {**HEADERS, "Content-Encoding": "gzip"}) == DONE


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip",
        gzip.compress(json.dumps({"batch": [TRACK]}).encode())[:-9],
        gzip.compress(b'{"batch":[' + b" " * 50_000_000 + b"]}"),
    ],
)
def test_bad_gzip_and_bombs(service: Service, body: bytes) -> None:
    assert service.post("/v1/batch", body, {**HEADERS, "Content-Encoding": "gzip"})[0] == 400


def test_gzip_in_parts_is_read_to_its_end(service: Service) -> None:
    whole = json.dumps({"batch": [TRACK]}).encode()
    parts = gzip.compress(whole[:20]) + gzip.compress(whole[20:])
    assert service.post("/v1/batch", parts, {**HEADERS, "Content-Encoding": "gzip"}) == DONE
    many = gzip.compress(b"") * 1000 + gzip.compress(whole)
    assert service.post("/v1/batch", many, {**HEADERS, "Content-Encoding": "gzip"})[0] == 400


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_no_encoding(service: Service, encoding: str) -> None:
    assert service.post("/v1/track", TRACK, {**HEADERS, "Content-Encoding": encoding}) == DONE


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b'"cut \\ud83d"', "cut \ufffd"),
        (b'"\\udc00 \\uD83D\\uDE00 \\\\ud83d \\ud83d"', "\ufffd \U0001f600 \\ud83d \ufffd"),
        (b"NaN", None),
        (b'[-Infinity, "NaN"]', [None, "NaN"]),
    ],
)
def test_what_json_does_not_know_takes_no_batch_with_it(service: Service, said: bytes, kept: object) -> None:
    who = f"mended-{kept!r}".encode("ascii", "replace").decode()
    call = json.dumps({**TRACK, "userId": who, "properties": {"x": 1}}).encode().replace(b'"x": 1', b'"x": ' + said)
    assert service.post("/v1/batch", b'{"batch": [' + json.dumps(TRACK).encode() + b"," + call + b"]}") == DONE
    assert service.post("/v1/track", call) == DONE
    assert service.post("/capture/", call.replace(b"{", b'{"api_key": "' + KEY.encode() + b'",', 1), {})[0] == 200
    row = b'{"account_id": "mended", "of_yours": ' + said + b"}"
    assert service.post("/api/v1/accounts", row)[0] == 202
    eventually(lambda: [mended for mended, _ in lines(service, who)] == [kept] * 2)


def lines(service: Service, user: str) -> list[tuple[object, dict[str, Any]]]:
    """`x` of the properties of the events of a user, and the events, as they are held."""
    found = held(service, user)
    return [(json.loads(one["properties"])["x"], one) for one in found]


def held(service: Service, user: str) -> list[dict[str, Any]]:
    """The events of a user."""
    local = json.loads((service.project / ".weatherglass" / "service.json").read_text())["token"]
    path = f"/api/v1/held/users/{quote(user, safe='')}"
    status, _, answer = service.ask("GET", path, headers={"Authorization": f"Bearer {local}"})
    return json.loads(answer)["tables"]["events"] if status == 200 else []


def test_an_unknown_encoding(service: Service) -> None:
    assert service.post("/v1/track", b"x", {**HEADERS, "Content-Encoding": "br"})[0] == 400


def test_browsers_may_send(service: Service) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    status, headers, _ = service.ask("OPTIONS", "/v1/track", headers=asked)
    assert (status, headers["access-control-allow-origin"]) == (204, "*")
    assert "authorization" in headers["access-control-allow-headers"]
    status, headers, _ = service.ask("POST", "/v1/t", json.dumps(TRACK).encode(), {**HEADERS, **asked})
    assert (status, headers["access-control-allow-origin"]) == (200, "*")


BAD: list[tuple[Any, str]] = [
    ({"type": "track", "userId": "u1", "timestamp": WHEN}, "missing"),
    ({"type": "track", "event": "x", "timestamp": WHEN}, "nobody"),
    ({"type": "unheard", "userId": "u1"}, "call"),
    ({"userId": "u1", "event": "x"}, "call"),
    ({**TRACK, "timestamp": "yesterday"}, "time"),
    ({**TRACK, "timestamp": "1931-01-01"}, "implausible"),
    ({**TRACK, "event": "x\0"}, "nul"),
    ("text", "record"),
    (None, "record"),
]


@pytest.mark.parametrize(("call", "reason"), BAD)
def test_calls_that_cannot_be_used_are_answered_with_200_and_shown(service: Service, call: Any, reason: str) -> None:
    before = len(service.rejects()["last"])
    assert service.post("/v1/batch", {"batch": [TRACK, call, TRACK]}) == DONE
    eventually(lambda: len(service.rejects()["last"]) > before)
    last = service.rejects()["last"][0]
    assert (last["kind"], last["code"], last["key"]) == ("batch", reason, "web")
    assert last["reason"] and last["mend"] and last["received"].startswith("20")


def test_an_event_of_a_batch_that_is_too_large_is_refused_by_itself(service: Service) -> None:
    large = {**TRACK, "properties": {"x": "y" * 33_000}}
    assert service.post("/v1/batch", {"batch": [TRACK, large]}) == DONE
    eventually(lambda: ("batch", "size") in reasons(service)[:1])


def test_only_so_many_events_of_a_batch_are_taken(service: Service) -> None:
    assert service.post("/v1/batch", {"batch": [{"type": "track", "event": "x", "userId": "u"}] * 2503}) == DONE
    eventually(lambda: [code for _, code in reasons(service)[:3]] == ["count"] * 3)


@pytest.mark.parametrize("body", [b"{", b"x" * 600_000, json.dumps({"writeKey": 5}).encode()])
def test_whoever_sent_what_cannot_be_read_sees_it(service: Service, body: bytes) -> None:
    before = len(service.rejects()["last"])
    assert service.post("/v1/batch", body)[0] == 400
    assert len(service.rejects()["last"]) > before or len(service.rejects()["last"]) == 100
    assert service.rejects()["last"][0]["key"] == "web"


def test_a_write_key_is_shown_in_no_refusal(service: Service) -> None:
    """Who may see refusals may not therefore send; a browser's library sends the key with each event."""
    for path, body in (
        ("/v1/track", {"writeKey": KEY, "userId": "u1"}),
        ("/e/", {"properties": {"distinct_id": "u1", "token": KEY}}),
        ("/capture/", {"api_key": KEY, "distinct_id": "u1", "timestamp": "never", "event": "x"}),
        ("/api/v1/accounts", {"account_id": "", "writeKey": KEY}),
    ):
        before = service.rejects()["last"]
        service.post(path, body)
        eventually(lambda before=before: service.rejects()["last"] != before)
    assert KEY not in json.dumps(service.rejects())


def test_a_key_among_properties_is_not_written_down(service: Service) -> None:
    event = {"event": "ran", "properties": {"token": KEY, "distinct_id": "key-bearer", "x": 1}, "offset": 5000}
    assert service.post("/e/", [event], {})[0] == 200
    found = eventually(lambda: lines(service, "key-bearer"))
    assert KEY not in json.dumps(found)
    sent = eventually(lambda: lines(service, "key-bearer"))[0][1]["timestamp"]
    ago = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.datetime.fromisoformat(sent)
    assert dt.timedelta(seconds=5) <= ago < dt.timedelta(seconds=60)


def test_posthog_by_hand(service: Service) -> None:
    event = {"event": "ran", "distinct_id": "u1", "properties": {"$groups": {"company": "a1"}}}
    for path in ("/i/v0/e/", "/capture/", "/e/", "/capture"):
        assert service.post(path, {"api_key": KEY, **event}, {}) == (200, {"status": 1})
    assert service.post("/batch/", {"api_key": KEY, "batch": [event]}, {}) == (200, {"status": 1})
    packed = gzip.compress(json.dumps({**event, "properties": {"token": KEY, "distinct_id": "u1"}}).encode())
    assert service.post("/e/?compression=gzip-js", packed, {"Content-Type": "text/plain"}) == (200, {"status": 1})
    form = b"data=" + base64.b64encode(json.dumps({"api_key": KEY, **event}).encode())
    assert service.post("/e/", form, {"Content-Type": "application/x-www-form-urlencoded"}) == (200, {"status": 1})
    assert service.post("/e/", {"api_key": "wrong", **event}, {})[0] == 401
    assert service.post("/e/", b"{", {})[0] == 400


def signed(body: bytes, secret: str = SHARED) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def test_a_signed_webhook(service: Service) -> None:
    body = json.dumps(TRACK).encode()
    assert service.post("/webhooks/segment", body, {"X-Signature": signed(body)}) == DONE
    spaced = json.dumps(TRACK, indent=2).encode()
    compact = json.dumps(TRACK, separators=(",", ":")).encode()
    assert service.post("/webhooks/segment", spaced, {"X-Signature": signed(compact)}) == DONE
    assert service.post("/webhooks/segment", body, {"X-Signature": signed(body, "other")})[0] == 401
    assert service.post("/webhooks/segment", body, {})[0] == 401
    assert service.post("/webhooks/segment", b"{", {"X-Signature": signed(b"{")})[0] == 400


def test_a_batch_whose_signature_covers_the_first_event_only(service: Service) -> None:
    body = json.dumps([TRACK, TRACK]).encode()
    first = {"X-Signature": signed(json.dumps(TRACK, separators=(",", ":")).encode())}
    assert service.post("/webhooks/segment", body, first) == DONE
    status, _, answer = service.ask("GET", "/api/v1/intake/rejects", headers=HEADERS)
    assert status == 200 and answer
    assert service.post("/webhooks/segment", body, {**first, "Authorization": f"Bearer {KEY}"}) == DONE


ROWS: dict[str, dict[str, Any]] = {
    "accounts": {"account_id": "a1", "name": "Acme", "seats": "12", "plan": "pro"},
    "users": {"user_id": "u1", "account_id": "a1", "is_champion": "yes"},
    "tickets": {"ticket_id": "t1", "account_id": "a1", "opened_at": WHEN, "csat": 4},
    "invoices": {"invoice_id": "i1", "account_id": "a1", "issued_at": WHEN, "amount": "$1,200.00"},
    "subscriptions": {"subscription_id": "s1", "account_id": "a1", "started_at": WHEN, "seats": 5},
    "surveys": {"response_id": "r1", "account_id": "a1", "kind": "nps", "score": 9, "answered_at": WHEN},
    "interactions": {"interaction_id": "x1", "account_id": "a1", "kind": "call", "occurred_at": WHEN},
    "milestones": {"account_id": "a1", "name": "setup completed", "reached_at": WHEN},
    "outcomes": {"account_id": "a1", "kind": "renewed", "occurred_at": WHEN},
}


@pytest.mark.parametrize("table", ROWS)
def test_rows_of_every_table(service: Service, table: str) -> None:
    assert service.post(f"/api/v1/{table}", ROWS[table]) == (202, {"taken": 1})
    assert service.post(f"/api/v1/{table}", [ROWS[table]] * 3) == (202, {"taken": 3})
    status, said = service.post(f"/api/v1/{table}", [ROWS[table], {"account_id": ""}])
    assert status == 422
    assert said["errors"][0]["at"].startswith("body.1")
    assert service.post(f"/api/v1/{table}", b"[")[0] == 400
    assert service.post(f"/api/v1/{table}", b"[]")[0] == 400
    assert service.post(f"/api/v1/{table}", ROWS[table], {})[0] == 401


def test_a_value_is_refused_as_in_a_file(service: Service) -> None:
    status, said = service.post("/api/v1/tickets", {**ROWS["tickets"], "csat": 9})
    assert status == 422
    assert said["errors"] == [
        {"at": "body.0.csat", "message": "is too large (at most 5); correct it, or leave it empty"}
    ]
