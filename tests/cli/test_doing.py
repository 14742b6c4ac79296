"""Alerts, tasks, plays, audiences and renewals on the command line, alone and while a service has the store open."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from actions.receivers import receiver
from commands import weatherglass
from service import Service

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state import State

DAYS = 190
END = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A company that is scored up to yesterday, with an audience, and a channel that a receiver stands behind."""
    folder = tmp_path_factory.mktemp("doing")
    write_company(simulate_company(24, DAYS, 21, END), folder / "data")
    with receiver() as outside:
        channel = {"name": "chat", "kind": "slack", "url": outside.address, "allow_private": True}
        audiences = [{"name": "hand", "when": {"score_below": 80}}]
        settings = {"name": "D", **product_settings(), "channels": [channel], "audiences": audiences}
        (folder / FILE_NAME).write_text(yaml.safe_dump(settings), encoding="utf-8")
        with workspace.open(folder) as opened:
            opened.load(folder / "data")
            opened.update()
        yield folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """One of its own for each test."""
    return Path(shutil.copytree(made, tmp_path / "project"))


@pytest.fixture
def served(project: Path) -> Iterator[Service]:
    """A service of it."""
    running = Service(project, nightly_hour="24")
    yield running
    assert running.stop() == 0


def renewing(project: Path) -> str:
    """An account whose renewal is ahead."""
    shown = weatherglass("renewals", "--days", "700", "-p", project)
    assert shown.good and "renewals ahead of" in shown.out, shown.err
    lines = [line.split() for line in shown.out.splitlines() if line.startswith("20")]
    return next(words[1] for words in lines)


def everything(project: Path) -> None:
    """What works without a service and with one."""
    dry = weatherglass("alerts", "--dry-run", "--days", "30", "-p", project)
    assert dry.good and "alerts would have opened" in dry.out and "fading" in dry.out, dry.err
    tried = weatherglass("alerts", "--test", "chat", "-p", project)
    assert tried.good and "Sent a test over chat" in tried.out, tried.err
    assert weatherglass("alerts", "--test", "none", "-p", project).code == 1
    looked = weatherglass("alerts", "-p", project)
    assert looked.good and "alerts opened" in looked.out and "open alerts" in looked.out, looked.err
    assert "high" in looked.out or "normal" in looked.out
    plays = weatherglass("plays", "-p", project)
    assert plays.good and "recover" in plays.out and "at work" in plays.out, plays.err
    effect = weatherglass("plays", "recover", "-p", project)
    assert effect.good and "too few" in effect.out, effect.err
    assert weatherglass("plays", "none", "-p", project).code == 1


def test_without_a_service(project: Path, tmp_path: Path) -> None:
    everything(project)
    listed = weatherglass("tasks", "-p", project)
    assert listed.good and "due" in listed.out, listed.err
    number = listed.out.splitlines()[1].split()[0]
    assert weatherglass("tasks", "done", number, "-p", project).code == 2, "what came of it is missing"
    assert weatherglass("tasks", "paint", number, "-p", project).code == 2
    assert weatherglass("tasks", "--state", "lost", "-p", project).code == 2
    ended = weatherglass("tasks", "done", number, "--outcome", "they stay", "-p", project)
    assert ended.good and ended.out.strip().endswith("done"), ended.err
    assert weatherglass("tasks", "done", number, "--outcome", "again", "-p", project).code == 1
    assert "they stay" in weatherglass("tasks", "--state", "done", "-p", project).out
    assert "hand" in weatherglass("audiences", "-p", project).out
    out = tmp_path / "hand.csv"
    assert weatherglass("audiences", "hand", "--out", out, "-p", project).good
    inside = weatherglass("audiences", "hand", "-p", project).out.splitlines()
    assert out.read_text(encoding="utf-8").splitlines()[0] == "account_id,since"
    assert len(out.read_text(encoding="utf-8").splitlines()) == len(inside) > 1
    missing = weatherglass("audiences", "none", "-p", project)
    assert missing.code == 1 and "there is hand" in missing.err
    told = weatherglass("audiences", "hand", "--again", "-p", project)
    assert told.good and f"{len(inside) - 1} accounts are in it" in told.out and "messages sent" in told.out, told.err
    assert weatherglass("audiences", "--again", "-p", project).code == 2
    assert weatherglass("audiences", "none", "--again", "-p", project).code == 1
    account = renewing(project)
    assert weatherglass("renewals", account, "-p", project).code == 2
    wrong = weatherglass("renewals", account, "blue", "-p", project)
    assert wrong.code == 1 and "is no tier" in wrong.err
    given = weatherglass("renewals", account, "red", "--note", "budget", "-p", project)
    assert given.good and "(computed:" in given.out, given.err


def test_while_a_service_runs(served: Service, project: Path) -> None:
    everything(project)
    with pytest.raises(Exception, match=r"(?i)lock|open|service"):
        workspace.open(project)
    assert served.process.poll() is None
    assert weatherglass("tasks", "-p", project).good and weatherglass("audiences", "-p", project).good
    told = weatherglass("audiences", "hand", "--again", "-p", project)
    assert told.good and "accounts are in it" in told.out and "the service sends" in told.out.lower(), told.err
    assert weatherglass("audiences", "none", "--again", "-p", project).code == 1
    account = renewing(project)
    wrong = weatherglass("renewals", account, "blue", "-p", project)
    assert wrong.code == 1 and "is no tier" in wrong.err
    for tier in ("red", "yellow"):
        given = weatherglass("renewals", account, tier, "-p", project)
        assert given.good and "(computed:" in given.out, given.err
    with State.open(project / ".weatherglass") as state:
        assert [one.tier for one in state.plays.opinions() if one.account_id == account] == ["red", "yellow"]
    row = next(
        line for line in weatherglass("renewals", "--days", "700", "-p", project).out.splitlines() if account in line
    )
    assert "yellow" in row
