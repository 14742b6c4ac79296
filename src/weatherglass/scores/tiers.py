"""From a score to its tier: the raw one of the day, and the shown one that does not flap."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.signals.windows import Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.tiers import Tiers

Codes = npt.NDArray[np.int8]

UNSCORED = -1
"""The code of a day without a score; tiers count from 0, the lowest."""
NO_ROW = -2
"""The code of a day before the account's first row."""

GRADES = ("F", "D", "C", "B", "A")
GRADE_LINES = (60.0, 70.0, 80.0, 90.0)

DECIMALS = 9
"""Lines compare values rounded to this, so that 44.9999999999 from a sum of thirds is not below 45."""


def beyond(score: Floats, lines: tuple[float, ...]) -> Codes:
    """How many lines a score has reached; UNSCORED where it is null."""
    reached = np.searchsorted(np.round(lines, DECIMALS), np.round(score, DECIMALS), side="right")
    return np.where(np.isnan(score), UNSCORED, reached).astype(np.int8)


@dataclass(frozen=True)
class Before:
    """How accounts stood on the days before the first asked for: the raw tiers, oldest first, and the shown one."""

    raw: Codes
    """`[accounts, hysteresis_days - 1]`; NO_ROW where there is no row."""
    shown: Codes
    """`[accounts]`."""

    @classmethod
    def nothing(cls, accounts: int, days: int) -> Before:
        return cls(np.full((accounts, days - 1), NO_ROW, np.int8), np.full(accounts, NO_ROW, np.int8))


def shown(raw: Codes, score: Floats, tiers: Tiers, before: Before) -> Codes:
    """The shown tier of every day: it follows the raw tier once that is clear, by points or by days.

    `raw` and `score` are `[accounts, days]`; days before an account's first row carry NO_ROW.
    """
    reach = tiers.hysteresis_days - 1
    if raw.size == 0:
        return raw.copy()
    codes = np.concatenate([before.raw, raw], axis=1)
    lowest, highest = _extremes(codes, reach)
    result = np.where(_settled(codes, reach, lowest, highest), raw, NO_ROW - 1).astype(np.int8)
    for accounts, days in _rounds(result):
        previous = np.where(days > 0, result[accounts, days - 1], before.shown[accounts])
        result[accounts, days] = _moved(
            previous.astype(np.int64),
            raw[accounts, days].astype(np.int64),
            np.round(score[accounts, days], DECIMALS),
            (lowest[accounts, days].astype(np.int64), highest[accounts, days].astype(np.int64)),
            tiers,
        )
    return result


def _extremes(codes: Codes, reach: int) -> tuple[Codes, Codes]:
    # lowest and highest raw tier of this and the `reach` days before; a day without a tier makes the lowest negative
    width = codes.shape[1] - reach
    days = [codes[:, back : back + width] for back in range(reach + 1)]
    return np.minimum.reduce(days), np.maximum.reduce(days)


def _settled(codes: Codes, reach: int, lowest: Codes, highest: Codes) -> npt.NDArray[np.bool_]:
    today = codes[:, reach:]
    yesterday = codes[:, reach - 1 : -1] if reach else np.full_like(today, NO_ROW)
    return np.asarray((today < 0) | (yesterday < 0) | (lowest == highest))


def _rounds(result: Codes) -> list[tuple[Ints, Ints]]:
    # the k-th day of every unsettled run can be decided together, once the k-1 before it are
    accounts, days = np.nonzero(result == NO_ROW - 1)
    if not len(days):
        return []
    follows = np.r_[False, (np.diff(days) == 1) & (np.diff(accounts) == 0)]
    place = np.arange(len(days))
    position = place - np.maximum.accumulate(np.where(follows, 0, place))
    order = np.argsort(position, kind="stable")
    edges = np.searchsorted(position[order], np.arange(int(position.max()) + 2))
    return [(accounts[order[low:high]], days[order[low:high]]) for low, high in itertools.pairwise(edges)]


def _moved(previous: Ints, raw: Ints, score: Floats, extremes: tuple[Ints, Ints], tiers: Tiers) -> Ints:
    lines = np.asarray(tiers.lines)
    lowest, highest = extremes
    points = tiers.hysteresis_points
    up_by_points = np.searchsorted(np.round(lines + points, DECIMALS), score, side="right")
    down_by_points = np.searchsorted(np.round(lines - points, DECIMALS), score, side="left")
    steady = lowest >= 0
    up = np.maximum(up_by_points, np.where(steady, lowest, 0))
    down = np.minimum(down_by_points, np.where(steady, highest, len(lines)))
    raised = np.maximum(previous, np.minimum(raw, up))
    lowered = np.minimum(previous, np.maximum(raw, down))
    return np.where(raw > previous, raised, np.where(raw < previous, lowered, previous))
