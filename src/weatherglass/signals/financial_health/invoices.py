"""What the two signals share: invoices that count, and when they are late."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.windows import Bools, Ints


def invoices(block: Block) -> Sparse | None:
    return block.facts("invoices")


def unbilled(block: Block, rows: Sparse) -> Bools:
    """Days on which the account had no invoice yet."""
    return ~block.daily(rows, "issued_day").ever


def overdue_days(rows: Sparse) -> tuple[Ints, Ints]:
    """From which day on, and until before which, each invoice is overdue."""
    first = np.maximum(rows["owed_day"].astype(np.int64) + 1, rows["issued_day"].astype(np.int64))
    return first, rows["paid_day"].astype(np.int64)
