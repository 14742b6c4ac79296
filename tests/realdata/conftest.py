"""Data that was not made for this project: where it is, and what is said where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import weatherglass
from weatherglass import Workspace
from weatherglass.config import read_project

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the real data."""
    place = Path(os.environ.get("WEATHERGLASS_DATA") or ROOT.parent / "shared" / "data")
    if not place.is_dir():
        pytest.skip(f"the real data is not at {place}; WEATHERGLASS_DATA says where it is")
    return place


@pytest.fixture(scope="session")
def git(data: Path) -> Iterator[Workspace]:
    """Thirteen years of commits to three projects, scored with no configuration at all."""
    with weatherglass.open_data(data / "git-streaming") as opened:
        opened.update()
        yield opened


@pytest.fixture(scope="session")
def ravenstack(data: Path) -> Iterator[Workspace]:
    """A published SaaS company, scored with its example configuration."""
    project = read_project(ROOT / "examples" / "ravenstack" / "weatherglass.yml")
    with weatherglass.open_data(data / "ravenstack", project) as opened:
        opened.update()
        yield opened
