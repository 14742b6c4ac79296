"""How long before a churn the score had warned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.outcomes.panel import LOOK_BACK, Leads
from weatherglass.scores.tiers import Codes
from weatherglass.signals.windows import Bools, Ints

NEVER_WARNED = -1
LAPSE = 28
"""Days out of a tier after which a warning is over."""


@dataclass(frozen=True)
class Tiers:
    """Raw tiers `[accounts, days]` from day `first_day` on, and the place of the highest of them."""

    raw: Codes
    top: int
    first_day: int


def leads(tiers: Tiers, account: Ints, day: Ints, since: Ints) -> Leads:
    """The first day of the warning that stood before days of accounts, which are rows of the tiers.

    Looked at are the `LOOK_BACK` days before the account was in fact gone (`since`), and those up to the day. A warning
    stands while the account is out of it for no more than `LAPSE` days; one that was over by the day was none.
    """
    red, alarm = np.full(len(account), NEVER_WARNED), np.full(len(account), NEVER_WARNED)
    for place, (row, end, gone) in enumerate(zip(account.tolist(), day.tolist(), since.tolist(), strict=True)):
        low, high = max(0, gone - LOOK_BACK - tiers.first_day), max(0, end - tiers.first_day)
        codes = tiers.raw[row, low:high]
        red[place] = _first(codes == 0, low + tiers.first_day)
        alarm[place] = _first((codes >= 0) & (codes < tiers.top), low + tiers.first_day)
    return Leads(account, day, since, red, alarm)


def _first(warned: Bools, first_day: int) -> int:
    days = np.flatnonzero(warned)
    if not len(days) or len(warned) - days[-1] > LAPSE:
        return NEVER_WARNED
    breaks = np.flatnonzero(np.diff(days) > LAPSE)
    return first_day + int(days[breaks[-1] + 1 if len(breaks) else 0])
