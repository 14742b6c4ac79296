"""A small simulated company behind the whole application, as clients see it."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.live.store import Live
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state import State
from weatherglass.state.actor import SCOPES, command_line
from weatherglass.web.api.local import Local
from weatherglass.web.application import application
from weatherglass.web.settings import Settings

ACCOUNTS, DAYS = 24, 160
PASSWORD = "correct horse battery"
ME = command_line("test")


@dataclass
class Site:
    """A served project, and what it takes to ask it."""

    client: TestClient
    state: State
    live: Live
    folder: Path
    tokens: Mapping[str, str]

    def headers(self, scope: str = "admin") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[scope]}"}

    def get(self, path: str, scope: str = "read", **query: Any) -> dict[str, object]:
        """The JSON of an address below /api/v1."""
        answer = self.client.get(f"/api/v1{path}", params=query, headers=self.headers(scope))
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is loaded and scored up to yesterday."""
    folder = tmp_path_factory.mktemp("project")
    end = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    write_company(simulate_company(ACCOUNTS, DAYS, 7, end), folder / "data")
    settings = {"name": "Test", **product_settings()}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    with workspace.open(folder) as opened:
        opened.load(folder / "data")
        opened.update()
    shutil.rmtree(folder / "data")
    return folder


def serve(folder: Path) -> Iterator[Site]:
    """The application of a project's folder, started and stopped."""
    opened = workspace.open(folder)
    live = Live(opened.store, opened.project)
    with State.open(opened.store.folder) as state:
        tokens: dict[str, str] = {one: state.tokens.create(ME, f"test {one}", one)[1] for one in SCOPES}
        local = Local()
        tokens["local"] = local._token
        app = application(live, state, Settings(nightly_hour=24), local, folder)
        with TestClient(app, raise_server_exceptions=False) as client:
            _wait(live)
            yield Site(client, state, live, folder, tokens)


def _wait(live: Live) -> None:
    for _ in range(600):
        if live.ready:
            return
        time.sleep(0.05)
    raise AssertionError(live.trouble or "the first pass takes too long")


@pytest.fixture(scope="session")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that tests share: they may add to it, and take nothing away."""
    folder = tmp_path_factory.mktemp("site") / "project"
    shutil.copytree(project, folder)
    yield from serve(folder)


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Iterator[Site]:
    """A site of one test."""
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    yield from serve(folder)
