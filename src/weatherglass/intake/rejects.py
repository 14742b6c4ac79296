"""What was refused, and why: counted by reason, and the last of each key kept for looking at."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

_KEYS = re.compile(r'("(?:writeKey|api_key|token)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)')


@dataclass(frozen=True, slots=True)
class Refused:
    """One message, or one part of one, that could not be used."""

    key: str
    """The name of the write key it came with."""
    received: int
    """Microseconds since 1970, UTC."""
    kind: str
    """Which door it came through."""
    column: str
    """What of it is wrong; empty when all of it is."""
    reason: str
    """What is wrong with it, as a sentence."""
    mend: str
    """What to do about it."""
    sample: str
    """Its beginning, as it came."""
    code: str = "other"
    """The reason in one word, to count by."""


class Rejects:
    """The last refusals of each key and how many there have been; safe from any thread.

    kept: how many of each key are held.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._lock = Lock()
        self._last: dict[str, deque[Refused]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, refused: Refused) -> None:
        """Note a refusal. A write key in its sample is left out: who may see refusals may not therefore send."""
        refused = replace(refused, sample=_KEYS.sub(r'\1"..."', refused.sample))
        with self._lock:
            self._counts[refused.key, refused.code] += 1
            self._last.setdefault(refused.key, deque(maxlen=self._kept)).append(refused)

    def forget(self, texts: Iterable[str]) -> None:
        """Take out the refusals whose sample holds one of some texts; they are counted still."""
        sought = [text for text in texts if text]
        with self._lock:
            for key, refused in self._last.items():
                kept = [one for one in refused if not any(text in one.sample for text in sought)]
                self._last[key] = deque(kept, self._kept)

    def last(self, key: str | None = None) -> list[Refused]:
        """The last refusals, newest first: of one key, or of all."""
        with self._lock:
            chosen = [self._last.get(key, ())] if key is not None else list(self._last.values())
            found = [one for refused in chosen for one in refused]
        return sorted(found, key=lambda one: -one.received)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many were refused, by key and reason."""
        with self._lock:
            return dict(self._counts)
