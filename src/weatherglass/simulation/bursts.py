"""Sessions: how a user's day breaks into bursts of events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MS_A_DAY = 86_400_000
_STEPS = 65_536
_LONGEST = 24
"""Most events of a session."""


@dataclass(frozen=True, slots=True)
class Burst:
    """Events of many user-days, in the order of the user-days."""

    owner: NDArray[np.int64]
    """Index of the user-day of each event."""
    session: NDArray[np.int64]
    """Index of the session of each event; a session belongs to one user-day."""
    ms: NDArray[np.int64]
    """Milliseconds after the local midnight, below one day."""


def _quantiles(values: NDArray[np.int64], chances: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """A table that turns 16 random bits into a draw; far cheaper than the distribution itself."""
    edges = np.cumsum(chances) / chances.sum()
    return values[np.minimum(np.searchsorted(edges, (np.arange(_STEPS) + 0.5) / _STEPS), len(values) - 1)]


_COUNTS = np.arange(1, _LONGEST + 1)
_SESSIONS = _quantiles(np.array([1, 2, 3, 4]), np.array([0.725, 0.21, 0.05, 0.015]))
_LENGTHS = _quantiles(_COUNTS, 0.695 ** (_COUNTS - 1.0))
_GAPS = (-np.log1p(-(np.arange(_STEPS) + 0.5) / _STEPS) * 95_000).clip(1_000, 720_000).astype(np.int64)
_MORNING = 9.7 * 3_600_000
_AFTERNOON = 14.4 * 3_600_000
_SPREAD = 1.3 * 3_600_000


def _bits(rng: np.random.Generator, count: int) -> NDArray[np.uint16]:
    return rng.integers(0, _STEPS, count, dtype=np.uint16)


def draw_bursts(rng: np.random.Generator, user_days: int) -> Burst:
    """Sessions and events of `user_days` active user-days.

    A user-day has 1.36 sessions and 4.4 events on average; events of a session are some 95 seconds apart.
    """
    sessions = np.take(_SESSIONS, _bits(rng, user_days))
    owner = np.repeat(np.arange(user_days), sessions)
    start = _session_starts(rng, len(owner))
    lengths = np.take(_LENGTHS, _bits(rng, len(owner)))
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    gaps = np.take(_GAPS, _bits(rng, total))
    # One running sum over all events, from which each session takes off what had run up before it.
    ran = np.cumsum(gaps)
    first = ends - lengths
    session = np.repeat(np.arange(len(owner)), lengths)
    ms = ran + np.take(start - np.take(ran, first) if total else start, session)
    return Burst(np.take(owner, session), session, np.minimum(ms, MS_A_DAY - 1))


def _session_starts(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    late = rng.random(count, dtype=np.float32) < 0.5
    start = rng.standard_normal(count, dtype=np.float32) * np.float32(_SPREAD)
    start += np.where(late, np.float32(_AFTERNOON), np.float32(_MORNING))
    return start.clip(6.5 * 3_600_000, 19.0 * 3_600_000).astype(np.int64)
