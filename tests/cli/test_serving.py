"""Commands while a service has the store open: they are answered by it, and keys and people are let in at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import process, weatherglass
from service import Service

from weatherglass import workspace
from weatherglass.state import State


@pytest.fixture
def served(project: Path) -> Iterator[Service]:
    """A service of the project."""
    running = Service(project, nightly_hour="24")
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0
    assert not (project / ".weatherglass" / "service.json").exists()


def token(project: Path, scope: str) -> str:
    made = weatherglass("keys", "create", "test", "--token", scope, "-p", project)
    assert made.good, made.err
    return made.out.strip()


def test_commands_ask_the_service(served: Service, project: Path, tmp_path: Path) -> None:
    mode = (project / ".weatherglass" / "service.json").stat().st_mode & 0o777
    assert mode == 0o600
    scored = weatherglass("score", "--out", tmp_path / "served.parquet", "-p", project)
    assert scored.good, scored.err
    assert weatherglass("score", "--out", "-", "-p", project).good
    account = pq.read_table(tmp_path / "served.parquet")["account_id"][0].as_py()
    day = str(pq.read_table(tmp_path / "served.parquet")["as_of"][0])
    explained = weatherglass("explain", account, "--as-of", day, "-p", project)
    assert explained.good and account in explained.out and "how each score was made" in explained.out, explained.err
    assert weatherglass("report", "--out", tmp_path / "report.html", "-p", project).good
    assert "<html" in (tmp_path / "report.html").read_text()
    assert "join coverage" in weatherglass("doctor", "-p", project).out
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "tickets.csv").write_text(f"ticket_id,account_id,opened_at\nnew-1,{account},2026-01-01\n")
    loaded = weatherglass("load", tmp_path / "more", "-p", project)
    assert loaded.good and "tickets" in loaded.out, loaded.err
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "tickets.csv").write_text("ticket_id,account_id,opened_at\nnew-1,a,never\n")
    refused = weatherglass("load", bad, "-p", project)
    assert refused.code == 1 and "tickets.csv" in refused.err
    nobody = weatherglass("explain", "nobody", "-p", project)
    assert nobody.code == 1 and "no account 'nobody'" in nobody.err
    assert weatherglass("score", "--since", "2026-01-01", "-p", project).code == 2


def test_what_looks_back_works_beside_the_service(served: Service, project: Path, tmp_path: Path) -> None:
    """With a copy of the store, from which comes what comes from the store itself."""
    commands = (("backtest", "--since", "2024-01-20"), ("forecast",))
    told = [weatherglass(*command, "-p", project) for command in commands]
    assert [one.code for one in told] == [0, 0], [one.err for one in told]
    assert [one.name for one in (project / ".weatherglass").glob("*.tar")] == []
    assert served.stop() == 0
    assert [weatherglass(*command, "-p", project).out for command in commands] == [one.out for one in told]


def test_a_backup_is_its_owners(project: Path, tmp_path: Path) -> None:
    """Digests of secrets are in it, and people's names."""
    file = tmp_path / "backup.tar"
    assert weatherglass("backup", file, "-p", project).good
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_has_the_models(project: Path, tmp_path: Path) -> None:
    """A scorecard that learns cannot be scored with without them."""
    (project / "models").mkdir()
    (project / "models" / "current.json").write_text("{}")
    assert weatherglass("backup", tmp_path / "backup.tar", "-p", project).good
    assert weatherglass("restore", tmp_path / "backup.tar", "-p", tmp_path / "elsewhere").good
    assert (tmp_path / "elsewhere" / "models" / "current.json").read_text() == "{}"


def test_served_and_not_served_say_the_same(served: Service, project: Path, tmp_path: Path) -> None:
    assert weatherglass("score", "--out", tmp_path / "served.parquet", "-p", project).good
    rows = pq.read_table(tmp_path / "served.parquet")
    day = str(rows["as_of"][0])
    finished = weatherglass("score", "--as-of", "2026-01-01", "--out", tmp_path / "x.csv", "-p", project)
    assert finished.good or "not scored" in finished.err
    assert served.stop() == 0
    again = weatherglass("score", "--as-of", day, "--out", tmp_path / "alone.parquet", "-p", project)
    assert again.good, again.err
    assert len(pq.read_table(tmp_path / "alone.parquet")) == len(rows)


