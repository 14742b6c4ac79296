"""Running jobs one after the other, each written down in the ledger from asking to its end."""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from weatherglass.jobs.errors import JobError

if TYPE_CHECKING:
    from weatherglass.state import Actor, State
    from weatherglass.state.ledger import Job

Options = dict[str, Any]
Work = Callable[["Task", Options], dict[str, Any]]
"""Does a job of a kind; what it returns is kept as the job's result."""

TOLD_EVERY = 1.0
"""Seconds between two notes of progress."""
_log = logging.getLogger(__name__)


class Task:
    """A job while it runs: it says how far it is, and hears when the service stops."""

    def __init__(self, state: State, job: Job, by: Actor, stopping: Event) -> None:
        self.id = job.id
        self.by = by
        self._ledger = state.ledger
        self._stopping = stopping
        self._told = 0.0

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def progress(self, doing: str, done: int, total: int) -> None:
        """Say what is being done, how much of it is, and how much there is."""
        now = time.monotonic()
        if now - self._told >= TOLD_EVERY or done >= total:
            self._told = now
            self._ledger.progress(self.id, doing, done, total)

    def say(self, line: str) -> None:
        """Add a line to the job's log; it names no account and no person."""
        self._ledger.say(self.id, line)


class Runner:
    """The jobs of one service: one runs at a time, the others wait. Start it, stop it."""

    def __init__(self, state: State, works: Mapping[str, Work]) -> None:
        self._state = state
        self._works = works
        self._queue: queue.Queue[tuple[Job, Actor] | None] = queue.Queue()
        self._waiting: dict[tuple[str, str], Job] = {}
        self._lock = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="jobs", daemon=True)

    @property
    def kinds(self) -> list[str]:
        return list(self._works)

    def start(self) -> None:
        """Begin; what was under way when the service stopped last is written down as interrupted."""
        self._state.ledger.interrupted()
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Finish the job that runs, if it does not take too long, and begin no other."""
        self._stopping.set()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def ask(self, by: Actor, kind: str, options: Options | None = None) -> Job:
        """Have a job done; one that waits already with the same options is that one. Errors: JobError."""
        if kind not in self._works:
            raise JobError(f"there is no job {kind!r}; there is {', '.join(self._works)}")
        named = kind, repr(sorted((options or {}).items()))
        with self._lock:
            waiting = self._waiting.get(named)
            if waiting is not None:
                return waiting
            job = self._state.ledger.ask(by, kind, options)
            self._waiting[named] = job
            self._queue.put((job, by))
        return job

    def _run(self) -> None:
        while (asked := self._queue.get()) is not None and not self._stopping.is_set():
            job, by = asked
            with self._lock:
                self._waiting = {named: one for named, one in self._waiting.items() if one.id != job.id}
            try:
                self._do(job, by)
            except Exception:  # noqa: BLE001 - whatever it is, the jobs after it are done
                # the state cannot be written: the next job may have more luck
                _log.exception("job %s %s could not be written down", job.id, job.kind)

    def _do(self, job: Job, by: Actor) -> None:
        self._state.ledger.begin(job.id)
        try:
            result = self._works[job.kind](Task(self._state, job, by, self._stopping), job.options)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ledger says so
            _log.exception("job %s %s failed", job.id, job.kind)
            self._state.ledger.fail(job.id, str(error) or type(error).__name__)
        else:
            self._state.ledger.finish(job.id, result)
