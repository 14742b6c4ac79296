"""A disk that fills up while loading or scoring: a clear error, and the store as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from commands import Picture, changed, picture, process, weatherglass

from weatherglass.rollups.rolling import SETTLED_TO
from weatherglass.simulation import simulate_company, write_company

LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
"""No file of the process may be larger: writing on fails as it does on a full disk."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two companies."""
    folder = tmp_path_factory.mktemp("company")
    write_company(simulate_company(60, 150, 1, date(2026, 10, 31)), folder / "first", "parquet")
    write_company(simulate_company(90, 200, 2, date(2026, 10, 31)), folder / "second", "csv")
    return folder


@pytest.fixture(scope="module")
def made(data: Path) -> Path:
    """The first is loaded and scored. Do not touch: `project` is a copy of it."""
    assert weatherglass("init", data / "made").good
    assert weatherglass("load", data / "first", "-p", data / "made").good
    assert weatherglass("score", "-p", data / "made").good
    return data / "made"


@pytest.fixture(scope="module")
def undisturbed(made: Path, data: Path) -> object:
    """The history when both are loaded and scored without any trouble."""
    shutil.copytree(made, data / "undisturbed")
    return finished(data / "undisturbed", data)


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"


def finished(project: Path, data: Path) -> object:
    """The history once there is room again."""
    for command in (("load", data / "second"), ("score",)):
        done = weatherglass(*command, "-p", project)
        assert done.good, done.err
    return picture(project)["table scores"]


@pytest.mark.parametrize("room", [4, 400])
def test_loading_more_than_there_is_room_for(room: int, project: Path, data: Path, undisturbed: object) -> None:
    """It fails at an event file, or at the commit."""
    before = picture(project)
    done = process("load", data / "second", "-p", project, before=LIMIT.format(room * 1024))
    if done.code == 0:
        pytest.fail(f"{room} kB were enough; nothing is proven")
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert str(project) in done.err and "the store is as it was" in done.err
    assert changed(before, picture(project)) == []
    assert finished(project, data) == undisturbed


def kept(project: Path) -> Picture:
    """What must not change: roll-ups may have gone on, and with them goes the mark of their copy."""
    seen = picture(project)
    settings = seen["table settings"]
    assert isinstance(settings, list)
    return {**seen, "table settings": [row for row in settings if SETTLED_TO not in row]}


@pytest.mark.parametrize("room", [64, 3000])
def test_scoring_more_than_there_is_room_for(room: int, project: Path, data: Path, undisturbed: object) -> None:
    assert weatherglass("load", data / "second", "-p", project).good
    before = kept(project)
    done = process("score", "-p", project, before=LIMIT.format(room * 1024))
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert not {"table scores", "table fleet_days", "table settings"} & set(changed(before, kept(project)))
    assert finished(project, data) == undisturbed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_is_really_full(project: Path, data: Path, small_disk: Path, undisturbed: object) -> None:
    here = small_disk / "project"
    shutil.copytree(project, here)
    before = picture(here)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (free - 256 * 1024))
    done = process("load", data / "second", "-p", here)
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    filler.unlink()
    assert changed(before, picture(here)) == []
    assert finished(here, data) == undisturbed
