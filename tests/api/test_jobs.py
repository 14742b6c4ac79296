"""Jobs, the snapshot, backups and erasure, through the service."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from stores import HISTORY

from api.conftest import ME, Site
from weatherglass import workspace
from weatherglass.jobs.backup.restoring import restore
from weatherglass.jobs.errors import JobError
from weatherglass.jobs.schedule.running import Runner, Task
from weatherglass.jobs.schedule.scheduling import NIGHTLY, RETRAIN, Schedule
from weatherglass.state import State
from weatherglass.state.actor import SERVICE
from weatherglass.state.outbox import Draft
from weatherglass.state.tables import METADATA


def done(site: Site, **asked: Any) -> dict[str, Any]:
    """A job, from asking to its end."""
    answer = site.client.post("/api/v1/jobs", json=asked, headers=site.headers())
    assert answer.status_code == 202, answer.text
    job = answer.json()
    for _ in range(600):
        found: dict[str, Any] = site.get(f"/jobs/{job['id']}")
        if found["ended_at"]:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def test_jobs_are_written_down(own: Site) -> None:
    found = done(own, kind="score")
    assert found["state"] == "done" and found["done"] == found["total"] == 1 and found["asked_by"] == "test admin"
    listed: Any = own.get("/jobs", kind="score")
    assert [one["id"] for one in listed["items"]] == [found["id"]]
    assert own.client.post("/api/v1/jobs", json={"kind": "score"}, headers=own.headers("write")).status_code == 403
    for wrong in ("", "relative.tar", "/no/such/folder/x.tar"):
        answer = own.client.post("/api/v1/jobs", json={"kind": "backup", "file": wrong}, headers=own.headers())
        assert answer.status_code in {409, 422}


def test_the_snapshot_says_what_the_service_says(own: Site) -> None:
    found = done(own, kind="snapshot")
    assert found["state"] == "done", found
    path = own.folder / ".weatherglass" / "snapshot.duckdb"
    with duckdb.connect(str(path), read_only=True) as reader:
        rows = reader.execute("SELECT count(*), count(DISTINCT account_id) FROM scores").fetchall()
        assert rows == [(found["result"]["rows"], 24)]
        # who reads goes on reading the old one while a new one takes its place
        assert done(own, kind="snapshot")["state"] == "done"
        assert reader.execute("SELECT count(*) FROM accounts").fetchall() == [(24,)]
    assert not list(path.parent.glob("*.new"))


def history(folder: Path) -> list[Any]:
    with workspace.open(folder) as opened:
        return sorted(opened.store.engine.rows(HISTORY), key=repr)


def test_a_backup_while_serving_is_restored_and_scored_alike(own: Site, tmp_path: Path) -> None:
    _, key = own.state.keys.create(ME, "web")
    event = {"userId": "new-user", "event": "Report Created", "context": {"groupId": "acc_0001"}}
    assert own.client.post("/v1/track", json=event, auth=(key, "")).status_code == 200
    file = tmp_path / "backup.tar"
    assert done(own, kind="backup", file=str(file))["state"] == "done"
    kept = own.live.read(lambda store: sorted(store.engine.rows(HISTORY), key=repr))
    restored = restore(file, tmp_path / "other")
    assert restored.aside is None and restored.files > 3
    assert history(tmp_path / "other") == kept
    with State.open(tmp_path / "other" / ".weatherglass") as state:
        assert state.keys.check(key) is not None and state.tokens.check(own.tokens["read"]) is not None
    with workspace.open(tmp_path / "other") as opened:
        opened.update(since="2000-01-01")
        assert sorted(opened.store.engine.rows(HISTORY), key=repr) == kept, "scored anew from the restored facts"
        engine, folder = opened.store.engine, opened.store.events_folder
        paths = [str(folder / path) for (path,) in engine.rows("SELECT path FROM segments")]
        query = "SELECT count(*) FROM read_parquet(?) WHERE user_id = 'new-user'"
        (users,) = engine.rows(query, [paths])
        assert users == (1,)


def test_restoring_refuses_what_would_harm(own: Site, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    assert done(own, kind="backup", file=str(file))["state"] == "done"
    restore(file, tmp_path / "other")
    with pytest.raises(JobError, match="changed since"):
        restore(file, tmp_path / "other")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    (tmp_path / "damaged.tar").write_bytes(damaged)
    with pytest.raises(JobError, match="damaged"):
        restore(tmp_path / "damaged.tar", tmp_path / "third")
    (tmp_path / "cut.tar").write_bytes(file.read_bytes()[:-20_000])
    with pytest.raises(JobError):
        restore(tmp_path / "cut.tar", tmp_path / "third")
    assert not list((tmp_path / "third").iterdir()), "nothing is left of a restore that was refused"


def _everywhere(folder: Path, text: str) -> list[str]:
    """The files below a folder that hold a text, in the clear."""
    return [path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_an_erased_user_is_in_no_event_and_no_backup(own: Site, tmp_path: Path) -> None:
    _, key = own.state.keys.create(ME, "web")
    who = "mallory-9f3a7c"
    for number in range(5):
        event = {
            "userId": who,
            "event": "Report Created",
            "context": {"groupId": "acc_0001"},
            "messageId": f"m{number}",
        }
        assert own.client.post("/v1/track", json=event, auth=(key, "")).status_code == 200
    user = {"user_id": who, "account_id": "acc_0001", "email": f"{who}@example.com"}
    assert own.client.post("/api/v1/users", json=user, headers={"Authorization": f"Bearer {key}"}).status_code == 202
    own.live.finish().result()
    path = f"/api/v1/held/users/{who}"
    held = own.client.get(path, headers=own.headers()).json()
    assert len(held["tables"]["events"]) == 5 and held["tables"]["users"][0]["email"] == f"{who}@example.com"
    assert own.client.delete(path, headers=own.headers("write")).status_code == 403
    erased = own.client.delete(path, headers=own.headers())
    assert erased.status_code == 200, erased.text
    assert erased.json()["events"] == 5 and erased.json()["rows"] == 1
    assert own.client.get(path, headers=own.headers()).status_code == 404
    receipt = json.loads(Path(erased.json()["receipt"]).read_text())
    assert who not in json.dumps(receipt) and receipt["by"] == "test admin"
    file = tmp_path / "backup.tar"
    assert done(own, kind="backup", file=str(file))["state"] == "done"
    restore(file, tmp_path / "other")
    assert _everywhere(tmp_path / "other", who) == []
    own.client.post("/v1/track", json={"userId": "x", "event": "y"}, auth=(key, ""))
    own.live.finish().result()
    left = _everywhere(own.folder / ".weatherglass", who)
    assert set(left) <= {"store.duckdb", "store.duckdb.wal"}, left


def test_others_mention_an_erased_user_no_more(own: Site, tmp_path: Path) -> None:
    """In properties of other people's events, traits of accounts, and texts; what only looks like it stays."""
    who, mail = "nadia.k-71c", "nadia+71c@Example.org"
    _, key = own.state.keys.create(ME, "web")
    said = {"invited": mail.upper(), "by": who, "also": f"{who}2", "note": f"ask {mail}, or {who}."}
    for user, name, properties in ((who, "Report Created", {"email": mail}), ("kept-1", "Invite Sent", said)):
        event = {"userId": user, "event": name, "context": {"groupId": "acc_0001"}, "properties": properties}
        assert own.client.post("/v1/track", json=event, auth=(key, "")).status_code == 200
    rows = {
        "accounts": {"account_id": "acc_0001", "billing_contact": mail},
        "tickets": {"ticket_id": "n1", "account_id": "acc_0001", "opened_at": "2026-01-01", "text": f"<{mail}> wrote"},
    }
    for table, row in rows.items():
        assert own.client.post(f"/api/v1/{table}", json=row, headers=own.headers()).status_code == 202
    own.live.finish().result()
    erased = own.client.delete(f"/api/v1/held/users/{who}", headers=own.headers())
    assert (erased.json()["events"], erased.json()["rows"]) == (1, 3), erased.text
    kept = own.client.get("/api/v1/held/users/kept-1", headers=own.headers()).json()["tables"]["events"]
    told = {"invited": "(erased)", "by": "(erased)", "also": f"{who}2", "note": "ask (erased), or (erased)."}
    assert json.loads(kept[0]["properties"]) == told
    held = own.client.get("/api/v1/held/accounts/acc_0001", headers=own.headers()).json()["tables"]
    assert json.loads(held["accounts"][0]["traits"])["billing_contact"] == "(erased)"
    assert [one["text"] for one in held["tickets"] if one["ticket_id"] == "n1"] == ["<(erased)> wrote"]
    assert done(own, kind="backup", file=str(tmp_path / "backup.tar"))["state"] == "done"
    restore(tmp_path / "backup.tar", tmp_path / "other")
    assert _everywhere(tmp_path / "other", mail) == []


