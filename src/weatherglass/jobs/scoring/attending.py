"""The active days of each user, for the signals that look at users one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.scoring.activity import Source
from weatherglass.signals.catalogue import BY_NAME
from weatherglass.signals.grid import Grid
from weatherglass.signals.people import NEEDS
from weatherglass.signals.sparse import Sparse

if TYPE_CHECKING:
    from weatherglass.config.scorecard import Scorecard


def attended(card: Scorecard) -> bool:
    """Whether a card names a signal that needs the days of each user: they are many, and read only then."""
    return any(NEEDS in BY_NAME[signal].needs for signal in card.measured)


def add_user_days(grid: Grid, source: Source, place: npt.NDArray[np.int64]) -> None:
    """Give a grid the fact `user_days`: the days of a source on which each user was active, by user and day.

    place: the row in the grid of each account, -1 for those that are not in it.
    """
    parts = []
    for batch in source.rows("user_days", 'account, member, "day"', "member >= 0 AND events > 0"):
        row = place[batch["account"]]
        there = row >= 0
        parts.append((row[there], batch["member"][there], batch["day"][there].astype(np.int64) - grid.first_day))
    if parts:
        rows, members, days = (np.concatenate(part) for part in zip(*parts, strict=True))
        grid.facts[NEEDS] = Sparse.of(rows, {"member": members, "active_day": days})
