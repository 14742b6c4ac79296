"""What moved scores between two days: for a few accounts the signals that did most of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from weatherglass.jobs.views.reasons import Signals, signals_of
from weatherglass.scores.change import Move, Parts, parts, split

if TYPE_CHECKING:
    from weatherglass.jobs.scoring.kept_days import KeptDays
    from weatherglass.store import Store

MOST = 2


def drivers(
    store: Store, account_ids: Sequence[str], day: dt.date, before: dt.date, at_hand: KeptDays | None = None
) -> dict[str, list[Move]]:
    """The largest moves of each account that is scored on both days, in the direction of its change.

    at_hand: what is at hand of the store.
    """
    wanted = list(account_ids)
    if not wanted:
        return {}
    now, then = map(_parts, signals_of(store, wanted, day, before, at_hand))
    found = {}
    for account in now.keys() & then.keys():
        change = split(then[account], now[account])
        along = [one for one in change.moves if one.points * change.total > 0 and abs(one.points) >= 0.05]
        found[account] = along[:MOST]
    return found


def _parts(signals: Signals) -> dict[str, Parts]:
    scored = {account: parts(one.rows) for account, one in signals.items()}
    return {account: one for account, one in scored.items() if one}
