"""Rows that are past their days: they are gone, they stay gone, and no score of today moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.intake.entries import Entry
from weatherglass.intake.plain import said
from weatherglass.jobs.incoming.arriving import take_calls
from weatherglass.jobs.incoming.parts import Part, Parts
from weatherglass.jobs.privacy.forgetting import forget
from weatherglass.rollups import calendar
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.store.seen import Seen

ME = command_line("test")
TODAY = dt.datetime.now(dt.UTC).date()
END = TODAY - dt.timedelta(days=1)
ONCE = END - dt.timedelta(days=25)
RETENTION = {
    "events": 60,
    "users": 30,
    "tickets": 230,
    "invoices": 400,
    "subscriptions": 400,
    "surveys": 210,
    "interactions": 120,
}
LINE = TODAY - dt.timedelta(days=60)
ROWS = "SELECT * EXCLUDE (version) FROM scores ORDER BY ALL"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_company(simulate_company(14, 520, 3, END), folder)
    return folder


def opened(folder: Path, files: Path, **more: Any) -> workspace.Workspace:
    folder.mkdir()
    settings = {**product_settings(), "scorecard": "comprehensive", **more}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    made = workspace.open(folder)
    made.load(files)
    return made


@pytest.fixture
def two(files: Path, tmp_path: Path) -> Iterator[tuple[workspace.Workspace, workspace.Workspace]]:
    """A project that keeps everything, and one that forgets; both loaded, and scored up to some weeks ago."""
    whole = opened(tmp_path / "whole", files)
    # all of it is loaded before anything is said of retention
    short = opened(tmp_path / "short", files)
    for one in (whole, short):
        one.update(as_of=ONCE)
    short.close()
    path = tmp_path / "short" / FILE_NAME
    path.write_text(path.read_text() + yaml.safe_dump({"retention": RETENTION}), encoding="utf-8")
    short = workspace.open(tmp_path / "short")
    yield whole, short
    whole.close()
    short.close()


def forgotten(one: workspace.Workspace) -> dict[str, int]:
    with State.open(one.store.folder) as state:
        counts = forget(one.store, state, one.project, TODAY, ME)
        if counts:
            newest = state.audit.entries(None, 1)[0]
            assert (newest.action, newest.after) == ("rows forgotten", counts)
    return counts


def one_value(one: workspace.Workspace, query: str) -> Any:
    return one.store.engine.row(query)[0]


def events(one: workspace.Workspace) -> str:
    return f"read_parquet('{one.store.events_folder}/*.parquet', union_by_name = true)"


def test_scores_are_the_same_without_what_was_forgotten(
    two: tuple[workspace.Workspace, workspace.Workspace],
) -> None:
    whole, short = two
    counts = forgotten(short)
    assert {"events", "tickets", "interactions"} <= counts.keys()
    assert one_value(short, f'SELECT min("timestamp") FROM {events(short)}').date() >= LINE
    held, kept = (one_value(one, f"SELECT count(*) FROM {events(one)}") for one in (whole, short))
    assert held - kept == counts["events"]
    assert forgotten(short) == {}, "there is nothing more"
    whole.update()
    short.update()
    assert short.store.engine.rows(ROWS) == whole.store.engine.rows(ROWS)
    for name in ("scores", "signals"):
        assert getattr(short, name)(END, END).to_pylist() == getattr(whole, name)(END, END).to_pylist()


def test_what_is_loaded_again_stays_forgotten(
    two: tuple[workspace.Workspace, workspace.Workspace], files: Path, tmp_path: Path
) -> None:
    _, short = two
    forgotten(short)
    counted = short.store.engine.rows("SELECT * FROM account_days ORDER BY ALL")
    stored = {name: one_value(short, f"SELECT count(*) FROM {name}") for name in ("tickets", "interactions")}
    again = short.load(files)
    assert not any(file.new for file in again.files), again.files
    # the same rows in files of another content
    other = tmp_path / "other"
    other.mkdir()
    for file in files.glob("events*.parquet"):
        table = pq.read_table(file)
        pq.write_table(table.append_column("more", pa.array(["x"] * table.num_rows)), other / file.name)
    told = short.load(other)
    assert any("left out, as `retention:` says" in notice for notice in told.notices)
    short.update(as_of=ONCE)
    assert one_value(short, f'SELECT min("timestamp") FROM {events(short)}').date() >= LINE
    before = [row for row in counted if dt.date(1970, 1, 1) + dt.timedelta(days=row[1]) < LINE]
    line = (LINE - dt.date(1970, 1, 1)).days
    assert short.store.engine.rows(f'SELECT * FROM account_days WHERE "day" < {line} ORDER BY ALL') == before
    assert stored == {name: one_value(short, f"SELECT count(*) FROM {name}") for name in stored}


def test_nothing_of_a_person_is_left_in_what_stays(two: tuple[workspace.Workspace, workspace.Workspace]) -> None:
    _, short = two
    engine = short.store.engine
    engine.execute("UPDATE users SET deactivated_at = now() - INTERVAL 31 DAY WHERE rowid = 1")
    gone = engine.row("SELECT user_id, name, email FROM users WHERE rowid = 1")
    assert gone[1]
    # somebody in no table who has done nothing for long
    engine.execute("DELETE FROM users WHERE user_id = (SELECT user_id FROM members WHERE member = 0)")
    stranger = one_value(short, "SELECT user_id FROM members WHERE member = 0")
    engine.execute('UPDATE user_days SET "day" = "day" - 500 WHERE member = 0')
    counts = forgotten(short)
    assert counts["users"] >= 1 and counts["user ids"] >= 1
    assert engine.row("SELECT name, email, role FROM users WHERE user_id = ?", [gone[0]]) == (None, None, None)
    assert one_value(short, "SELECT user_id FROM members WHERE member = 0") is None, stranger
    said = "SELECT count(*) FROM tickets WHERE text IS NOT NULL AND greatest(opened_at, resolved_at) < "
    assert one_value(short, f"{said} now() - INTERVAL 231 DAY") == 0


def test_tickets_that_are_open_count_for_good(
    two: tuple[workspace.Workspace, workspace.Workspace], files: Path
) -> None:
    _, short = two
    old = "FROM tickets WHERE resolved_at IS NULL AND opened_at < now() - INTERVAL 231 DAY"
    short.store.engine.execute(
        "UPDATE tickets SET resolved_at = NULL WHERE opened_at < now() - INTERVAL 300 DAY AND text IS NOT NULL"
    )
    count = one_value(short, f"SELECT count(*) {old}")
    forgotten(short)
    assert count > 0 and one_value(short, f"SELECT count(*) {old}") == count
    assert short.store.engine.rows(f"SELECT DISTINCT user_id, text {old}") == [(None, None)]


def test_late_events_before_the_line_are_refused_and_shown(
    two: tuple[workspace.Workspace, workspace.Workspace],
) -> None:
    _, short = two
    forgotten(short)
    calls = [
        f'{{"type":"track","event":"e","userId":"u","messageId":"{day}","timestamp":"{day}T10:00:00Z",'
        '"context":{"groupId":"acc_0001"}}'.encode()
        for day in (LINE - dt.timedelta(days=1), LINE)
    ]
    parts = Parts()
    for number, call in enumerate(calls):
        parts.add(Part(call, Entry(9, 10, 0, "track", "web", call), number), said(call))
    calendar.define(short.store.engine, "UTC")
    with short.store.engine.transaction():
        taken = take_calls(short.store, short.project, parts, Seen(short.store))
    assert taken.arrived.kept == 1
    assert [(number, reject.code) for number, reject in taken.rejects] == [(1, "forgotten")]
    assert str(LINE) in str(taken.rejects[0][1])
