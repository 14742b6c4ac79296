"""Dropping files onto the wizard: looked at first, loaded whole or not at all, and left nowhere else."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest

from pages.conftest import ROLES, Served, wait
from weatherglass.web.pages import uploads

DAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
EVENTS = "org_id,uid,event_name,ts\n" + "".join(
    f"new_co,u{number % 3},report_run,{DAY - dt.timedelta(days=number)}T10:00:00Z\n" for number in range(60)
)
ACCOUNTS = "company_id,name,mood\nnew_co,<b>New</b> & Co,fine\n"

Files = list[tuple[str, tuple[str, bytes]]]


def files(**given: str) -> Files:
    return [("file", (name.replace("_", ".", 1), text.encode())) for name, text in given.items()]


def send(served: Served, do: str, given: Files, role: str = "admin", **more: str) -> tuple[int, str]:
    with served.client(role) as client:
        data = {"csrf": served.csrf(role), "do": do, **more}
        answer = client.post("/connect/files", data=data, files=given, headers={"HX-Request": "true"})
        return answer.status_code, answer.text


def left() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("weatherglass-upload-*"))


@pytest.fixture(autouse=True)
def _nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    yield
    assert left() == []


def test_files_are_looked_at_and_then_loaded(served: Served) -> None:
    given = files(events_csv=EVENTS, accounts_csv=ACCOUNTS)
    status, page = send(served, "look", given)
    assert status == 200, page
    for told in ("events.csv</bdi> is read as events, 60 rows", "org_id", "known by another name", "Kept as traits"):
        assert told in page
    assert "weatherglass-upload" not in page
    accounts = "SELECT count(*) FROM accounts WHERE account_id = 'new_co'"
    assert served.live.read(lambda store: store.engine.row(accounts)[0]) == 0, "looking keeps nothing"
    status, page = send(served, "load", given)
    assert status == 200 and "Loaded." in page and "weatherglass-upload" not in page
    assert served.live.read(lambda store: store.engine.row(accounts)[0]) == 1
    wait(lambda: served.live.newest.of("new_co") is not None)
    found = served.live.newest.of("new_co")
    assert found is not None and found["score"] is not None
    with served.client("admin") as client:
        assert "&lt;b&gt;New&lt;/b&gt;" in client.get("/account", params={"id": "new_co"}).text
    assert served.state.audit.entries(None, 1)[0].action == "files loaded"


@pytest.mark.parametrize("do", ["look", "load"])
def test_what_is_wrong_is_told_as_on_the_command_line(served: Served, do: str) -> None:
    rows = "SELECT count(*) FROM tickets"
    before = served.live.read(lambda store: store.engine.row(rows)[0])
    bad = "ticket_id,account_id,opened_at\nt-new,acc_0001,2026-01-01\nt-bad,acc_0001,soon\n"
    status, page = send(served, do, files(tickets_csv=bad))
    assert "tickets.csv" in page and "soon" in page and "opened_at" in page
    assert status == (200 if do == "look" else 422)
    status, page = send(served, do, files(holiday_csv="a,b\n1,2\n"))
    assert status == 422 and "holiday.csv" in page and "weatherglass-upload" not in page
    assert served.live.read(lambda store: store.engine.row(rows)[0]) == before
    status, page = send(served, "load", files(tickets_csv=bad), lenient="yes")
    assert status == 200 and "left out 1" in page


def test_names_lead_nowhere_else(served: Served, tmp_path: Path) -> None:
    evil = [("file", ("../../../../" + str(tmp_path / "x" / "accounts.csv"), ACCOUNTS.encode()))]
    status, page = send(served, "look", evil)
    assert status == 200 and "accounts.csv</bdi> is read as accounts" in page
    assert not (tmp_path / "x").exists()
    for name in ("..", "/", "...", "a/"):
        with served.client("admin") as client:
            data = {"csrf": served.csrf("admin"), "do": "look"}
            assert client.post("/connect/files", data=data, files=[("file", (name, b"x"))]).status_code == 400
    status, _ = send(served, "look", [*files(accounts_csv=ACCOUNTS), *files(accounts_csv=ACCOUNTS)])
    assert status == 400


def test_too_much_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 2000)
    status, page = send(served, "look", files(events_csv=EVENTS))
    assert status == 400 and "weatherglass load" in page
    monkeypatch.setattr(uploads, "MOST_BYTES", 10**6)
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    assert send(served, "look", files(a_csv="x", b_csv="x", c_csv="x"))[0] == 400


def test_without_a_file_there_is_nothing_to_do(served: Served) -> None:
    status, page = send(served, "load", [("file", ("", b""))])
    assert status == 422 and "at least one file" in page


def test_bodies_that_are_no_form_are_refused(served: Served) -> None:
    with served.client("admin") as client:
        for kind, body in [
            ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=csrf"),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\n"),
            ("multipart/form-data", b"--x--"),
            ("text/plain", b"hello"),
        ]:
            answer = client.post("/connect/files", content=body, headers={"content-type": kind})
            assert answer.status_code == 400, body
        for body in (b"", b"--x--\r\n", b"nothing"):
            answer = client.post(
                "/connect/files", content=body, headers={"content-type": "multipart/form-data; boundary=x"}
            )
            assert answer.status_code == 403, body


def test_only_admins_send_files_and_others_are_not_read(served: Served) -> None:
    for role in ROLES:
        if role != "admin":
            assert send(served, "load", files(accounts_csv=ACCOUNTS), role)[0] == 403
    with served.client() as client:
        answer = client.post("/connect/files", data={"csrf": "x"}, files=files(accounts_csv=ACCOUNTS))
        assert answer.status_code == 401
    with served.client("admin") as client:
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            data = {"csrf": served.csrf("admin"), "do": "load"}
            answer = client.post("/connect/files", data=data, files=files(accounts_csv=ACCOUNTS), headers=headers)
            assert answer.status_code == 403
        answer = client.post("/connect/files", data={"csrf": "made up"}, files=files(accounts_csv=ACCOUNTS))
        assert answer.status_code == 403
