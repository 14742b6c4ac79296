"""What the four support signals share: tickets of a block, and since when anybody files them."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block, Series
from weatherglass.signals.sparse import Sparse
from weatherglass.signals.windows import Bools

SCALE = 2.0**40
"""Ratings and moods are added up as whole multiples of 2^-40, so that the order of adding changes nothing."""


def tickets(block: Block) -> Sparse | None:
    return block.facts("tickets")


def unused(block: Block) -> Bools:
    """Days on which nobody in the workspace had opened a ticket yet."""
    return np.asarray(block.asked + block.span.first < block.grid.workspace.first_ticket_day)


def opened(block: Block, rows: Sparse) -> Series:
    return block.daily(rows, "opened_day")


def whole(values: object) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Values between -5 and 100 as whole multiples of 2^-40."""
    return np.rint(np.asarray(values, dtype=np.float64) * SCALE).astype(np.int64)
