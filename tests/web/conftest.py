"""A project to serve, and a service that several tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import weatherglass
from service import Service


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    assert weatherglass("init", tmp_path / "project").good
    return tmp_path / "project"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of a project of its own, with a secret for Segment's webhook."""
    project = tmp_path_factory.mktemp("served") / "project"
    assert weatherglass("init", project).good
    with Service(project, webhook_secret="shared") as served:
        yield served
        assert served.stop() == 0
