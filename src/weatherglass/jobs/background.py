"""Work that goes on beside a service."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event, Thread


class Background(ABC):
    """A thread that works until it is told to stop. Start it, stop it."""

    def __init__(self, name: str) -> None:
        self._stopping = Event()
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @abstractmethod
    def _work(self) -> None:
        """Look at `_stopping` now and then, and return when it is set."""
