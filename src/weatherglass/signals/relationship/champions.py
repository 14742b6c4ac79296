"""What the two signals share: how many champions an account has, and on which days."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.sparse import NEVER, Sparse
from weatherglass.signals.windows import Ints


def champions(block: Block) -> Ints | None:
    """Champions known by each day asked for, gone ones included; None when the workspace has none."""
    rows = block.facts("champions")
    if rows is None:
        return None
    return np.asarray(block.last(block.holding(rows, rows["created_day"], _never(rows))), dtype=np.int64)


def _never(rows: Sparse) -> Ints:
    return np.full(len(rows), NEVER)
