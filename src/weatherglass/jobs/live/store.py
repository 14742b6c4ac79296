"""A store while it is served: one thread writes, others read, and the newest scores are at hand."""

from __future__ import annotations

import datetime as dt
import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from weatherglass.intake.log import Log
from weatherglass.intake.rejects import Rejects
from weatherglass.jobs.incoming.catching_up import LOG_FOLDER
from weatherglass.jobs.incoming.draining import Drain, Drained, Limits, mark
from weatherglass.jobs.incoming.redacting import redactor
from weatherglass.jobs.live.keeping_up import KeepingUp
from weatherglass.jobs.live.newest import Newest
from weatherglass.jobs.live.pace import BEHIND, REST_SECONDS, Round

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

T = TypeVar("T")

RETRY_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How a store is served."""

    limits: Limits = field(default_factory=Limits)
    rejects_kept: int = 100
    """How many of the last refusals of each key are held."""
    lying_bytes: int = 1024 * 1024 * 1024
    """How much of the log may wait before following it takes half of the time."""


class Live:
    """Owns an open store and its one writer thread. Start it, stop it; reading and writing are safe from any thread."""

    def __init__(self, store: Store, project: Project, options: Options | None = None) -> None:
        asked = options or Options()
        self.project = self._latest = project
        self.redactor = redactor(project)
        """What messages go through before anything of them is written."""
        self.log = Log(store.folder / LOG_FOLDER, mark(store))
        self.rejects = Rejects(asked.rejects_kept)
        self.newest = Newest()
        """Score rows of the open day."""
        self.arrived = Event()
        """To be set when the log has grown."""
        self.trouble = ""
        """Why the store does not take in what the log holds; empty when it does."""
        self.totals = Drained(0)
        """What has been taken in since the start."""
        self.ready = False
        """Whether the newest scores are there."""
        self._store = store
        store.served = True
        self._limits = asked.limits
        self._lying_bytes = asked.lying_bytes
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._stopping = Event()
        self._stopped = False
        self._pump = Thread(target=self._work, name="pump", daemon=True)
        self._changed = True
        """Whether the store was changed by others than those who follow what arrives."""
        self._changes = 0
        self._drain: Drain | None = None
        self._keeping: KeepingUp | None = None
        self._next_between = 0.0
        for damage in self.log.damage:
            _log.warning("intake log: %s", damage)

    @property
    def version(self) -> int:
        """Grows when facts or finished days have changed; events, which are the open day's alone, do not count."""
        return self.newest.passes + self._changes

    @property
    def waiting(self) -> int:
        """Bytes of the log that are not in the store yet."""
        return self.log.end - self._drain.position if self._drain is not None else 0

    @property
    def latest(self) -> Project:
        """The configuration that was handed over last: the one in use, or the next."""
        return self._latest

    def start(self) -> None:
        """Begin to take in what the log holds."""
        self._drain = self._writer.submit(Drain, self._store, self.project, self.log, self._limits).result()
        self._pump.start()

    def stop(self) -> None:
        """Take in what the log holds, and close the store; twice is once."""
        if self._stopped:
            return
        self._stopped = True
        self._stopping.set()
        self.arrived.set()
        if self._pump.is_alive():
            self._pump.join()
        if self._keeping is not None:
            self._writer.submit(self._keeping.close).result()
        self._writer.shutdown()
        self.log.close()
        self._store.close()

    def read(self, function: Callable[[Store], T]) -> T:
        """What a function finds in the store: all it reads is of one moment. It must not write."""
        store = self._store.reading()
        try:
            with store.engine.transaction():
                return function(store)
        finally:
            store.engine.close()

    def submit(self, function: Callable[[Store], T]) -> Future[T]:
        """Have a function change the store, after all that was submitted before it."""
        self._changed = True
        return self._writer.submit(self._do, function)

    def _do(self, function: Callable[[Store], T]) -> T:
        if self._keeping is not None:
            self._keeping.give_up()
        try:
            return function(self._store)
        finally:
            self._changes += 1
            if self._keeping is not None:
                self._keeping.others_wrote()

    def finish(self) -> Future[None]:
        """Have every finished day scored, and the open day of every account: what a nightly pass does."""
        return self._writer.submit(self._pass)

    def adopt(self, project: Project) -> Future[None]:
        """Score with another configuration from the last finished day on; calendar and events must mean the same."""
        self._latest = project
        return self._writer.submit(self._adopt)

    def take_up(self, project: Project) -> None:
        """Use a configuration from now on whose scores are the same: other alert rules, or other plays."""
        self._latest = self.project = project

    def _adopt(self) -> None:
        # what was taken up in the meantime holds what was adopted before it
        self.project = self._latest
        if self._keeping is not None:
            self._keeping.close()
            self._keeping = None
        self._pass()

    def _work(self) -> None:
        self._guarded(self._writer.submit(self._pass).result)
        assert self._drain is not None
        last, held = time.monotonic(), self.log.end
        while True:
            stopping = self._stopping.is_set()
            begun, end, position = time.monotonic(), self.log.end, self._drain.position
            taken = self._guarded(self._writer.submit(self._cycle).result) or 0
            took, drained = time.monotonic() - begun, self._drain.position - position
            if stopping:
                return
            if not taken:
                self.arrived.wait(1.0)
            self.arrived.clear()
            done = Round(took, begun - last, taken, drained, end - held, self.waiting)
            last, held = begun, end
            self._stopping.wait(done.rest(self._lying_bytes))

    def _guarded(self, function: Callable[[], T]) -> T | None:
        try:
            found = function()
        except Exception as error:  # noqa: BLE001 - whatever it is, the log keeps what has come, and it is tried again
            if self._keeping is not None:
                self._keeping.disturbed()
            self.trouble = str(error).splitlines()[0] if str(error) else type(error).__name__
            _log.exception("the store does not take in what has come")
            self._stopping.wait(RETRY_SECONDS)
            return None
        self.trouble = ""
        return found

    def _pass(self) -> None:
        assert self._drain is not None
        taken = self._take_in(math.inf)
        if self._keeping is None:
            self._keeping = KeepingUp(self._store, self.project, self._drain, self.newest, self._between)
        if taken.messages or self._changed or self._keeping.is_due(today(self.project)):
            self._changed = False
            self._keeping.whole(today(self.project))
        self.ready = True

    def _cycle(self) -> int:
        """Take in what the log holds, and score whom it touches; how many events and messages there were."""
        if self._keeping is None:
            self._pass()
        assert self._keeping is not None
        # whom a flood touches is scored less often, for one event in it as for many
        taken = self._take_in(0.25 if self.waiting <= BEHIND else 1.0)
        self._keeping.touched(taken, today(self.project))
        self._changes += bool(taken.rows)
        return taken.events + taken.messages

    def _between(self) -> None:
        """Within a pass over all accounts, keep up with what arrives: as long at a time as the pass goes on."""
        assert self._drain is not None and self._keeping is not None
        begun = time.monotonic()
        if self.ready and self._drain.position < self.log.end and begun >= self._next_between:
            taken = self._take_in(0.25)
            self._keeping.meanwhile(taken)
            self._changes += bool(taken.rows)
            now = time.monotonic()
            self._next_between = now + max(REST_SECONDS, now - begun)

    def _take_in(self, seconds: float) -> Drained:
        """Take in what the log holds by now, for so long at most."""
        assert self._drain is not None
        begun, end, whole = time.monotonic(), self.log.end, Drained(self._drain.position)
        while time.monotonic() - begun < seconds and self._drain.position < end:
            done = self._drain.step()
            if done is None:
                break
            whole.join(done)
            for refused in done.refused:
                self.rejects.add(refused)
            self.totals.join(done)
            self.totals.touched, self.totals.refused = {}, []
        return whole


def today(project: Project) -> dt.date:
    """The open day: that of the workspace's zone, by the clock."""
    return dt.datetime.now(project.zone).date()