def test_the_name_of_an_erased_user_is_in_no_alert_task_or_message(own: Site, tmp_path: Path) -> None:
    who, name, day = "zq-77f1", "Zelda Quimby", dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
    user = {"user_id": who, "account_id": "acc_0001", "name": name, "email": "zelda@example.org", "is_champion": True}
    rows = [{**user, "created_at": "2026-01-01", "deactivated_at": f"{day}T12:00:00Z"}]
    assert own.client.post("/api/v1/users", json=rows, headers=own.headers("write")).status_code == 202
    own.live.finish().result()
    assert done(own, kind="alerts")["state"] == "done"
    lines = [line for one in own.state.episodes.of("acc_0001") for line in one.rules]
    assert any(name in str(line) for line in lines), lines
    task = {"account_id": "acc_0001", "title": f"Call {name}", "assignee": "Eve", "due_day": str(day)}
    made = own.client.post("/api/v1/tasks", json=task, headers=own.headers("write"))
    assert made.status_code == 201, made.text
    told = {"title": "Alert", "blocks": [{"kind": "line", "text": f"the champion {name} has left (zelda@example.org)"}]}
    later = dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(days=1)
    own.state.outbox.add([Draft("cs", "digest:cs", "digest", "low", {**told, "data": {}}, later)])
    erased = own.client.delete(f"/api/v1/held/users/{who}", headers=own.headers())
    assert erased.status_code == 200 and erased.json()["state"] >= 3, erased.text
    assert own.state.tasks.get(made.json()["id"]).title == "Call (erased)"
    lines = [line for one in own.state.episodes.of("acc_0001") for line in one.rules]
    assert any("(erased)" in str(line) for line in lines), lines
    file = tmp_path / "backup.tar"
    assert done(own, kind="backup", file=str(file))["state"] == "done"
    restore(file, tmp_path / "other")
    dumped = own.state.database
    with dumped.reading() as connection:
        everything = [row for table in METADATA.sorted_tables for row in connection.execute(table.select())]
    for text in (name, "zelda@", who):
        assert text not in repr(everything)
        assert _everywhere(tmp_path / "other", text) == []


