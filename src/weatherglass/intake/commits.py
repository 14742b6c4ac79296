"""Group commit: whatever came while the disk was busy goes to it together, and is answered for together."""

from __future__ import annotations

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor

from weatherglass.intake.log import Log, LogUnavailable


class Full(Exception):
    """More waits for the disk than may."""


class Commits:
    """What waits for a log, on the event loop that it is used from.

    most_bytes: how much may wait before `keep` raises Full.
    """

    def __init__(self, log: Log, most_bytes: int) -> None:
        self._log = log
        self._most = most_bytes
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log")
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._busy = False
        self.waiting_bytes = 0
        """How much waits, that which is being written included."""
        self.failure = ""
        """Why the last commit failed; empty when it did not."""
        self.failed_at = -math.inf
        """When it did, by the monotonic clock."""

    def keep(self, payload: bytes) -> asyncio.Future[None]:
        """Done when the payload is safe. Errors: Full at once; LogUnavailable from the future."""
        if self.waiting_bytes + len(payload) > self._most and self.waiting_bytes:
            raise Full
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[None] = loop.create_future()
        self.waiting_bytes += len(payload)
        self._waiting.append((payload, kept))
        if not self._busy:
            self._busy = True
            # what else arrives in this turn of the loop comes along
            loop.call_soon(self._begin, loop)
        return kept

    def close(self) -> None:
        """Wait for the thread to end; nothing may be kept any more."""
        self._thread.shutdown()

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        batch, self._waiting = self._waiting, []
        payloads = [payload for payload, _ in batch]
        doing = loop.run_in_executor(self._thread, self._log.commit, payloads)
        doing.add_done_callback(lambda done: self._finish(loop, batch, done))

    def _finish(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[bytes, asyncio.Future[None]]],
        done: asyncio.Future[int],
    ) -> None:
        error = done.exception()
        self.failure = "" if error is None else str(error)
        if error is not None:
            self.failed_at = time.monotonic()
        for payload, kept in batch:
            self.waiting_bytes -= len(payload)
            if kept.done():
                continue  # the sender has hung up
            if error is None:
                kept.set_result(None)
            else:
                kept.set_exception(error if isinstance(error, LogUnavailable) else LogUnavailable(str(error)))
        if self._waiting:
            self._begin(loop)
        else:
            self._busy = False
