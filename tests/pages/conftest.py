"""A small company behind a server of its own, and people of every role who may look at it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import uvicorn
import yaml
from starlette.applications import Starlette

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.live.store import Live
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state import State
from weatherglass.state.actor import command_line
from weatherglass.state.people import Role
from weatherglass.web.application import application
from weatherglass.web.settings import Settings

SHOOTING = bool(os.environ.get("WEATHERGLASS_SCREENSHOTS"))
"""Whether pictures for the docs are taken: of a company without jokers."""
ACCOUNTS, DAYS = (300, 400) if SHOOTING else (70, 220)
SHOWN = {
    "scorecards": [{"name": "enterprise", "base": "comprehensive", "where": {"segment": "enterprise"}}],
    "channels": [
        {"name": "customer success", "kind": "file", "path": "told.jsonl", "severity": "normal"},
        {"name": "enterprise desk", "kind": "file", "path": "desk.jsonl", "severity": "high", "segments": "enterprise"},
    ],
}
"""What the project of the pictures has besides."""
PASSWORD = "correct horse battery"
ROLES: tuple[Role, ...] = ("viewer", "csm", "admin")
ME = command_line("test")
HOSTILE = {
    "script": '<script>document.title="owned"</script><img src=x onerror="document.title=1">',
    "quote\"'`": "\"'`--><svg/onload=document.title=2> {{7*7}} </textarea></script>",
    "rtl": "\u202eמערכת\u202c שלום \u2066abc",
    "long": "Long " + "name " * 2500,
    "line\nbreak/../?id=1&x=%00#": "Odd\x00 id",
    "formula": "=1+1",
}
"""Ids and names of accounts that try to be more than that."""


@dataclass
class Served:
    """A server that runs, and how to ask it."""

    url: str
    state: State
    live: Live
    folder: Path
    app: Starlette
    cookies: Mapping[str, dict[str, str]] = field(default_factory=dict)
    """By role, those of a signed-in person."""

    def client(self, role: str | None = None) -> httpx2.Client:
        """Someone's browser, as far as it speaks HTTP."""
        cookies = self.cookies[role] if role else None
        return httpx2.Client(base_url=self.url, cookies=cookies, follow_redirects=False, timeout=60)

    def csrf(self, role: str) -> str:
        """What a form of a role has to know."""
        found = self.state.sessions.of(self.cookies[role]["weatherglass_session"])
        assert found is not None
        return found.csrf

    def proofs(self, role: str) -> dict[str, str]:
        """What a form of a role has to know that changes weatherglass.yml as it is now."""
        return {"csrf": self.csrf(role), "made_from": self.app.state.site.service.configuration.version}


def make(folder: Path, accounts: int = ACCOUNTS, days: int = DAYS) -> None:
    """A project that is scored up to yesterday."""
    end = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    write_company(simulate_company(accounts, days, 7, end), folder / "data")
    settings = {"name": "Northwind" if SHOOTING else "Northwind <Demo>", **product_settings()}
    settings |= SHOWN if SHOOTING else {}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    _hostile(folder / "hostile", end)
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        if not SHOOTING:
            opened.load(folder / "hostile")
        opened.update()
    for name in ("data", "hostile"):
        shutil.rmtree(folder / name)


def _hostile(folder: Path, end: dt.date) -> None:
    folder.mkdir()
    since = (end - dt.timedelta(days=150)).isoformat()
    accounts = [{"account_id": key, "name": name, "arr": 9e6, "created_at": since} for key, name in HOSTILE.items()]
    events = [
        {
            "account_id": key,
            "user_id": f"u-{name[:40]}",
            "name": "report_created",
            "timestamp": f"{end - dt.timedelta(back)}",
        }
        for key, name in HOSTILE.items()
        for back in range(0, 150, 3)
    ]
    for table, rows in (("accounts", accounts), ("events", events)):
        text = "\n".join(json.dumps(row).replace("\\u0000", "") for row in rows)
        (folder / f"{table}.jsonl").write_text(text, encoding="utf-8")


def serve(folder: Path, *, people: bool = True, settings: Settings | None = None) -> Iterator[Served]:
    """A server on a free port, in a thread of this process."""
    opened = workspace.open(folder)
    live = Live(opened.store, opened.project)
    with State.open(opened.store.folder) as state:
        made = application(live, state, settings or Settings(), None, folder)
        server = uvicorn.Server(uvicorn.Config(made, port=0, log_level="error", lifespan="on", access_log=False))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            wait(lambda: server.started and live.ready)
            port = server.servers[0].sockets[0].getsockname()[1]
            cookies = _let_in(state) if people else {}
            yield Served(f"http://127.0.0.1:{port}", state, live, folder, made, cookies)
        finally:
            server.should_exit = True
            thread.join(60)


def _let_in(state: State) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for role in ROLES:
        person = state.people.create(ME, f"{role}@example.com", f"{role.title()} Person", role, PASSWORD)
        found[role] = {"weatherglass_session": state.sessions.begin(person)[1]}
    return found


def wait(true: object, seconds: float = 120) -> None:
    """Until something is so."""
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that the servers of this session begin with."""
    folder = tmp_path_factory.mktemp("company")
    make(folder)
    return folder


@pytest.fixture(scope="module")
def served(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server of a module."""
    folder = tmp_path_factory.mktemp("served") / "project"
    shutil.copytree(company, folder)
    yield from serve(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """A server without facts and without people."""
    (tmp_path / FILE_NAME).write_text("name: Empty\n", encoding="utf-8")
    yield from serve(tmp_path, people=False)


def hidden(text: str, name: str = "csrf") -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text[:500]
    return found[1]
