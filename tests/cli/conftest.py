"""A project that is loaded and scored, and copies of it to do harm to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import weatherglass
from company_files import write_company
from inventing import Shape, invent
from reference import Company


def small(seed: int = 5) -> Company:
    return invent(Shape(seed=seed, accounts=4, days=60, events=30, quirks=frozenset()))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do not touch: `project` is a copy of it."""
    folder = tmp_path_factory.mktemp("made")
    write_company(small(), folder / "data")
    assert weatherglass("init", folder / "project").good
    assert weatherglass("load", folder / "data", "-p", folder / "project").good
    assert weatherglass("score", "-p", folder / "project").good
    return folder / "project"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A project with a store that has a history."""
    shutil.copytree(made, tmp_path / "project")
    return tmp_path / "project"
