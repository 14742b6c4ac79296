"""How long before a churn the score had warned."""

from __future__ import annotations

import numpy as np

from weatherglass.outcomes.labels import Outcomes
from weatherglass.outcomes.panel import LOOK_BACK, Leads
from weatherglass.scores.tiers import Codes
from weatherglass.signals.windows import Ints

NEVER_WARNED = -1


def leads(churns: Outcomes, tier: Codes, top: int, first_day: int) -> Leads:
    """The first warnings before each churn.

    tier: raw tiers `[accounts, days]` from day `first_day` on; churns number accounts by its rows. top: the place of
    the highest tier. Looked at are the `LOOK_BACK` days before the churn, since the account was last in the highest.
    """
    red, alarm = np.full(len(churns), NEVER_WARNED), np.full(len(churns), NEVER_WARNED)
    for place, (account, day) in enumerate(zip(churns.account.tolist(), churns.day.tolist(), strict=True)):
        low, high = max(0, day - LOOK_BACK - first_day), max(0, day - first_day)
        codes = tier[account, low:high]
        well = np.flatnonzero(codes == top)
        start = int(well[-1]) + 1 if len(well) else 0
        red[place] = _first(codes[start:] == 0, low + start + first_day)
        alarm[place] = _first((codes[start:] >= 0) & (codes[start:] < top), low + start + first_day)
    return Leads(churns.account, churns.day, churns.since, red, alarm)


def _first(there: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]], first_day: int) -> int:
    found = np.flatnonzero(there)
    return first_day + int(found[0]) if len(found) else NEVER_WARNED
