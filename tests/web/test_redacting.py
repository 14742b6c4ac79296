"""Addresses and named properties: in no log, no store, no debug view, through whichever door they come."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from commands import weatherglass
from held import events
from pyarrow import csv
from service import Service, eventually

from weatherglass.config import FILE_NAME, ConfigError, read_project
from weatherglass.events.redacting import Redactor
from weatherglass.jobs.incoming.catching_up import catch_up
from weatherglass.jobs.incoming.redacting import KEY, known_as, redactor
from weatherglass.state import State
from weatherglass.state.actor import SERVICE
from weatherglass.store import Store

SECRET = "0123456789abcdef"
ADDRESS = "Ann.Lee@Example.com"
NUMBER = "555-0199-7"
ANN = Redactor((), SECRET.encode()).text(ADDRESS)
WHEN = "2026-11-01T10:00:00Z"


@pytest.fixture
def redacting(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that leaves out telephone numbers and hashes addresses."""
    path = project / FILE_NAME
    said = path.read_text().replace(
        "  properties: []\n  hash_emails: false", "  properties: [phone]\n  hash_emails: true"
    )
    path.write_text(said)
    monkeypatch.setenv(KEY, SECRET)
    return project


def call(message_id: str, **more: Any) -> dict[str, Any]:
    said = {"phone": NUMBER, "deep": [{"mail": ADDRESS, "Phone": NUMBER}], "note": f"call {ADDRESS} back"}
    base = {"type": "track", "event": "Invited", "userId": ADDRESS, "timestamp": WHEN, "messageId": message_id}
    return {**base, "context": {"groupId": "acme", "traits": {"email": ADDRESS}}, "properties": said, **more}


def send_everything(service: Service) -> None:
    assert service.post("/v1/track", call("one"))[0] == 200
    assert service.post("/v1/batch", {"batch": [call("two"), call("three")]})[0] == 200
    group = {"type": "group", "userId": ADDRESS, "groupId": "acme", "timestamp": WHEN, "messageId": "four"}
    assert service.post("/v1/group", {**group, "traits": {"owner": "eve@ours.com", "contact": ADDRESS}})[0] == 200
    event = {
        "event": "Invited",
        "uuid": "five",
        "timestamp": WHEN,
        "properties": {"distinct_id": ADDRESS, "$groups": {"company": "acme"}, "phone": NUMBER},
    }
    assert service.post("/batch/", {"api_key": "the-write-key", "batch": [event]})[0] == 200
    packed = base64.b64encode(json.dumps({**event, "api_key": "the-write-key", "uuid": "six"}).encode())
    assert service.ask("POST", "/e/", b"data=" + packed.replace(b"+", b"%2B"))[0] == 200
    hook = json.dumps(call("seven")).encode()
    signature = hmac.new(b"shared", hook, hashlib.sha1).hexdigest()
    assert service.ask("POST", "/webhooks/segment", hook, {"X-Signature": signature})[0] == 200
    user = {"user_id": ADDRESS, "account_id": "acme", "email": ADDRESS, "phone": NUMBER, "name": "Ann"}
    assert service.post("/api/v1/users", user)[0] == 202
    ticket = {"ticket_id": "t", "account_id": "acme", "user_id": ADDRESS, "opened_at": WHEN, "text": f"I am {ADDRESS}"}
    assert service.post("/api/v1/tickets", [ticket])[0] == 202


