"""What a service has left behind, taken in by whatever opens the store next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weatherglass.store.segmenting import segment
from weatherglass.store.sweeping import sweep

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

LOG_FOLDER = "intake"
"""The log's folder inside the store's."""


def catch_up(store: Store, project: Project) -> None:
    """Have the store hold all that the log holds, and make segments of events that came in live.

    Segment files that a killed process has left are taken away: they may hold what was to be forgotten.
    """
    if not store.served and any((store.folder / LOG_FOLDER).glob("*.log")):
        # what a service needs takes long to import, and a folder of files has none of it
        from weatherglass.intake.log import Log
        from weatherglass.jobs.incoming.draining import Drain, mark

        log = Log(store.folder / LOG_FOLDER, mark(store))
        try:
            drain = Drain(store, project, log)
            while drain.step() is not None:
                pass
        finally:
            log.close()
    segment(store)
    sweep(store)
