"""Daily facts of many accounts as dense account x day arrays, with the sparse facts beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from weatherglass.signals.sparse import NEVER, Sparse
from weatherglass.signals.stacked import Stacked

Counts = npt.NDArray[Any] | Stacked


@dataclass
class Grid:
    """All facts that the signals of some accounts need; column 0 is `first_day`, days are columns of the grid.

    `begin` is the column of an account's first row, `created` that of its first day (may be negative).
    `joins` holds +1 and -1 where the number of distinct users of the last `usage` days goes up and down.
    `features` holds one array of 64 feature bits for every 64 features. Sparse facts: `newcomers` (the day a user was
    first active), `tickets`, `invoices`, `subscriptions`, `surveys`, `interactions`, `champions`, `champion_days`,
    `milestones`, `key_uses`; one that is missing has no source in the workspace.
    """

    accounts: npt.NDArray[np.int64]
    first_day: int
    days: int
    begin: npt.NDArray[np.int64]
    created: npt.NDArray[np.int64]
    core: Counts
    events: Counts
    sessions: Counts
    joins: Counts
    features: list[Counts]
    first_activity: npt.NDArray[np.int64]
    seats: npt.NDArray[np.int64]
    entitlements: Entitlements
    workspace: Workspace
    cohorts: dict[str, npt.NDArray[np.object_]] = field(default_factory=dict)
    facts: dict[str, Sparse] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.accounts)


@dataclass(frozen=True)
class Entitlements:
    """What an account may use: `words` are its allowed feature bits, `count` how many features (-1: all there are).

    `keys` is the number of key features that count for the account.
    """

    words: list[npt.NDArray[np.uint64]]
    count: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Workspace:
    """What is the same for every account: when a day ends, what is there to adopt, whether anyone files tickets."""

    day_ends: npt.NDArray[np.int64]
    """Microseconds UTC at which each day of the grid ends in the workspace's zone."""
    available: npt.NDArray[np.int64]
    """Features there are for an account without entitlements, by day."""
    first_ticket_day: int = int(NEVER)
