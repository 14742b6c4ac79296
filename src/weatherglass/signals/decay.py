"""Activity that counts the less the longer ago it was."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure
from weatherglass.signals.windows import Floats, Ints

WEEKS = 52


def pulse(block: Block, half_life: int) -> Measure:
    """`100 * p / (p + q)`: p the days with a core action, q a day in each week; null before the first core action.

    half_life: days after which a day counts half; whole weeks that end with the day count as they began.
    """
    decays = 0.5 ** (7.0 * np.arange(WEEKS) / half_life)
    felt, usual = _felt(block, decays), float(decays.sum())
    return measure(100.0 * felt / (felt + usual), felt / usual, null=~block.core.ever)


def _weekly(block: Block) -> Ints:
    """Active days of the 7 that end with each day of the history."""
    return np.asarray(windows.total(windows.prefix(block.core.daily > 0), 0, 7))


def _felt(block: Block, decays: Floats) -> Floats:
    active = block.once("active weeks", _weekly)
    felt = np.zeros(block.shape)
    for week, decay in enumerate(decays):
        felt += decay * windows.shifted(active, block.start, 7 * week)
    return felt
