"""Alerts, tasks, plays and renewals through the API, on a simulated company."""

from __future__ import annotations

import datetime as dt
import time
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


def test_nobody_learns_an_address_or_a_secret(site: Site) -> None:
    assert site.get("/channels") == {"channels": []}
    missing = site.client.post("/api/v1/channels/none/test", headers=site.headers())
    assert missing.status_code == 404
    assert yaml.safe_load((site.folder / FILE_NAME).read_text(encoding="utf-8")).get("channels") is None
    made = {"account_id": "nobody", "title": "x", "assignee": "a", "due_day": dt.date(2030, 1, 1).isoformat()}
    assert site.client.post("/api/v1/tasks", json=made, headers=site.headers("write")).status_code == 404
    assert site.client.post("/api/v1/tasks", json=made, headers=site.headers("read")).status_code == 403
