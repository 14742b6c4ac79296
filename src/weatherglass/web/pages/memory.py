"""What pages have worked out of late: the same question to the same scores is answered once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """The last answers, safe from any thread. `most` of them are kept."""

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, question: Hashable, work_out: Callable[[], T]) -> T:
        """The answer; two who ask at once may both work it out."""
        with self._lock:
            if question in self._known:
                self._known.move_to_end(question)
                found: T = self._known[question]
                return found
        answer = work_out()
        with self._lock:
            self._known[question] = answer
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return answer
