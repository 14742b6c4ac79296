"""How long following what arrives rests between two rounds: answers go before scores, and scores go before nothing."""

from __future__ import annotations

from dataclasses import dataclass

REST_SECONDS = 0.05
"""Between two rounds, so that what comes together is taken together."""
BUSY = 3000
"""Events a second beyond which following them rests twice as long as it works, and half a second at least."""
LONG_REST_SECONDS = 0.5
BEHIND = 4 * 1024 * 1024
"""Bytes of the log that wait, beyond which it rests no longer than it works, so as not to fall back further."""


@dataclass(frozen=True)
class Round:
    """One round of taking in what the log holds, and scoring whom it touches."""

    seconds: float
    """How long it took."""
    since: float
    """Seconds from the beginning of the round before to its own."""
    taken: int
    """Events and messages that it took in."""
    taken_bytes: int
    come_bytes: int
    """How much the log has grown in that time."""
    waiting_bytes: int
    """What of the log is still to be taken in."""

    def rest(self, lying_bytes: int) -> float:
        """Seconds until the next one is to begin.

        lying_bytes: so much may wait where more comes than half of the time could take in. It is safe where it lies.
        """
        if self.taken <= BUSY * self.since:
            return REST_SECONDS
        if self.waiting_bytes <= BEHIND:
            return max(2 * self.seconds, LONG_REST_SECONDS)
        if self._is_flooded and self.waiting_bytes <= lying_bytes:
            return max(3 * self.seconds, LONG_REST_SECONDS)
        return self.seconds

    @property
    def _is_flooded(self) -> bool:
        """Whether half of the time would not be enough to take in what comes."""
        return self.come_bytes * 2 * self.seconds > self.taken_bytes * self.since
