"""A process that is killed in the middle of a load or of scoring: the store opens again and goes on."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest
from commands import Picture, changed, environment, picture, weatherglass

from weatherglass.simulation import simulate_company, write_company
from weatherglass.store.store import FOLDER

CHILD = """
import sys
from pathlib import Path
import weatherglass
from weatherglass.jobs.scoring import history
from weatherglass.jobs.incoming import loading
from weatherglass.jobs.scoring import run as scoring
import duckdb, numpy, pyarrow
project, command, *paths = sys.argv[1:]
print("ready", flush=True)
with weatherglass.open(project) as opened:
    opened.load(*paths) if command == "load" else opened.update()
print("done", flush=True)
"""
"""What is killed: it has imported everything before it says that it is ready, so that the kill meets the work."""

TABLES = ("accounts", "users", "tickets", "invoices", "subscriptions", "surveys", "interactions", "milestones")


class Victim:
    """A load or a scoring in a process of its own."""

    def __init__(self, project: Path, *command: str | Path) -> None:
        arguments = [sys.executable, "-c", CHILD, str(project), *map(str, command)]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment())
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def killed_after(self, seconds: float) -> bool:
        """Whether it was still at work."""
        time.sleep(seconds)
        self._process.kill()
        out, _ = self._process.communicate()
        return "done" not in out

    def finished(self) -> float:
        """How long it takes when nobody kills it."""
        begun = time.monotonic()
        out, _ = self._process.communicate()
        assert "done" in out
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company, and what comes later: its second half in other files, with a few late facts of the first."""
    folder = tmp_path_factory.mktemp("company")
    company = simulate_company(60, 260, 3, date(2026, 10, 31))
    write_company(company, folder / "all", "parquet")
    for name in ("first", "second"):
        (folder / name).mkdir()
    for path in (folder / "all").iterdir():
        if path.stem.startswith("events"):
            halve(path, folder)
        else:
            shutil.copy(path, folder / "first")
    return folder


def halve(path: Path, folder: Path) -> None:
    """What comes later: the last three months, and a few events of the time before."""
    late = '"timestamp" >= TIMESTAMP \'2026-08-01\' OR hash(user_id, name, "timestamp") % 50 = 0'
    events = f"SELECT * FROM read_parquet('{path}')"
    for part, condition in (("first", f"NOT ({late})"), ("second", late)):
        duckdb.connect().execute(f"COPY ({events} WHERE {condition}) TO '{folder / part / path.name}'")


@pytest.fixture(scope="module")
def made(data: Path) -> Path:
    """The first half is loaded and scored. Do not touch: kills happen to copies."""
    assert weatherglass("init", data / "made").good
    assert weatherglass("load", data / "first", "-p", data / "made").good
    assert weatherglass("score", "-p", data / "made").good
    return data / "made"


@pytest.fixture(scope="module")
def undisturbed(made: Path, data: Path) -> tuple[Picture, float, float]:
    """What the whole is when nobody kills anybody, and how long the load and the scoring of the rest take."""
    shutil.copytree(made, data / "undisturbed")
    load = Victim(data / "undisturbed", "load", data / "second").finished()
    score = Victim(data / "undisturbed", "score").finished()
    return held(data / "undisturbed"), load, score


def held(project: Path) -> Picture:
    """Facts, history and what is loaded; the numbers by which accounts go are not the same after a kill."""
    seen = picture(project)
    names = [f"table {name}" for name in (*TABLES, "scores", "fleet_days", "scorecards", "account_days", "user_days")]
    kept: Picture = {name: seen[name] for name in names if name != "table scorecards"}
    segments = seen["table segments"]
    assert isinstance(segments, list)
    kept["segments"] = len(segments)
    return kept


def orphans(project: Path) -> set[str]:
    """Event files that no segment names."""
    seen = picture(project)
    named = "".join(map(str, seen["table segments"])) if isinstance(seen["table segments"], list) else ""
    return {path.name for path in (project / FOLDER / "events").iterdir() if path.name not in named}


def kill(project: Path, moment: float, *command: str | Path) -> None:
    """Kill a process at work; where it was done by then, it starts over from the same store and is killed sooner."""
    saved = project.with_name("saved")
    shutil.copytree(project, saved)
    while not Victim(project, *command).killed_after(moment):
        shutil.rmtree(project)
        shutil.copytree(saved, project)
        moment /= 2
    shutil.rmtree(saved)


def kills(made: Path, data: Path, undisturbed: tuple[Picture, float, float], folder: Path, count: int) -> None:
    """Kill a load, and then a scoring, at so many moments each: the store is whole after every one."""
    expected, load, score = undisturbed
    chance = random.Random(count)
    project = folder / "project"
    shutil.copytree(made, project)
    before = held(project)
    for number in range(count):
        kill(project, load * (number + chance.random()) / count, "load", data / "second")
        now = held(project)
        assert changed(before, now) in ([], changed(before, loaded(made, data, folder)))
    assert weatherglass("load", data / "second", "-p", project).good
    for number in range(count):
        kill(project, score * (number + chance.random()) / count, "score")
        assert weatherglass("doctor", "-p", project).code == 0
    assert weatherglass("load", data / "second", "-p", project).good
    assert weatherglass("score", "-p", project).good
    assert changed(expected, held(project)) == []
    assert orphans(project) == set()


_LOADED: dict[Path, Picture] = {}


def loaded(made: Path, data: Path, folder: Path) -> Picture:
    """What is held when the second half is loaded and not yet scored."""
    if made not in _LOADED:
        shutil.copytree(made, folder / "loaded")
        assert weatherglass("load", data / "second", "-p", folder / "loaded").good
        _LOADED[made] = held(folder / "loaded")
    return _LOADED[made]


def test_a_few_kills(made: Path, data: Path, undisturbed: tuple[Picture, float, float], tmp_path: Path) -> None:
    kills(made, data, undisturbed, tmp_path, 4)


@pytest.mark.slow
def test_many_kills(made: Path, data: Path, undisturbed: tuple[Picture, float, float], tmp_path: Path) -> None:
    for number in range(10):
        (tmp_path / str(number)).mkdir()
        kills(made, data, undisturbed, tmp_path / str(number), 10 + number)


def test_a_first_load_that_is_killed_leaves_an_empty_store(data: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    assert weatherglass("init", project).good
    assert Victim(project, "load", data / "first").killed_after(0.15)
    assert weatherglass("load", data / "first", "-p", project).good
    assert weatherglass("score", "-p", project).good
