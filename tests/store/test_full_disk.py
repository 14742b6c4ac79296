"""A disk that fills up while loading or scoring: a clear error, and the store as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from commands import changed, picture, process, weatherglass

from weatherglass.simulation import simulate_company, write_company
from weatherglass.store.store import FOLDER

MEGABYTE = 1 << 20
LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
"""No file of the process may be larger: writing on fails as it does on a full disk."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two halves of a company, some megabytes each."""
    folder = tmp_path_factory.mktemp("company")
    write_company(simulate_company(120, 200, 1, date(2026, 10, 31)), folder / "first", "csv")
    write_company(simulate_company(160, 220, 2, date(2026, 10, 31)), folder / "second", "csv")
    return folder


@pytest.fixture
def project(data: Path, tmp_path: Path) -> Path:
    made = tmp_path / "project"
    assert weatherglass("init", made).good
    assert weatherglass("load", data / "first", "-p", made).good
    assert weatherglass("score", "-p", made).good
    return made


def size(project: Path) -> int:
    return (project / FOLDER / "store.duckdb").stat().st_size


@pytest.mark.parametrize("room", [0, MEGABYTE // 4, MEGABYTE])
def test_loading_more_than_there_is_room_for(room: int, project: Path, data: Path) -> None:
    before = picture(project)
    done = process("load", data / "second", "-p", project, before=LIMIT.format(size(project) + room))
    if done.code == 0:
        pytest.fail(f"{room} bytes more were enough; nothing is proven")
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    assert str(project) in done.err
    assert changed(before, picture(project)) == []
    assert weatherglass("load", data / "second", "-p", project).good
    assert weatherglass("score", "-p", project).good


def test_scoring_more_than_there_is_room_for(project: Path, data: Path) -> None:
    assert weatherglass("load", data / "second", "-p", project).good
    history = {name: rows for name, rows in picture(project).items() if name in ("table scores", "table touched")}
    done = process("score", "-p", project, before=LIMIT.format(size(project) + 1000))
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    now = picture(project)
    assert {name: now[name] for name in history} == history
    assert weatherglass("score", "-p", project).good


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_is_really_full(project: Path, data: Path, small_disk: Path) -> None:
    here = small_disk / "project"
    shutil.copytree(project, here)
    before = picture(here)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (free - MEGABYTE // 2))
    done = process("load", data / "second", "-p", here)
    assert done.code == 1, done.err
    assert "Traceback" not in done.err
    filler.unlink()
    assert changed(before, picture(here)) == []
    assert weatherglass("doctor", "-p", here).good
