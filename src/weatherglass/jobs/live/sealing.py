"""Live events on their way into a segment, rolled up beside what arrives in the meantime."""

from __future__ import annotations

import logging
import os
import sys
from threading import Event, Thread, get_native_id
from typing import TYPE_CHECKING

from weatherglass.jobs.scoring.run import rollups_of
from weatherglass.store.segmenting import drafted

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store
    from weatherglass.store.seen import Keys, Seen

NICE = 10
"""How far the thread steps back behind others."""
_log = logging.getLogger(__name__)


class _GivenUp(Exception):
    """What was prepared is not wanted any more."""


class Sealing:
    """Makes a segment of the events that are live when it is made, in one transaction on a thread of its own.

    Whoever writes the store goes on: other rows of it may come and change. The events of the segment may not, nor what
    tells whose they are. Where they did, or anything else writes, it is to be given up; nothing has happened then.
    """

    def __init__(self, store: Store, project: Project, seen: Seen) -> None:
        """To be used on the writer thread, outside of transactions; the live events are to be plain."""
        self._store = store.reading()
        self._project = project
        self._seen = seen
        self.draft: list[Keys] = []
        """What the index of ids is to be, with those of the segment."""
        self._begun, self._ready, self._decided = Event(), Event(), Event()
        self._wanted = self._finished = False
        self._thread = Thread(target=self._work, name="sealing", daemon=True)
        self._thread.start()
        self._begun.wait()

    @property
    def is_ready(self) -> bool:
        """Whether it can be finished, which then takes a moment, or has failed."""
        return self._ready.is_set()

    def finish(self) -> bool:
        """Have the segment be, and its events be live no more; whether that is so. Then the draft is to be adopted."""
        self._wanted = True
        self._decided.set()
        self._thread.join()
        return self._finished

    def give_up(self) -> None:
        """Leave everything as it is; nothing of it runs after that."""
        self._decided.set()
        while self._thread.is_alive():
            self._store.engine.interrupt()
            self._thread.join(0.01)

    def _work(self) -> None:
        if sys.platform == "linux":
            # there a thread has a priority of its own: who is scored now goes first
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICE)
        try:
            self._seal()
            self._finished = True
        except _GivenUp:
            pass
        except Exception:  # noqa: BLE001 - whoever asked for it does the same in its own time, and says what is wrong
            if self._wanted or not self._decided.is_set():
                _log.warning("events were not made a segment beside what arrives", exc_info=True)
        finally:
            self._store.engine.close()
            self._begun.set()
            self._ready.set()

    def _seal(self) -> None:
        engine = self._store.engine
        with engine.transaction():
            # from its first look at them on a transaction sees the tables as they are
            engine.execute("SELECT count(*) FROM live_events")
            self._begun.set()
            with drafted(self._store):
                rollups_of(self._store, self._project).refresh()
                self.draft = self._seen.drafted(engine)
                self._ready.set()
                self._decided.wait()
                if not self._wanted:
                    raise _GivenUp
