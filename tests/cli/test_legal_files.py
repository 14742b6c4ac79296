"""What looks odd and is legal is taken as it stands."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow.parquet as pq
from commands import Done, weatherglass

DAYS = 70
BEGUN = datetime(2024, 1, 1, 12, tzinfo=UTC)

ODD_IDS = {
    "quotes": "'; \"quoted\" ''",
    "emoji": "\N{THUNDER CLOUD AND RAIN}\ufe0f Ünïcode \u200f\u05e2\u05d1\u05e8",
    "SQL": "Robert'); DROP TABLE scores; -- $1 %s {x}",
    "markup": "[bold]<script>alert(1)</script>[/bold]",
    "a comma and a line": "a,b\nc",
    "a number": "1e3",
    "a null": "NULL",
    "an option": "--help",
    "a path": "../../etc/passwd",
    "spaces": "  kept  ",
    "10 kB": "long " * 2000 + "end",
}


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def daily(account: str, zone: timezone = UTC, users: int = 1) -> list[dict[str, object]]:
    """An event a day and user."""
    return [
        {
            "account_id": account,
            "user_id": f"u{user}",
            "name": ("edit", "view")[day % 2],
            "timestamp": (BEGUN + timedelta(days=day)).astimezone(zone).isoformat(),
        }
        for day in range(DAYS)
        for user in range(users)
    ]


def scores(folder: Path, *more: str) -> list[dict[str, object]]:
    """Score rows of a folder's data on its last day."""
    done = weatherglass("score", "--data", folder, "--out", folder.parent / "scores.json", *more)
    assert done.good, done.err
    rows: list[dict[str, object]] = json.loads((folder.parent / "scores.json").read_text(encoding="utf-8"))
    return rows


def test_an_id_is_any_text(tmp_path: Path) -> None:
    """It comes out as it went in: in files of each format, in an explanation, and without harm in the report."""
    ids, project = list(ODD_IDS.values()), tmp_path / "project"
    write_csv(tmp_path / "data" / "events.csv", [row for odd in ids for row in daily(odd)])
    write_csv(tmp_path / "data" / "accounts.csv", [{"account_id": odd, "name": odd, "seats": 3} for odd in ids])
    opened = [{"ticket_id": odd, "account_id": odd, "opened_at": "2024-02-01"} for odd in ids]
    write_csv(tmp_path / "data" / "tickets.csv", opened)
    assert weatherglass("init", project).good
    assert weatherglass("load", tmp_path / "data", "-p", project).good
    for form in ("json", "jsonl", "csv", "parquet"):
        out = tmp_path / f"scores.{form}"
        assert weatherglass("score", "-p", project, "--out", out).good
        assert ids_in(out) == sorted(ids)
    for odd in ids:
        done = weatherglass("explain", "-p", project, "--versus", "2024-03-01", "--", odd)
        assert done.good, done.err
        assert "unscored" not in done.out.splitlines()[0]
    report = tmp_path / "report.html"
    assert weatherglass("report", "-p", project, "--out", report).good
    assert "<script>alert(1)" not in report.read_text(encoding="utf-8")
    assert weatherglass("load", tmp_path / "data" / "tickets.csv", "-p", project).good
    assert weatherglass("score", "-p", project).good


def ids_in(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return sorted(pq.read_table(path)["account_id"].to_pylist())
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return sorted(row["account_id"] for row in csv.DictReader(file))
    text = path.read_text(encoding="utf-8")
    rows = json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]
    return sorted(row["account_id"] for row in rows)


def test_times_may_have_different_offsets(tmp_path: Path) -> None:
    """The same instants are the same days, however they are written."""
    told = []
    zones = [
        UTC,
        timezone(timedelta(hours=5, minutes=30)),
        timezone(-timedelta(hours=8)),
        timezone(timedelta(hours=14)),
    ]
    for place, mixed in enumerate((False, True)):
        rows = [dict(row) for row in daily("acme")]
        for number, row in enumerate(rows):
            at = datetime.fromisoformat(str(row["timestamp"]))
            row["timestamp"] = at.astimezone(zones[number % 4] if mixed else UTC).isoformat()
        write_csv(tmp_path / str(place) / "data" / "events.csv", rows)
        told.append(scores(tmp_path / str(place) / "data"))
    assert told[0] == told[1]
    assert told[0][0]["score"] is not None


def test_fewer_seats_than_active_users_make_a_ratio_above_one(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write_csv(folder / "events.csv", daily("acme", users=5))
    write_csv(folder / "accounts.csv", [{"account_id": "acme", "seats": 2}])
    out = tmp_path / "signals.json"
    assert weatherglass("score", "--data", folder, "--signals-out", out).good
    lines = {line["signal"]: line for line in json.loads(out.read_text(encoding="utf-8"))}
    assert (lines["active_user_ratio"]["value"], lines["active_user_ratio"]["score"]) == (2.5, 100.0)


def test_an_end_in_2199_is_an_end_that_is_planned(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write_csv(folder / "events.csv", daily("acme"))
    row = {"subscription_id": "s", "account_id": "acme", "started_at": "2024-01-01", "ended_at": "2199-12-31"}
    write_csv(folder / "subscriptions.csv", [{**row, "seats": 3}])
    out = tmp_path / "signals.json"
    assert weatherglass("score", "--data", folder, "--signals-out", out).good
    lines = {line["signal"]: line for line in json.loads(out.read_text(encoding="utf-8"))}
    assert lines["contract"]["value"] == 1


# A folder with no events


def without_events(folder: Path, *, tickets: bool) -> Path:
    write_csv(folder / "accounts.csv", [{"account_id": "acme", "created_at": "2024-01-01", "seats": 3}])
    if tickets:
        opened = [{"ticket_id": n, "account_id": "acme", "opened_at": f"2024-0{n}-05"} for n in (1, 2, 3)]
        write_csv(folder / "tickets.csv", opened)
    return folder


def test_accounts_alone_load_and_there_is_nothing_to_score(tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert weatherglass("init", project).good
    done = weatherglass("load", without_events(tmp_path / "data", tickets=False), "-p", project)
    assert done.good, done.err
    done = weatherglass("score", "-p", project)
    assert done.code == 1
    for missing in ("events", "tickets", "subscriptions", "weatherglass doctor"):
        assert missing in done.err
    said = weatherglass("doctor", "-p", project)
    assert said.code == 1
    assert "there are no events" in said.out


def test_tickets_without_events_have_rows_that_are_unscored(tmp_path: Path) -> None:
    folder = without_events(tmp_path / "data", tickets=True)
    (row,) = scores(folder)
    assert (row["tier"], row["score"], row["grade"]) == ("unscored", None, None)
    assert row["dim_support_signals"] is not None and row["dim_product_usage"] is None
    said: Done = weatherglass("explain", "acme", "--data", folder, "--versus", "2024-02-20")
    assert said.good, said.err
    assert "no data: engagement_trends, feature_adoption, product_usage" in said.out.replace("\n", " ")


def test_an_empty_folder_is_nothing_to_load(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = weatherglass("load", tmp_path / "empty", "-p", project)
    assert done.code == 1
    assert "nothing to load" in done.err
    assert str(tmp_path / "empty") in done.err