def test_keys_and_people_are_let_in_while_it_runs(served: Service, project: Path) -> None:
    bearer = {"Authorization": f"Bearer {token(project, 'admin')}", "Content-Type": "application/json"}
    status, _, body = served.ask("GET", "/api/v1/people", headers=bearer)
    assert status == 200 and json.loads(body) == {"people": []}
    added = process("users", "add", "ann@example.com", "-p", project)
    assert added.code == 1 and "password" in added.err
    listed = weatherglass("keys", "-p", project)
    assert "admin" in listed.out and bearer["Authorization"][7:] not in listed.out
    assert weatherglass("keys", "revoke", "1", "-p", project).good
    assert weatherglass("keys", "create", "website", "--events", "-p", project).out.startswith("wk_")
    listed = weatherglass("keys", "-p", project)
    assert next(line for line in listed.out.splitlines() if "website" in line).split()[4] == "events"
    wrongs = (("make", "x"), ("create",), ("rotate", "one"), ("rotate", "77"), ("rotate", "1", "--events"))
    for wrong in (*wrongs, ("create", "x", "--events", "--token", "read")):
        assert weatherglass("keys", *wrong, "-p", project).code in {1, 2}


def test_backup_erase_and_restore(served: Service, project: Path, tmp_path: Path) -> None:
    event = {"userId": "mallory-1", "event": "Report Created", "context": {"groupId": "acme"}}
    assert served.post("/v1/track", event)[0] == 200
    first = weatherglass("backup", tmp_path / "one.tar", "-p", project)
    assert first.good and "Wrote" in first.out, first.err
    told = weatherglass("held", "--user", "mallory-1", "--out", tmp_path / "held.json", "-p", project)
    assert told.good and "Report Created" in (tmp_path / "held.json").read_text(), told.err
    erased = weatherglass("erase", "--user", "mallory-1", "--yes", "-p", project)
    assert erased.good and "1 events" in erased.out, erased.err
    assert weatherglass("held", "--user", "mallory-1", "--out", tmp_path / "h.json", "-p", project).code == 1
    assert weatherglass("restore", tmp_path / "one.tar", "-p", project).code == 1, "a service runs"
    assert served.stop() == 0
    assert weatherglass("restore", tmp_path / "one.tar", "-p", tmp_path / "other").good
    assert weatherglass("doctor", "-p", tmp_path / "other").code in {0, 1}
    late = weatherglass("restore", tmp_path / "one.tar", "--replace", "-p", project)
    assert late.code == 1 and "changed since" in late.err
    two = weatherglass("backup", tmp_path / "two.tar", "-p", project)
    assert two.good and b"mallory-1" not in (tmp_path / "two.tar").read_bytes()


def test_erasing_without_a_service(project: Path, tmp_path: Path) -> None:
    with workspace.open(project) as opened:
        account, user = opened.store.engine.row(
            "SELECT n.account_id, m.user_id FROM members AS m INNER JOIN account_ids AS n USING (account) "
            "ORDER BY length(m.user_id) DESC LIMIT 1"
        )
    erased = weatherglass("erase", "--user", user, "--yes", "-p", project)
    assert erased.good, erased.err
    files = [path for path in (project / ".weatherglass").rglob("*") if path.is_file()]
    assert len(files) > 3 and not any(user.encode() in path.read_bytes() for path in files)
    with workspace.open(project) as opened:
        assert opened.store.engine.row("SELECT count(*) FROM members WHERE user_id = ?", [user])[0] == 0
        before = opened.store.engine.rows("SELECT * FROM scores ORDER BY ALL")
        opened.update(since="2000-01-01")
        assert opened.store.engine.rows("SELECT * FROM scores ORDER BY ALL") == before, "as if they had never been"
    assert weatherglass("erase", "--account", account, "--yes", "-p", project).good
    assert weatherglass("explain", account, "-p", project).code == 1
    assert weatherglass("erase", "-p", project).code == 2
    assert weatherglass("erase", "--user", "a", "--account", "b", "-p", project).code == 2


def short(project: Path) -> None:
    path = project / "weatherglass.yml"
    path.write_text(path.read_text().replace("retention: {}", "retention: {events: 30, tickets: 196}"))


def test_a_service_forgets_what_is_past_its_days(project: Path) -> None:
    short(project)
    with Service(project, nightly_hour="24") as running:
        done = weatherglass("erase", "--expired", "--yes", "-p", project)
        assert done.good and "Forgot" in done.out and "events" in done.out, done.err
        assert running.stop() == 0