def test_whom_a_client_asks_to_erase_is_erased(own: Site) -> None:
    _, key = own.state.keys.create(ME, "segment")
    bearer = {"Authorization": f"Bearer {key}"}
    delete = json.dumps({"type": "delete", "userId": "gone-1"}).encode()
    signature = hmac.new(b"shared", delete, hashlib.sha1).hexdigest()
    door = own.client.app.state.door  # type: ignore[attr-defined]
    event = {"type": "track", "userId": "gone-1", "event": "Report Created", "context": {"groupId": "acc_0001"}}
    event["timestamp"] = dt.datetime.now(dt.UTC).isoformat()
    assert own.client.post("/webhooks/segment", json=event, headers=bearer).status_code == 200
    # a write key may be known to everybody who visits a website: it erases nobody
    for body in (delete, b"[" + delete + b"," + json.dumps(event).encode() + b"]"):
        assert own.client.post("/webhooks/segment", content=body, headers=bearer).status_code == 200
    assert done(own, kind="erasures")["result"] == {"users": 0}
    refused = own.live.rejects.last()
    assert [(one.code, "gone-1" in one.sample) for one in refused] == [("unsigned", True)] * 2
    door.settings = dataclasses.replace(door.settings, webhook_secret="shared")
    answer = own.client.post("/webhooks/segment", content=delete, headers={"X-Signature": signature})
    assert answer.status_code == 200
    own.live.finish().result()
    assert own.client.get("/api/v1/held/users/gone-1", headers=own.headers()).status_code == 200
    found = done(own, kind="erasures")
    assert found["result"] == {"users": 1}, found
    assert own.client.get("/api/v1/held/users/gone-1", headers=own.headers()).status_code == 404
    assert own.live.rejects.last() == [], "their id is in no sample any more"
    assert done(own, kind="erasures")["result"] == {"users": 0}


