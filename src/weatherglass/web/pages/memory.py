"""What pages have worked out of late: the same question to the same scores is answered once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Event, Lock
from typing import Any, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Question = tuple[Hashable, ...]
"""It begins with the version of what is served that it is asked of."""


class Memory:
    """The last answers, safe from any thread. `most` of them are kept."""

    def __init__(self, most: int = 8192) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Question, Any] = OrderedDict()
        self._working: dict[Question, Lock] = {}
        self.version = 0
        """Of what is served the answers are asked of."""
        self.wanted = Event()
        """To be set by who waits for the answers of now."""

    def get(self, question: Question, work_out: Callable[[], T]) -> T:
        """The answer; of two who ask at once one works it out, and the other waits for it."""
        while True:
            with self._lock:
                if question in self._known:
                    self._known.move_to_end(question)
                    found: T = self._known[question]
                    return found
                working = self._working.get(question)
                if working is None:
                    self._working[question] = mine = Lock()
                    mine.acquire()
                    break
            with working:
                # it is known now, or it went wrong and is tried again
                pass
        try:
            answer = work_out()
            self.keep({question: answer})
        finally:
            with self._lock:
                del self._working[question]
            mine.release()
        return answer

    def begin(self, version: int) -> None:
        """Answer of a version from now on, and forget the answers of others."""
        with self._lock:
            self.version = version
            self._known = OrderedDict((asked, answer) for asked, answer in self._known.items() if asked[0] == version)

    def known(self, questions: Mapping[K, Question]) -> dict[K, Any]:
        """Of some questions the answers that are known."""
        with self._lock:
            return {name: self._known[asked] for name, asked in questions.items() if asked in self._known}

    def keep(self, answers: Mapping[Question, Any]) -> None:
        """Remember answers that were worked out together."""
        with self._lock:
            self._known.update(answers)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
