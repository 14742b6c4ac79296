"""How even the weeks are."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, Seen, Wording, measure, ratio

DOCUMENT = "100 less the variation (population standard deviation / mean) of the core actions of the last 8 weeks."
SENTENCE = "weekly core actions vary by {value:.0%} of their mean"
ARITHMETIC = "100 x (1 - min(1, {value:.4f}))"
SILENT = "no core action in the last {consistency_weeks} weeks, but there were some before"


def consistency(block: Block) -> Measure:
    """100 * (1 - min(1, sd / mean)) of weekly totals; 0 when the mean is 0."""
    count = block.windows.consistency_weeks
    weeks = [block.core.total(7, 7 * week) for week in range(count)]
    total = np.sum(weeks, axis=0)
    # n^2 * variance as a whole number: exact, and 0 for equal weeks
    spread = count * np.sum([week * week for week in weeks], axis=0) - total * total
    variation = ratio(np.sqrt(spread.astype(np.float64)), total)
    score = np.where(total > 0, 100.0 * (1.0 - np.minimum(1.0, np.nan_to_num(variation))), 0.0)
    null = (block.history < 7 * count) | ~block.core.ever
    return measure(score, variation, null=null)


def instead(seen: Seen) -> Wording | None:
    """Where the mean is 0 there is no variation."""
    return Wording(SILENT) if seen.value is None else None
