"""What drove alerts: the signals that took most from accounts' scores in four weeks, looked for together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.actions.record import Record
from weatherglass.actions.telling import Driver
from weatherglass.jobs.views.explaining import explain
from weatherglass.jobs.views.reasons import Stood, signals_of
from weatherglass.scores.change import Change, parts, split
from weatherglass.scores.words import sentence

if TYPE_CHECKING:
    from weatherglass.store import Store

BEFORE = 28
"""Days over which drivers are looked for."""
DRIVERS = 3


def driven(store: Store, read: Record, places: Mapping[str, int], column: int) -> dict[str, tuple[Driver, ...]]:
    """The drivers of some accounts on a day, by account. places: theirs in the record; column: the day's."""
    if not places:
        return {}
    day = read.date(column)
    before = day - dt.timedelta(days=BEFORE)
    now, then = signals_of(store, list(places), day, before)
    found = {}
    for account, place in places.items():
        if account in now and account in then:
            change = _change(store, account, (day, before), (now[account], then[account]))
            if change is not None:
                found[account] = _drivers(read, (place, column), change, (now[account], then[account]))
    return found


def _change(store: Store, account: str, days: tuple[dt.date, dt.date], stood: tuple[Stood, Stood]) -> Change | None:
    now, then = stood
    if now.score is None or then.score is None:
        return None
    if now.version == then.version:
        return split(parts(then.rows), parts(now.rows))
    # the day before has to be scored with the card of now: for those few days after a change of card
    versus = explain(store, account, *days).versus
    return None if versus is None else versus.change


def _drivers(read: Record, at: tuple[int, int], change: Change, stood: tuple[Stood, Stood]) -> tuple[Driver, ...]:
    rows = {(row["dimension"], row["signal"]): row for row in stood[0].rows}
    now, before = (parts(one.rows) for one in stood)
    found = []
    for move in [one for one in change.moves if one.points < -0.5][:DRIVERS]:
        key = (move.dimension, move.signal)
        words = sentence(rows[key], stood[0].card) if key in rows else move.signal
        old, new = before.get(key), now.get(key)
        share = float((new.weight if new else None) or 0.0)
        scores = (old.score if old else None, new.score if new else None)
        found.append(Driver(*key, words, move.points, share, *scores, _since(read, move.dimension, *at)))
    return tuple(found)


def _since(read: Record, dimension: str, place: int, column: int) -> str | None:
    """The first day on which the dimension stood below what it was four weeks ago, and stayed there."""
    values = read.dimensions.get(dimension)
    start = column - BEFORE
    if values is None or start < 0 or np.isnan(values[place, start]):
        return None
    stretch = values[place, start : column + 1]
    fine = np.flatnonzero(np.nan_to_num(stretch, nan=np.inf) >= stretch[0] - 2)
    return read.date(start + int(fine[-1]) + 1).isoformat() if fine[-1] < BEFORE else None
