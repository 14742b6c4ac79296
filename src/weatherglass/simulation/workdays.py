"""When people work: the week, the holidays and the hours of three regions."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

REGIONS: dict[str, int] = {"Americas": -6, "EMEA": 1, "APAC": 9}
"""Region -> hours that its clocks are ahead of UTC."""

_WEEK = np.array([1.0, 1.05, 1.05, 1.0, 0.85, 0.10, 0.07])
"""Monday to Sunday."""


def activity_by_day(first: date, days: int, region: str) -> NDArray[np.float64]:
    """How busy each local day is, for `days` days from `first`: about 1 on a workday, near 0 on a holiday."""
    dates = [first + timedelta(days=number) for number in range(days)]
    return np.array([_WEEK[day.weekday()] * _season(day, region) for day in dates])


def weekday_bits(first: date, days: int) -> NDArray[np.int64]:
    """For each day the bit of its weekday: Monday 1, Tuesday 2, ... Sunday 64."""
    return np.left_shift(1, (first.weekday() + np.arange(days)) % 7)


def _season(day: date, region: str) -> float:
    if (day.month, day.day) in ((12, 24), (12, 25), (12, 26), (12, 31), (1, 1)):
        return 0.05
    if (day.month == 12 and day.day > 21) or (day.month == 1 and day.day == 2):
        return 0.35
    if region == "EMEA":
        return 0.1 if (day.month, day.day) == (5, 1) else 0.8 if day.month == 8 else 1.0
    if region == "Americas":
        # The fourth Thursday of November, and the day after.
        thanksgiving = day.month == 11 and day.weekday() in (3, 4) and 22 <= day.day - (day.weekday() - 3) <= 28
        return 0.08 if thanksgiving or (day.month, day.day) == (7, 4) else 1.0
    return 0.15 if (day.month, day.day) in ((2, 11), (5, 3), (5, 4), (5, 5)) else 1.0
