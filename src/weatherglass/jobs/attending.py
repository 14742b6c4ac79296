"""The active days of each user, for the signals that look at users one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.engine import DuckDB
from weatherglass.signals.catalogue import BY_NAME
from weatherglass.signals.grid import Grid
from weatherglass.signals.people import NEEDS
from weatherglass.signals.sparse import Sparse

if TYPE_CHECKING:
    from weatherglass.config.scorecard import Scorecard

BATCH_ROWS = 2_000_000
FEW = 1000
"""Accounts; of more, all rows are read and those of others left out."""


def attended(card: Scorecard) -> bool:
    """Whether a card names a signal that needs the days of each user: they are many, and read only then."""
    return any(NEEDS in BY_NAME[signal].needs for signal in card.measured)


def add_user_days(
    grid: Grid, engine: DuckDB, day: int, place: npt.NDArray[np.int64], accounts: Collection[int] | None = None
) -> None:
    """Give a grid the fact `user_days`: the days up to a day on which each user was active, by user and day.

    place: the row in the grid of each account, -1 for those that are not in it. accounts: those to read; None: all.
    """
    chosen = "" if accounts is None or len(accounts) > FEW else f"AND account IN ({', '.join(map(str, accounts))})"
    sql = f'SELECT account, member, "day" FROM user_days WHERE "day" <= {day} AND member >= 0 AND events > 0 {chosen}'
    parts = []
    for batch in engine.batches(sql, BATCH_ROWS):
        account, member, days = (batch[name] for name in ("account", "member", "day"))
        row = place[account]
        there = row >= 0
        parts.append((row[there], member[there], days[there].astype(np.int64) - grid.first_day))
    if parts:
        rows, members, days = (np.concatenate(part) for part in zip(*parts, strict=True))
        grid.facts[NEEDS] = Sparse.of(rows, {"member": members, "active_day": days})