def test_forgetting_without_a_service(project: Path) -> None:
    assert "Nothing is past" in weatherglass("erase", "--expired", "--yes", "-p", project).out
    short(project)
    done = weatherglass("erase", "--expired", "--yes", "-p", project)
    assert done.good and "Forgot" in done.out and "events" in done.out, done.err
    assert not list((project / ".weatherglass" / "events").glob("*.parquet"))
    again = weatherglass("erase", "--expired", "--yes", "-p", project)
    assert again.good and "Nothing is past its days" in again.out, again.err
    assert weatherglass("erase", "--expired", "--user", "a", "--account", "b", "-p", project).code == 2
    assert weatherglass("score", "--out", "-", "-p", project).good
    assert "signals look back on up to 421 days" in weatherglass("doctor", "-p", project).out
    file = project.parent / "backup.tar"
    assert weatherglass("backup", file, "-p", project).good
    assert weatherglass("restore", file, "-p", project.parent / "other").good
    (project.parent / "other" / "weatherglass.yml").write_text((project / "weatherglass.yml").read_text())
    before, after = (weatherglass("score", "--out", "-", "-p", one) for one in (project, project.parent / "other"))
    assert before.good and before.out == after.out


@pytest.mark.parametrize("job", ["forgetting", "erasing"])
def test_what_a_killed_command_leaves_is_taken_away(project: Path, job: str) -> None:
    short(project)
    folder = project / ".weatherglass" / "events"
    with workspace.open(project) as opened:
        user = opened.store.engine.row("SELECT user_id FROM members WHERE user_id IS NOT NULL LIMIT 1")[0]
    before = {path.name for path in folder.glob("*.parquet")}
    # it dies once the store has forgotten, and before the files are gone
    killing = f"import os, weatherglass.jobs.privacy.{job} as job\njob.sweep = lambda store: os._exit(9)"
    what = ("--expired",) if job == "forgetting" else ("--user", user)
    assert process("erase", *what, "--yes", "-p", project, before=killing).code == 9
    assert before <= {path.name for path in folder.glob("*.parquet")}
    assert weatherglass("score", "-p", project).good
    with workspace.open(project) as opened:
        named = {name for (name,) in opened.store.engine.rows('SELECT path FROM segments WHERE "rows" > 0')}
    assert {path.name for path in folder.glob("*.parquet")} == named != before


def test_a_service_that_was_killed_is_not_asked(project: Path) -> None:
    running = Service(project, nightly_hour="24")
    running.kill()
    assert (project / ".weatherglass" / "service.json").exists()
    assert weatherglass("doctor", "-p", project).code in {0, 1}
    assert weatherglass("keys", "-p", project).good


def test_users_are_asked_for_a_password(project: Path, tmp_path: Path) -> None:
    import io
    import sys

    kept, sys.stdin = sys.stdin, io.StringIO("correct horse battery\n")
    try:
        assert weatherglass("users", "add", "ann@example.com", "--name", "Ann", "-p", project).good
    finally:
        sys.stdin = kept
    assert "admin" in weatherglass("users", "-p", project).out, "the first person manages"
    with State.open(project / ".weatherglass") as state:
        assert state.people.with_password("ann@example.com", "correct horse battery") is not None
    assert weatherglass("users", "change", "ann@example.com", "--locked", "-p", project).code == 1
    assert weatherglass("users", "change", "nobody@example.com", "--role", "csm", "-p", project).code == 2
    assert weatherglass("users", "change", "ann@example.com", "--role", "god", "-p", project).code == 2
    shutil.rmtree(tmp_path / "project" / ".weatherglass")


def test_commands_find_a_service_at_an_ipv6_address(project: Path) -> None:
    with Service(project, arguments=("--host", "::1"), nightly_hour="24") as served:
        assert served.address.startswith("http://[::1]:")
        told = weatherglass("doctor", "-p", project)
        assert told.good and "join coverage" in told.out, told.err
        assert served.stop() == 0


def test_what_a_killed_backup_left_goes_with_who_is_erased(project: Path) -> None:
    left = project / ".weatherglass" / "backup-killed" / "store.duckdb"
    left.parent.mkdir()
    left.write_bytes(b"u1 is still here")
    assert weatherglass("erase", "--user", "u1", "--yes", "-p", project).good
    assert not left.parent.exists()
