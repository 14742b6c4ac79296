"""The doctor: what is there, how well events reach accounts, what is missing, and whether models still hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.jobs.data_health.checking import Health, check
from weatherglass.jobs.foresight.drifting import findings

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store


def doctor(store: Store, project: Project, folder: Path | None) -> Health:
    """Look at a workspace's facts, and at the models of its project's folder where there is one."""
    health = check(store, project)
    if folder is not None:
        health.findings += findings(store, project, folder)
    return health