def test_nothing_reaches_the_disk(redacting: Path) -> None:
    token = weatherglass("keys", "create", "one", "--token", "read", "-p", redacting).out.strip()
    asked = {"Authorization": f"Bearer {token}"}
    with Service(redacting, webhook_secret="shared", nightly_hour="24") as service:
        send_everything(service)
        assert service.post("/v1/track", {"userId": ADDRESS, "event": ""})[0] == 200
        eventually(lambda: [one for one in service.rejects()["last"] if "missing" in one["code"]])
        rejects = json.loads(service.ask("GET", "/api/v1/intake/rejects", headers=asked)[2])
        assert ANN in next(one["sample"] for one in rejects["last"] if "missing" in one["code"])
        assert service.post("/api/v1/tickets", [{"ticket_id": "u", "account_id": "a", "text": ADDRESS}])[0] == 422
        assert service.ask("POST", "/v1/track", f'{{"userId": "{ADDRESS}", '.encode())[0] == 400
        told = service.ask("GET", "/api/v1/intake/rejects", headers=asked)[2].decode().lower()
        assert ADDRESS.lower() not in told and NUMBER not in told
        service.kill()
    kept = b"".join(path.read_bytes() for path in (redacting / ".weatherglass").rglob("*") if path.is_file()).lower()
    assert ANN.encode() in kept
    assert ADDRESS.lower().encode() not in kept and NUMBER.encode() not in kept
    with Store.open(redacting) as store:
        catch_up(store, read_project(redacting / FILE_NAME))
        rows = store.engine.rows(f"SELECT user_id, properties FROM {events(store)} WHERE message_id <> 'four'")
        assert len(rows) >= 6 and {user for user, _ in rows} == {ANN}
        assert not any("555" in said or "@" in said for _, said in rows)
        assert store.engine.row("SELECT owner FROM accounts WHERE account_id = 'acme'") == ("eve@ours.com",)
        assert store.engine.rows("SELECT user_id, email, name FROM users") == [(ANN, ANN, "Ann")]
        assert store.engine.rows("SELECT user_id, text FROM tickets") == [(ANN, f"I am {ANN}")]


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_files_are_redacted_as_messages_are(redacting: Path, tmp_path: Path, form: str) -> None:
    # the same name once more, written with an escape
    said = json.dumps({"mail": ADDRESS, "in": {"PHONE": NUMBER}})[:-1] + f', "\\u0070hone": "{NUMBER}"}}'
    rows = [{"account_id": "acme", "user_id": ADDRESS, "name": "Invited", "timestamp": WHEN, "properties": said}]
    users = [{"user_id": ADDRESS, "account_id": "acme", "email": ADDRESS, "phone": NUMBER, "plan": f"of {ADDRESS}"}]
    folder = tmp_path / "files"
    folder.mkdir()
    made = {"events": pa.Table.from_pylist(rows), "users": pa.Table.from_pylist(users)}
    if form == "parquet":
        # as a segment lies: such a file is otherwise taken as it is
        times = made["events"]["timestamp"].cast(pa.timestamp("us", "UTC"))
        made["events"] = made["events"].set_column(3, "timestamp", times)
    for name, table in made.items():
        if form == "csv":
            csv.write_csv(table, folder / f"{name}.csv")
        elif form == "parquet":
            pq.write_table(table, folder / f"{name}.parquet")
        else:
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    if form == "jsonl":
        (folder / "segment.jsonl").write_text(json.dumps(call("one")) + "\n")
    loaded = weatherglass("load", folder, "-p", redacting)
    assert loaded.good, loaded.err
    with Store.open(redacting) as store:
        for user, told in store.engine.rows(f"SELECT user_id, properties FROM {events(store)}"):
            assert user == ANN
            assert "555" not in told and "@" not in told and ANN in told
        user, email, traits = store.engine.row("SELECT user_id, email, traits FROM users")
        assert (user, email, json.loads(traits)) == (ANN, ANN, {"plan": f"of {ANN}"})
    held = tmp_path / "held.json"
    assert weatherglass("held", "--user", ADDRESS.lower(), "--out", held, "-p", redacting).good
    assert len(json.loads(held.read_text())["events"]) == (2 if form == "jsonl" else 1)
    erased = weatherglass("erase", "--user", ADDRESS, "--yes", "-p", redacting)
    assert erased.good and "Erased " in erased.out and "Erased 0" not in erased.out, erased.out
    assert weatherglass("held", "--user", ANN, "--out", held, "-p", redacting).code == 1


def test_an_account_whose_id_is_an_address_is_found_by_it(redacting: Path) -> None:
    with State.open(redacting / ".weatherglass") as state:
        token = {"Authorization": "Bearer " + state.tokens.create(SERVICE, "reader", "read")[1]}

    def asked(path: str) -> Any:
        status, _, said = service.ask("GET", path, headers=token)
        return json.loads(said) if status == 200 else None

    with Service(redacting, nightly_hour="24") as service:
        yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).isoformat()
        for number, when in enumerate((WHEN, yesterday, dt.datetime.now(dt.UTC).isoformat())):
            said = call(f"m{number}", timestamp=when, context={"groupId": ADDRESS})
            assert service.post("/v1/track", said)[0] == 200
        assert eventually(lambda: asked(f"/api/v1/newest/{ADDRESS}"))["account_id"] == ANN
        assert eventually(lambda: asked(f"/api/v1/accounts/{ADDRESS.lower()}"))["account_id"] == ANN
        assert asked(f"/api/v1/accounts/{ANN}") == asked(f"/api/v1/accounts/{ADDRESS}")
        assert asked("/api/v1/accounts/nobody@example.com") is None
        assert (
            service.post("/api/v1/outcomes", {"kind": "churned", "account_id": ADDRESS, "occurred_at": WHEN})[0] == 202
        )
        told = eventually(lambda: asked(f"/api/v1/outcomes?account_id={ADDRESS}")["items"])
        assert [one["account_id"] for one in told] == [ANN]
        service.kill()
    with Store.open(redacting) as store:
        catch_up(store, read_project(redacting / FILE_NAME))
        by = redactor(read_project(redacting / FILE_NAME))
        assert known_as(store, by, ADDRESS) == known_as(store, by, ANN) == ANN
        assert known_as(store, None, ADDRESS) == ADDRESS and known_as(store, by, "acme") == "acme"
        store.engine.execute("INSERT INTO account_ids VALUES (7, ?)", [ADDRESS])
        assert known_as(store, by, ADDRESS) == ADDRESS, "what was stored before stays as it was"


def test_what_came_before_is_redacted_on_its_way_into_the_store(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from weatherglass.intake.entries import packed
    from weatherglass.intake.log import Log
    from weatherglass.jobs.incoming.catching_up import LOG_FOLDER

    with Store.open(project) as store:
        log = Log(store.folder / LOG_FOLDER, 0)
        log.commit([packed(0, "track", "web", json.dumps(call("early")).encode())])
        log.close()
    path = project / FILE_NAME
    path.write_text(path.read_text().replace("hash_emails: false", "hash_emails: true"))
    with Store.open(project) as store:
        with pytest.raises(ConfigError, match="it is not set"):
            catch_up(store, read_project(path))
        monkeypatch.setenv(KEY, SECRET)
        catch_up(store, read_project(path))
        assert store.engine.rows(f"SELECT user_id FROM {events(store)}") == [(ANN,)]


def test_without_a_key_nothing_is_taken(redacting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    (tmp_path / "users.csv").write_text("user_id,account_id\na,b\n")
    refused = weatherglass("load", tmp_path / "users.csv", "-p", redacting)
    assert not refused.good and KEY in refused.err and "redact.hash_emails" in refused.err
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(ConfigError, match="it has 5"):
        redactor(read_project(redacting / FILE_NAME))
