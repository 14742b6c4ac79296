"""What a record knows from long before it, out of a real store: habits of who is still there, features, and voices."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from weatherglass import workspace
from weatherglass.actions.habits import LAG, SPAN
from weatherglass.config import FILE_NAME
from weatherglass.jobs.acting.recording import record
from weatherglass.rollups import calendar

END = dt.date(2026, 6, 30)
DAYS = 200


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)


def test_the_features_of_a_store(tmp_path: Path) -> None:
    """A feature an event name, more of them than are looked at; the days on which accounts used those most used."""
    names = [f"f{number:02}" for number in range(70)]
    rows: list[dict[str, Any]] = [
        {"account_id": account, "user_id": "u", "name": names[number], "timestamp": END - dt.timedelta(days=day)}
        for account, often in (("b", 1), ("a", 2))
        for number in range(70)
        for day in range(0, DAYS, often * (1 + (69 - number) // 4))
    ]
    write(tmp_path / "data", "events", rows)
    features = {"product": {"features": {name: [name] for name in names}}}
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump({"name": "R", **features}), encoding="utf-8")
    with workspace.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        opened.update(END)
        found = record(opened.store, opened.project, END - dt.timedelta(days=30)).breadth
    assert sorted(found.names) == names[-16:]
    told: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        told.setdefault((int(row["account_id"] == "b"), calendar.number(row["timestamp"])), []).append(row["name"])
    first = int(found.day.min())
    assert list(zip(found.account.tolist(), found.day.tolist(), strict=True)) == sorted(
        one for one in told if one[1] >= first
    )
    for account, day, events, used in zip(found.account, found.day, found.events, found.used, strict=True):
        there = {name for place, name in enumerate(found.names) if used >> place & 1}
        assert there == set(told[account, day]) & set(found.names) and events == len(told[account, day])


def test_the_record_of_a_store(tmp_path: Path) -> None:
    gone = END - dt.timedelta(days=10)
    came = [
        (user, END - dt.timedelta(days=day))
        for user, every in (("daily", 1), ("weekly", 7), ("former", 2))
        for day in range(0, DAYS, every)
        if user != "former" or END - dt.timedelta(days=day) < gone
    ]
    write(tmp_path / "data", "accounts", [{"account_id": "a", "region": "EMEA"}, {"account_id": "b", "region": ""}])
    users = [{"user_id": one, "account_id": "a", "deactivated_at": ""} for one in ("daily", "weekly")]
    write(tmp_path / "data", "users", [*users, {"user_id": "former", "account_id": "a", "deactivated_at": gone}])
    events = [{"account_id": "a", "user_id": user, "name": "edit", "timestamp": day} for user, day in came]
    write(tmp_path / "data", "events", [*events, {**events[0], "account_id": "b", "user_id": "other"}])
    call = {"interaction_id": "i1", "account_id": "a", "kind": "call", "occurred_at": END}
    write(tmp_path / "data", "interactions", [
        {**call, "attended": "true", "sentiment": -0.5},
        {**call, "interaction_id": "i2", "kind": "email", "attended": "", "sentiment": ""},
    ])  # fmt: skip
    ticket = {"ticket_id": "t1", "account_id": "b", "opened_at": END - dt.timedelta(days=9)}
    write(tmp_path / "data", "tickets", [{**ticket, "resolved_at": END, "csat": 2}])
    answer = {"response_id": "s1", "account_id": "a", "kind": "nps", "score": 9}
    write(tmp_path / "data", "surveys", [
        {**answer, "answered_at": END - dt.timedelta(days=250)},
        {**answer, "response_id": "s2", "answered_at": END - dt.timedelta(days=700)},
    ])  # fmt: skip
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump({"name": "R"}), encoding="utf-8")
    with workspace.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        opened.update(END)
        read = record(opened.store, opened.project, END - dt.timedelta(days=30))
    assert [one.region for one in read.who] == ["EMEA", ""]
    assert read.habits is not None and read.last == calendar.number(END)
    for back in (0, 9, 10, 11, 30):
        day = END - dt.timedelta(days=back)
        span = [day - dt.timedelta(days=LAG + one) for one in range(SPAN)]
        there = ("daily", "weekly") if day >= gone else ("daily", "weekly", "former")
        counts = [sum(user == one and on in span for user, on in came) for one in there]
        column = read.days - 1 - back
        assert read.habits.days[0, column] == sum(counts), back
        assert read.habits.squares[0, column] == sum(count**2 for count in counts), back
    assert read.habits.known[0, -1] == SPAN and read.habits.known[1, -1] == 0
    voices = read.voices
    told = sorted(
        zip(voices.account.tolist(), voices.day.tolist(), voices.kind.tolist(), voices.value.tolist(), strict=True)
    )
    last = calendar.number(END)
    assert told == [(0, last - 250, 3, 9.0), (0, last, 0, -0.5), (0, last, 1, 1.0), (1, last, 2, 2.0)]
