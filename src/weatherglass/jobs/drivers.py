"""What moved scores between two days: for a few accounts the signals that did most of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from weatherglass.jobs.scoring import evaluate
from weatherglass.scores.change import Move, Part, Parts, split
from weatherglass.scores.rows import signal_rows

if TYPE_CHECKING:
    from weatherglass.store import Store

MOST = 2


def drivers(store: Store, account_ids: Sequence[str], day: dt.date, before: dt.date) -> dict[str, list[Move]]:
    """The largest moves of each account that is scored on both days, in the direction of its change."""
    wanted = list(account_ids)
    if not wanted:
        return {}
    now, then = _parts(store, wanted, day), _parts(store, wanted, before)
    found = {}
    for account in now.keys() & then.keys():
        change = split(then[account], now[account])
        along = [one for one in change.moves if one.points * change.total > 0 and abs(one.points) >= 0.05]
        found[account] = along[:MOST]
    return found


def _parts(store: Store, account_ids: list[str], day: dt.date) -> dict[str, Parts]:
    found: dict[str, dict[tuple[str, str], Part]] = {}
    for scored in evaluate(store, day, day, account_ids):
        for row in signal_rows(scored.result, scored.whose, scored.days_between(day, day)).to_pylist():
            if row["score"] is not None:
                mine = found.setdefault(row["account_id"], {})
                mine[row["dimension"], row["signal"]] = Part(row["score"], row["weight"])
    return dict(found)
