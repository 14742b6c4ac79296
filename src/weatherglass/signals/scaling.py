"""From what was measured to 0-100: the scalings a scorecard may choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.signals import windows
from weatherglass.signals.measure import Measure, measure, ratio
from weatherglass.signals.windows import Bools, Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.scaling import Scaling
    from weatherglass.signals.block import Block, Series

RECENT_WEEKS = 7.0
"""Days a week: the recent total is brought to one week before it is compared with weekly totals."""


@dataclass(frozen=True)
class Usage:
    """A product usage signal before scaling.

    `make` makes `x`, for the scalings that look at it. `ever` says whether there was such a fact by each day asked for.
    `daily` holds the counts that x adds up; None for a ratio or a mean. `before` is x on days before the history of
    the block. `silent` says that a day without x is null, not 0.
    """

    make: Callable[[], Floats | Ints]
    ever: Bools
    daily: Series | None = None
    before: Floats | None = None
    silent: bool = False

    @cached_property
    def x(self) -> Floats | Ints:
        """The value of the usage window on every day of the history; NaN: does not exist."""
        return self.make()


def scaled(block: Block, signal: str, usage: Usage, scaling: Scaling) -> Measure:
    """The score of a product usage signal under one of the scalings."""
    if scaling.kind == "median_grace":
        result = _median_grace(block, usage)
    elif scaling.kind == "peak":
        result = _peak(block, usage)
    else:
        x = np.asarray(block.last(usage.x), dtype=np.float64)
        result = measure(rescaled(block, signal, x, scaling), x)
        result = Measure(np.where(np.isnan(x), 0.0, result.score), result.value, result.baseline)
    null = ~usage.ever
    if usage.silent:
        null = null | np.isnan(block.last(usage.x))
    return Measure(np.where(null, np.nan, result.score), result.value, result.baseline)


def _peak(block: Block, usage: Usage) -> Measure:
    x = block.last(usage.x)
    top = windows.largest(usage.x, block.start, block.windows.peak)
    share = ratio(x, np.nan_to_num(np.asarray(top, dtype=np.float64)))
    return measure(np.where(np.isnan(share), 0.0, 100.0 * np.minimum(1.0, share)), x, top)


def _median_grace(block: Block, usage: Usage) -> Measure:
    if usage.daily is not None:
        recent, usual = shown = _counted(block, usage.daily)
    else:
        shown = _averaged(block, usage)
        # the mean of days of which none has an x does not exist, and counts as 0
        recent, usual = np.nan_to_num(shown[0]), np.nan_to_num(shown[1])
    share = ratio(recent, block.windows.grace * usual)
    score = np.where(usual > 0, 100.0 * np.minimum(1.0, np.nan_to_num(share)), np.where(recent > 0, 100.0, 0.0))
    too_young = block.history < 2 * block.windows.usage
    return measure(score, *shown, null=too_young)


def _counted(block: Block, daily: Series) -> tuple[Floats, Floats]:
    recent = daily.total(block.windows.recent) / (block.windows.recent / RECENT_WEEKS)
    weeks = [daily.total(7, lag) for lag in _weeks(block)]
    return recent, windows.median_of(_narrow(weeks))


def _narrow(weeks: list[Ints]) -> list[Ints]:
    # half the bytes to move while sorting; the largest weekly total of a block decides whether they fit
    if max(int(week.max(initial=0)) for week in weeks) < 2**31:
        return [week.astype(np.int32) for week in weeks]
    return weeks


def _weeks(block: Block) -> list[int]:
    return [block.windows.usage + 7 * week for week in range(block.windows.baseline_weeks)]


def _averaged(block: Block, usage: Usage) -> tuple[Floats, Floats]:
    reach = block.windows.usage + 7 * block.windows.baseline_weeks
    ahead = np.full((block.shape[0], reach), np.nan) if usage.before is None else np.repeat(usage.before, reach, axis=1)
    x = np.concatenate([ahead, np.asarray(usage.x, dtype=np.float64)], axis=1)
    exists = ~np.isnan(x)
    values = np.cumsum(np.pad(np.where(exists, x, 0.0), ((0, 0), (1, 0))), axis=1)
    counts = windows.prefix(exists)

    def mean(days: int, lag: int) -> Floats:
        start = block.start + reach
        return ratio(windows.total(values, start, days, lag), windows.total(counts, start, days, lag))

    weeks = np.sort(np.stack([mean(7, lag) for lag in _weeks(block)]), axis=0)
    return mean(block.windows.recent, 0), _median_without_gaps(weeks)


def _median_without_gaps(ranked: Floats) -> Floats:
    # NaN sorts last, so the middle is counted from the front over the weeks that exist
    there = (~np.isnan(ranked)).sum(axis=0)
    upper = np.maximum(there // 2, 0)
    lower = np.maximum((there - 1) // 2, 0)
    pick = np.take_along_axis(ranked, np.stack([lower, np.minimum(upper, len(ranked) - 1)]), axis=0)
    return np.where(there > 0, pick.mean(axis=0), np.nan)


def rescaled(block: Block, signal: str, value: Floats, scaling: Scaling) -> Floats:
    """`percentile`, `range` or `steps` of any value; NaN stays NaN."""
    if scaling.kind == "range":
        assert scaling.low is not None and scaling.high is not None
        share = (value - scaling.low) / (scaling.high - scaling.low)
        return np.clip(100.0 * share, 0.0, 100.0)
    if scaling.kind == "steps":
        bounds = np.array([bound for bound, _ in scaling.steps])
        scores = np.array([0.0, *(score for _, score in scaling.steps)])
        stepped = scores[np.searchsorted(bounds, value, side="right")]
        return np.where(np.isnan(value), np.nan, stepped)
    assert scaling.cohort is not None
    return block.fleet.percentile(block, signal, value, scaling.cohort)
