"""A store while it is served: one thread writes, others read, and the newest scores are at hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

T = TypeVar("T")


class Live:
    """Owns an open store and its one writer thread. Start it, stop it; reading and writing are safe from any thread."""

    def __init__(self, store: Store, project: Project) -> None:
        self.project = project
        self._store = store
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")

    def start(self) -> None:
        """Begin to work."""

    def stop(self) -> None:
        """Finish what was begun, and close the store."""
        self._writer.shutdown()
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
        return self._writer.submit(function, self._store)
