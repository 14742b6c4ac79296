"""What drove alerts: the signals that took most from accounts' scores in four weeks, looked for together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.actions.arrays import Floats
from weatherglass.actions.record import NO_SCORE, Hundredths
from weatherglass.actions.telling import Driver
from weatherglass.jobs.views.explaining import explain
from weatherglass.jobs.views.reasons import Stood, signals_of
from weatherglass.rollups import calendar
from weatherglass.scores.change import Change, by_signal, parts, split
from weatherglass.scores.words import sentence
from weatherglass.signals.catalogue import DIMENSIONS

if TYPE_CHECKING:
    from weatherglass.store import Store

BEFORE = 28
"""Days over which drivers are looked for."""
DRIVERS = 3


def driven(store: Store, accounts: Sequence[str], day: dt.date) -> dict[str, tuple[Driver, ...]]:
    """The drivers of some accounts on a day, by account."""
    if not accounts:
        return {}
    before = day - dt.timedelta(days=BEFORE)
    now, then = signals_of(store, list(accounts), day, before)
    stood = _dimensions(store, list(accounts), day)
    found = {}
    for account in accounts:
        if account in now and account in then:
            change = _change(store, account, (day, before), (now[account], then[account]))
            if change is not None:
                found[account] = _drivers(stood.get(account, {}), day, change, (now[account], then[account]))
    return found


def _dimensions(store: Store, accounts: list[str], day: dt.date) -> dict[str, dict[str, Floats]]:
    """Account -> dimension -> (BEFORE + 1,) how it stood on the days up to one, NaN without a score."""
    last = calendar.number(day)
    columns = ", ".join(f"coalesce(s.dim_{name}, {NO_SCORE})::USMALLINT" for name in DIMENSIONS)
    rows = store.engine.rows(
        f'SELECT n.account_id, s."day", [{columns}] FROM scores AS s INNER JOIN account_ids AS n USING (account) '
        'WHERE s."day" BETWEEN ? AND ? AND list_contains(?, n.account_id)',
        [last - BEFORE, last, accounts],
    )
    kept = {account: np.full((len(DIMENSIONS), BEFORE + 1), NO_SCORE, np.uint16) for account, *_ in rows}
    for account, when, values in rows:
        kept[account][:, when - last + BEFORE] = values
    return {account: dict(zip(DIMENSIONS, Hundredths(of)[:], strict=True)) for account, of in kept.items()}


def _change(store: Store, account: str, days: tuple[dt.date, dt.date], stood: tuple[Stood, Stood]) -> Change | None:
    now, then = stood
    if now.score is None or then.score is None:
        return None
    if now.version == then.version:
        return split(parts(then.rows), parts(now.rows))
    # the day before has to be scored with the card of now: for those few days after a change of card
    versus = explain(store, account, *days).versus
    return None if versus is None else versus.change


def _drivers(
    dimensions: Mapping[str, Floats], day: dt.date, change: Change, stood: tuple[Stood, Stood]
) -> tuple[Driver, ...]:
    rows = by_signal(stood[0].rows)
    now, before = (parts(one.rows) for one in stood)
    found = []
    for move in [one for one in change.moves if one.points < -0.5][:DRIVERS]:
        key = move.key
        words = sentence(rows[key], stood[0].card) if key in rows else move.signal
        old, new = before.get(key), now.get(key)
        share = float((new.weight if new else None) or 0.0)
        scores = (old.score if old else None, new.score if new else None)
        since = _since(dimensions[move.dimension], day) if move.dimension in dimensions else None
        found.append(Driver(*key, words, move.points, share, *scores, since))
    return tuple(found)


def _since(values: Floats, day: dt.date) -> str | None:
    """The first day on which a dimension stood below what it was four weeks ago, and stayed there."""
    if np.isnan(values[0]):
        return None
    fine = int(np.flatnonzero(np.nan_to_num(values, nan=np.inf) >= values[0] - 2)[-1])
    return (day - dt.timedelta(days=BEFORE - fine - 1)).isoformat() if fine < BEFORE else None
