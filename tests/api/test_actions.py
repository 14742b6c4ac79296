"""Alerts, tasks, plays and renewals through the API, on a simulated company."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from api.conftest import Site, serve
from weatherglass.config import FILE_NAME


def done(site: Site) -> None:
    """The nightly job, to its end."""
    asked = site.client.post("/api/v1/jobs", json={"kind": "alerts"}, headers=site.headers())
    assert asked.status_code in {200, 201, 202}, asked.text
    for _ in range(400):
        job = site.get(f"/jobs/{asked.json()['id']}", "admin")
        if job["state"] not in {"waiting", "running"}:
            assert job["state"] == "done", job
            return
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def test_from_the_nightly_job_to_a_task_that_is_done(own: Site) -> None:
    done(own)
    alerts = own.get("/alerts", state="open")["items"]
    assert isinstance(alerts, list) and alerts
    one = alerts[0]
    assert one["rules"][0]["line"] and one["severity"] in {"low", "normal", "high", "critical"}
    judged = own.client.put(
        f"/api/v1/alerts/{one['id']}/feedback", json={"feedback": "not"}, headers=own.headers("write")
    )
    assert judged.json()["feedback"] == "not"
    rules = {rule["name"]: rule for rule in own.get("/alerts/rules")["rules"]}  # type: ignore[attr-defined]
    assert rules[one["rules"][0]["rule"]]["precision"] == 0 and not rules[one["rules"][0]["rule"]]["annoying"]
    queue = own.get("/tasks", limit=2)
    tasks = queue["items"]
    assert isinstance(tasks, list) and tasks[0]["priority"] >= tasks[1]["priority"]
    more = own.get("/tasks", limit=2, cursor=queue["next"])["items"]
    assert isinstance(more, list) and more[0]["priority"] <= tasks[1]["priority"]
    address = f"/api/v1/tasks/{tasks[0]['id']}"
    moved = own.client.patch(
        address, json={"assignee": "ana@example.com", "due_day": "2031-01-02"}, headers=own.headers("write")
    )
    assert moved.json()["assignee"] == "ana@example.com"
    said = own.client.post(f"{address}/comments", json={"text": "called them"}, headers=own.headers("write"))
    assert said.status_code == 201
    assert own.client.patch(address, json={"state": "done"}, headers=own.headers("write")).status_code == 422
    ended = own.client.patch(address, json={"state": "done", "outcome": "they stay"}, headers=own.headers("write"))
    assert (ended.json()["state"], ended.json()["outcome"]) == ("done", "they stay")
    calendar = own.client.get("/api/v1/tasks/calendar", headers=own.headers("read"))
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.content.count(b"BEGIN:VEVENT") == len(own.get("/tasks", limit=500)["items"])  # type: ignore[arg-type]
    assert all(len(line) <= 75 for line in calendar.content.split(b"\r\n"))
    plays = {play["name"]: play for play in own.get("/plays")["plays"]}  # type: ignore[attr-defined]
    assert sum(play["running"] for play in plays.values()) > 0
    assert "too few" in str(own.get("/plays/recover/effect")["told"])
    before = own.get("/alerts", limit=500)
    done(own)
    assert own.get("/alerts", limit=500) == before, "a day is looked at once"


def test_a_store_without_scores_has_nothing_to_look_at(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump({"name": "New"}), encoding="utf-8")
    for site in serve(tmp_path):
        done(site)
        job = site.get("/jobs", "admin", kind="alerts")["items"][0]  # type: ignore[index]
        told = site.get(f"/jobs/{job['id']}", "admin")
        assert told["result"] == {"opened": 0, "updated": 0, "closed": 0, "tasks": 0}
        assert "nothing is scored yet" in str(told["log"])
    assert not [record for record in caplog.records if record.exc_info]


def test_a_renewal_has_two_opinions(own: Site) -> None:
    ahead = own.get("/renewals", days=400)["renewals"]
    assert isinstance(ahead, list) and ahead
    account = ahead[0]["account_id"]
    wrong = own.client.post(f"/api/v1/accounts/{account}/opinions", json={"tier": "blue"}, headers=own.headers("write"))
    assert wrong.status_code == 422
    given = own.client.post(
        f"/api/v1/accounts/{account}/opinions", json={"tier": "red", "note": "budget cut"}, headers=own.headers("write")
    )
    assert given.status_code == 201 and given.json()["computed_tier"]
    listed = own.get(f"/accounts/{account}/opinions")["opinions"]
    assert [(one["tier"], one["note"]) for one in listed] == [("red", "budget cut")]  # type: ignore[attr-defined]
    assert own.client.get("/api/v1/accounts/nobody/opinions", headers=own.headers("read")).status_code == 404
    nobody = own.client.post("/api/v1/accounts/nobody/opinions", json={"tier": "red"}, headers=own.headers("write"))
    assert nobody.status_code == 404
    again = {one["account_id"]: one for one in own.get("/renewals", days=400)["renewals"]}  # type: ignore[attr-defined]
    assert again[account]["opinion"] == "red" and again[account]["agree"] == (again[account]["tier"] == "red")


def test_notes_are_written_read_and_taken_back(own: Site) -> None:
    path = "/api/v1/accounts/acc_0001/notes"
    first = own.client.post(path, json={"text": " they <b>renew</b> "}, headers=own.headers("write"))
    assert first.status_code == 201 and first.json()["text"] == "they <b>renew</b>"
    other = own.client.post(path, json={"text": "budget cut"}, headers=own.headers("admin")).json()
    listed = own.get("/accounts/acc_0001/notes")["notes"]
    assert [(one["text"], one["author"]) for one in listed] == [  # type: ignore[attr-defined]
        ("budget cut", "test admin"),
        ("they <b>renew</b>", "test write"),
    ]
    assert own.client.delete(f"/api/v1/notes/{other['id']}", headers=own.headers("write")).status_code == 422
    assert own.client.delete(f"/api/v1/notes/{other['id']}", headers=own.headers("read")).status_code == 403
    mine = own.client.delete(f"/api/v1/notes/{first.json()['id']}", headers=own.headers("write"))
    assert mine.status_code == 200 and mine.json() == first.json()
    assert own.client.delete(f"/api/v1/notes/{first.json()['id']}", headers=own.headers("write")).status_code == 404
    assert own.client.delete(f"/api/v1/notes/{other['id']}", headers=own.headers("admin")).status_code == 200
    assert own.get("/accounts/acc_0001/notes") == {"notes": []}
    for text in ("", "x" * 4001, " ", "\x00"):
        assert own.client.post(path, json={"text": text}, headers=own.headers("write")).status_code == 422, repr(text)
    nobody = own.client.post("/api/v1/accounts/nobody/notes", json={"text": "x"}, headers=own.headers("write"))
    assert nobody.status_code == 404
    assert own.client.get("/api/v1/accounts/nobody/notes", headers=own.headers("read")).status_code == 404
    told = str(own.get("/audit", "admin", limit=10))
    assert "note added" in told and "note deleted" in told and "renew" not in told


def test_decisions_are_made_listed_and_undone(own: Site) -> None:
    def make(account: str, body: Mapping[str, object], scope: str = "write") -> tuple[int, dict[str, object]]:
        answer = own.client.post(f"/api/v1/accounts/{account}/decisions", json=dict(body), headers=own.headers(scope))
        return answer.status_code, answer.json()

    status, taken = make("acc_0001", {"kind": "taken"})
    assert status == 201 and taken["until"] is None and taken["author"] == "test write"
    scored = own.get("/accounts/acc_0001/scores", as_of=str(taken["day"]), since=str(taken["day"]))["days"]
    assert [(one["score"], one["tier_shown"]) for one in scored] == [(taken["score"], taken["tier"])]  # type: ignore[attr-defined]
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=10)).isoformat()
    status, put_off = make("acc_0001", {"kind": "snoozed", "until": until})
    assert status == 201 and (put_off["until"], put_off["replaces"]) == (until, taken["id"])
    assert make("acc_0002", {"kind": "done"})[0] == 201
    items = own.get("/decisions", limit=1)
    assert isinstance(items["items"], list) and items["items"][0]["kind"] == "done"
    rest = own.get("/decisions", limit=1, cursor=items["next"])
    assert [one["id"] for one in rest["items"]] == [put_off["id"]] and rest["next"] is None  # type: ignore[attr-defined]
    assert own.get("/decisions", kind="taken")["items"] == []
    listed = own.get("/accounts/acc_0001/decisions")["decisions"]
    assert [one["kind"] for one in listed] == ["snoozed", "taken"]  # type: ignore[attr-defined]
    path = f"/api/v1/decisions/{put_off['id']}"
    assert own.client.delete(path, headers=own.headers("read")).status_code == 403
    assert own.client.delete(path, headers=own.headers("write")).json()["ended_by"] == "test write"
    assert own.client.delete(path, headers=own.headers("write")).status_code == 422
    again = own.get("/decisions", kind="taken")["items"]
    assert [one["id"] for one in again] == [taken["id"]]  # type: ignore[attr-defined]
    for body in ({"kind": "snoozed"}, {"kind": "snoozed", "until": "2090-01-01"}, {"kind": "eaten"}, {}):
        assert make("acc_0001", body)[0] == 422, body
    assert make("nobody", {"kind": "taken"})[0] == 404
    assert own.client.delete("/api/v1/decisions/99999", headers=own.headers("write")).status_code == 404
    assert own.client.get("/api/v1/accounts/nobody/decisions", headers=own.headers("read")).status_code == 404


def test_nobody_learns_an_address_or_a_secret(own: Site) -> None:
    assert own.get("/channels")["channels"] == []
    missing = own.client.post("/api/v1/channels/none/test", headers=own.headers())
    assert missing.status_code == 404
    assert yaml.safe_load((own.folder / FILE_NAME).read_text(encoding="utf-8")).get("channels") is None
    made = {"account_id": "nobody", "title": "x", "assignee": "a", "due_day": dt.date(2030, 1, 1).isoformat()}
    assert own.client.post("/api/v1/tasks", json=made, headers=own.headers("write")).status_code == 404
    assert own.client.post("/api/v1/tasks", json=made, headers=own.headers("read")).status_code == 403
