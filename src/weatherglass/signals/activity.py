"""Plain measures of core actions over a number of days: how many, on how many days, and where they are heading."""

from __future__ import annotations

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure


def amount(block: Block, days: int, half: int) -> Measure:
    """`100 * n / (n + half)` of the core actions of some days; null before the first."""
    number = block.core.total(days)
    return measure(100.0 * number / (number + half), number, null=~block.core.ever)


def active_share(block: Block, days: int) -> Measure:
    """100 * share of some days that had a core action; null before the first."""
    active = windows.total(windows.prefix(np.asarray(block.core.daily > 0)), block.start, days)
    return measure(100.0 * active / days, active, null=~block.core.ever)


def slope(block: Block, days: int) -> Measure:
    """`100 * (a + 1) / (a + b + 2)`: a the core actions of some days, b of as many before; null before the first."""
    recent, before = block.core.total(days), block.core.total(days, days)
    return measure(100.0 * (recent + 1) / (recent + before + 2), recent, before, null=~block.core.ever)
