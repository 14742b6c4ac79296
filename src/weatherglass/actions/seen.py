"""What a rule sees, and how stretches of days are made of single ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weatherglass.actions.arrays import Bools, Floats

Said = Callable[[int, int], str]


@dataclass(frozen=True)
class Seen:
    """What a rule sees: `starts` on the days it has a new reason, `lasts` while it has not gone, both (A, D)."""

    starts: Bools
    lasts: Bools
    said: Said
    """One line about an account (its place) on a day (its place)."""


def begun(holds: Bools) -> Bools:
    """The first day of each stretch; what held all along is no news."""
    earlier = np.ones_like(holds)
    earlier[:, 1:] = holds[:, :-1]
    return np.asarray(holds & ~earlier)


def latched(starts: Bools, reference: Floats, value: Floats, room: float | Floats) -> Bools:
    """From each start until the value is back within `room` of what it was before; the first reference counts."""
    lasts = np.zeros_like(starts)
    line = np.full(starts.shape[0], -np.inf)
    lines = reference - room
    for day in range(starts.shape[1]):
        line = np.where(starts[:, day] & ~np.isfinite(line), lines[:, day], line)
        now = value[:, day]
        line = np.where(np.isnan(now) | (now < line), line, -np.inf)
        lasts[:, day] = np.isfinite(line)
    return lasts


def until(starts: Bools, ends: Bools) -> Bools:
    """From each start until the first day with an end."""
    lasts = np.zeros_like(starts)
    on = np.zeros(starts.shape[0], bool)
    for day in range(starts.shape[1]):
        on = (on | starts[:, day]) & ~ends[:, day]
        lasts[:, day] = on
    return lasts
