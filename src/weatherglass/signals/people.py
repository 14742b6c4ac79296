"""The users of accounts one by one: who is expected back, who faded, and how much hangs on one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.returns import YEAR, Plane, Presence, added, planes
from weatherglass.signals.windows import Ints

NEEDS = "user_days"
"""The facts that have a row for each user and day."""
RECENT, QUARTER = 28, 84


@dataclass
class People:
    """Counts of a block's users, `[accounts, days asked for]`."""

    before: Ints
    """Users who were active in the 56 days that ended 28 days ago."""
    lost: Ints
    """Those of them who were not in the last 28 days."""
    days: Ints
    """Days of all users of the last 84 days."""
    most: Ints
    """The days among them of the user who has most."""
    silent: Ints
    """Days since that user was last active; of several the latest."""


def presence(block: Block) -> Presence | None:
    """The users' active days; None where nobody was ever active, or where nothing read them."""
    facts = block.facts(NEEDS)
    if facts is None:
        return None
    return Presence.of(facts.row, facts["member"].astype(np.int64), facts["active_day"].astype(np.int64))


def people(block: Block) -> People | None:
    """The users of a block's accounts; None where nobody was ever active."""
    return block.once("people", _people)


def _people(block: Block) -> People | None:
    known = presence(block)
    if known is None:
        return None
    before, lost, days, key = (np.zeros((block.shape[0], block.days), dtype=np.int64) for _ in range(4))
    for plane in planes(known, block.days, block.start):
        sums = windows.prefix(plane.active)
        recent, quarter = windows.total(sums, 0, RECENT) > 0, windows.total(sums, 0, QUARTER)
        were = windows.total(sums, 0, QUARTER - RECENT, RECENT) > 0
        added(before, plane, were.astype(np.int64))
        added(lost, plane, (were & ~recent).astype(np.int64))
        added(days, plane, quarter)
        _foremost(key, plane, quarter)
    most, silent = key // (YEAR + 1), YEAR - key % (YEAR + 1)
    return People(*(np.asarray(block.last(part)) for part in (before, lost, days, most, silent)))


def _foremost(key: Ints, plane: Plane, quarter: Ints) -> None:
    # most days first, then the latest: one number that is the larger the further ahead a user is
    column = np.arange(plane.active.shape[1])[None, :]
    latest = np.maximum.accumulate(np.where(plane.active, column, -YEAR), axis=1)
    mine = np.where(quarter > 0, quarter * (YEAR + 1) + YEAR - np.minimum(column - latest, YEAR), 0)
    low, high = plane.first, plane.first + plane.active.shape[1]
    for row in np.unique(plane.row):
        best = mine[plane.row == row].max(axis=0)
        key[row, low:high] = np.maximum(key[row, low:high], best)
