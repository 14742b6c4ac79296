"""How many features were used, and when each was."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.returns import Presence
from weatherglass.signals.windows import Ints

WORD = 64
"""Features in one word of bits."""


def used(block: Block, days: int, lag: int = 0) -> Ints:
    """Distinct features used in `days` days that ended `lag` days before each day asked for."""
    number = np.zeros(block.shape, dtype=np.int64)
    for word in range(len(block.grid.features)):
        bits = windows.shifted(windows.union(block.features(word), 0, days), block.start, lag)
        number += np.bitwise_count(bits)
    return number


def presence(block: Block) -> Presence:
    """The days on which each feature was used."""
    rows, members, days = [], [], []
    for word in range(len(block.grid.features)):
        bits = block.features(word)
        row, day = np.nonzero(bits)
        held = bits[row, day]
        for place in range(WORD):
            mine = np.flatnonzero(held & np.uint64(1 << place))
            rows.append(row[mine])
            days.append(day[mine])
            members.append(np.full(len(mine), WORD * word + place))
    if not rows:
        nothing = np.zeros(0, dtype=np.int64)
        return Presence(nothing, nothing, nothing)
    return Presence.of(*(np.concatenate(part).astype(np.int64) for part in (rows, members, days)))