def test_an_erased_account_is_no_more(own: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before: Any = own.get("/accounts")
    assert "acc_0002" in {one["account_id"] for one in before["items"]}
    last_day = str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9))
    body = {"tier": "red", "reason": "their Xanthippe leaves", "last_day": last_day}
    own.client.post("/api/v1/accounts/acc_0002/overrides", json=body, headers=own.headers())
    renamed = {"account_id": "acc_0002", "name": "Xylophones & Sons"}
    assert own.client.post("/api/v1/accounts", json=renamed, headers=own.headers()).status_code == 202
    own.live.finish().result()
    told = {"text": "Xylophones & Sons (acc_0002), acc_0003"}
    later = dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(days=1)
    own.state.outbox.add([Draft("cs", "digest:cs", "digest", "low", told, later)])
    erased = own.client.delete("/api/v1/held/accounts/acc_0002", headers=own.headers())
    assert erased.status_code == 200 and erased.json()["rows"] > 0 and erased.json()["state"] > 0
    assert own.client.get("/api/v1/accounts/acc_0002", headers=own.headers()).status_code == 404
    after: Any = own.get("/accounts")
    assert {one["account_id"] for one in after["items"]} == {one["account_id"] for one in before["items"]} - {
        "acc_0002"
    }
    audit: Any = own.get("/audit", "admin")
    assert "acc_0002" not in json.dumps(audit)
    file = tmp_path / "backup.tar"
    assert done(own, kind="backup", file=str(file))["state"] == "done"
    # beside the service: its database is not the one to restore into
    monkeypatch.delenv("WEATHERGLASS_STATE_URL", raising=False)
    restore(file, tmp_path / "other")
    for text in ("acc_0002", "Xylophones", "Xanthippe"):
        assert _everywhere(tmp_path / "other", text) == []
        assert [name for name in _everywhere(own.folder / ".weatherglass", text) if name.startswith("state.db")] == []


def test_one_job_runs_at_a_time_and_failures_are_told(tmp_path: Path) -> None:
    running, most = 0, 0

    def work(task: Task, options: dict[str, Any]) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.01)
        running -= 1
        if options.get("fail"):
            raise ValueError("no disk left")
        task.say("half way")
        return {"did": options.get("n")}

    with State.open(tmp_path) as state:
        lost = state.ledger.ask(SERVICE, "work")
        runner = Runner(state, {"work": work})
        runner.start()
        assert state.ledger.get(lost.id).state == "interrupted"
        jobs = [runner.ask(SERVICE, "work", {"n": number}) for number in range(5)]
        bad = runner.ask(SERVICE, "work", {"fail": True})
        assert runner.ask(SERVICE, "work", {"fail": True}).id == bad.id
        for _ in range(200):
            if state.ledger.get(bad.id).ended_at:
                break
            time.sleep(0.02)
        runner.stop()
        assert [state.ledger.get(job.id).state for job in jobs] == ["done"] * 5 and most == 1
        failed = state.ledger.get(bad.id)
        assert (failed.state, failed.error) == ("failed", "no disk left")
        assert [line.line for line in state.ledger.lines(jobs[0].id)] == ["half way"]


def test_what_was_missed_is_made_up_for(tmp_path: Path) -> None:
    with State.open(tmp_path) as state:
        nightly = (*NIGHTLY, RETRAIN)
        runner = Runner(state, {kind: lambda task, options: {} for kind in nightly})
        schedule = Schedule(runner, state, ZoneInfo("Europe/Berlin"), 2)
        assert schedule.due(dt.datetime(2026, 3, 29, 12)) == dt.datetime(2026, 3, 29, 1), "an hour that a day lacks"
        assert schedule.due(dt.datetime(2026, 1, 10, 0, 59)) == dt.datetime(2026, 1, 9, 1)
        assert schedule.due(dt.datetime(2026, 1, 10, 1, 1)) == dt.datetime(2026, 1, 10, 1)
        runner.start()
        schedule.start()
        for _ in range(200):
            if state.ledger.last_done(RETRAIN):
                break
            time.sleep(0.02)
        schedule.stop()
        first = state.ledger.all(None, 10)
        assert [job.kind for job in first] == [*reversed(nightly)]
        again = Schedule(runner, state, ZoneInfo("Europe/Berlin"), 2)
        again.start()
        again.stop()
        runner.stop()
        assert state.ledger.all(None, 10) == first, "it was done since it was due"
