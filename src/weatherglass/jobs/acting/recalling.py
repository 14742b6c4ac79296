"""What a record knows of accounts from long before it: how often they came, with which features, what they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.actions import presence, voices
from weatherglass.actions.breadth import MOST, UNKNOWN, Breadth, breadth
from weatherglass.actions.habits import LAG, NEVER, SPAN
from weatherglass.actions.presence import Presence
from weatherglass.actions.voices import Voices

if TYPE_CHECKING:
    from weatherglass.engine.duckdb import DuckDB

_VOICES = """
    SELECT account_id, local_day(occurred_at) AS "day", 0 AS kind, sentiment AS value FROM interactions
    UNION ALL SELECT account_id, local_day(opened_at), 0, sentiment FROM tickets
    UNION ALL SELECT account_id, local_day(occurred_at), 1, CAST(attended AS INTEGER) FROM interactions
    UNION ALL SELECT account_id, local_day(coalesce(resolved_at, opened_at)), 2, csat FROM tickets
    UNION ALL SELECT account_id, local_day(answered_at),
        CASE lower(kind) WHEN 'nps' THEN 3 WHEN 'csat' THEN 4 WHEN 'ces' THEN 5 END, score FROM surveys
"""
"""Every voice with its kind; each kind is held against its own."""


def rows_of(place: Mapping[int, int]) -> npt.NDArray[np.int64]:
    """The row of each account, at the place that is its number; -1 for a number that has none."""
    rows = np.full(max(place, default=-1) + 1, -1, np.int64)
    rows[list(place)] = list(place.values())
    return rows


_BREADTH = """
    SELECT d.account, d."day", least(d.activity, 65535) AS events, coalesce(f.used, 0) AS used
    FROM account_days AS d
    LEFT JOIN (
        SELECT account, "day", bit_or({used}) AS used FROM feature_days
        WHERE "day" BETWEEN $since AND $last AND account BETWEEN $low AND $high GROUP BY account, "day"
    ) AS f ON f.account = d.account AND f."day" = d."day"
    WHERE d.activity > 0 AND d."day" BETWEEN $since AND $last AND d.account BETWEEN $low AND $high
    ORDER BY d.account, d."day"
"""
AT_ONCE = 5_000
"""Accounts whose days are read together."""


def presence_of(engine: DuckDB, rows: npt.NDArray[np.int64], shape: tuple[int, int], first: int) -> Presence:
    """Who of all accounts was there on the days from `first` on. rows: the row of each account, at its number."""
    whole = presence.nobody(shape)
    for low in range(0, len(rows), AT_ONCE):
        mine = rows[low : low + AT_ONCE]
        found = engine.arrow(
            'SELECT d.account, d.member, d."day", coalesce(min(local_day(u.deactivated_at)), ?) AS gone '
            "FROM user_days AS d INNER JOIN account_ids AS n ON n.account = d.account "
            "LEFT JOIN members AS m ON m.account = d.account AND m.member = d.member "
            "LEFT JOIN users AS u ON u.account_id = n.account_id AND u.user_id = m.user_id "
            'WHERE d.member >= 0 AND d."day" BETWEEN ? AND ? AND d.account BETWEEN ? AND ? GROUP BY ALL',
            [NEVER, first - LAG - SPAN, first + shape[1] - 1, low, low + AT_ONCE - 1],
        )
        account, member, day, gone = (found[name].to_numpy().astype(np.int64) for name in found.column_names)
        part = presence.presence(account - low, member, day, gone, (len(mine), shape[1]), first)
        whole.put(mine, part)
    return whole


def breadth_of(engine: DuckDB, rows: npt.NDArray[np.int64], first: int, last: int) -> Breadth:
    """Which features accounts used each day, from as long before `first` on as habits reach. rows: as above."""
    days = {"since": first - LAG - SPAN, "last": last}
    features = _features(engine, days)
    used = " | ".join(f"(CASE WHEN {_has(number)} THEN {1 << at} ELSE 0 END)" for at, number in enumerate(features))
    if not used or not len(rows):
        return UNKNOWN
    parts = []
    for low in range(0, len(rows), AT_ONCE):
        part = engine.numpy(_BREADTH.format(used=used), {**days, "low": low, "high": low + AT_ONCE - 1})
        account = rows[part["account"]].astype(np.int32)
        kinds = (("day", np.int32), ("events", np.uint16), ("used", np.uint16))
        others = (part[name].astype(kind) for name, kind in kinds)
        parts.append([one[account >= 0] for one in (account, *others)])
    account, day, events, bits = (np.concatenate(column) for column in zip(*parts, strict=True))
    return breadth(account, day, events, bits, list(features.values()))


def _features(engine: DuckDB, days: Mapping[str, int]) -> dict[int, str]:
    """Number -> name of the features that most days have."""
    every = dict(engine.rows("SELECT feature, name FROM features ORDER BY feature"))
    if len(every) <= MOST:
        return every
    counted = engine.row(
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {_has(number)})' for number in every)} FROM feature_days "
        'WHERE "day" BETWEEN $since AND $last',
        days,
    )
    most = sorted(zip(counted, every, strict=True), key=lambda one: (-one[0], one[1]))[:MOST]
    return {number: every[number] for _, number in sorted(most, key=lambda one: one[1])}


def _has(number: int) -> str:
    word, bit = divmod(number, 64)
    return f"word = {word} AND (bits >> {bit}) & 1 = 1"


def voices_of(engine: DuckDB, by_id: Mapping[str, int], first: int, last: int) -> Voices:
    """All that people said, from long enough before the record on. by_id: the row of each account."""
    since = first - voices.LAG - voices.SPAN
    rows = engine.rows(
        f'SELECT account_id, "day", kind, value FROM ({_VOICES}) '
        'WHERE value IS NOT NULL AND kind IS NOT NULL AND "day" BETWEEN ? AND ?',
        [since, last],
    )
    kept = [row for row in rows if row[0] in by_id]
    return Voices(
        np.array([by_id[row[0]] for row in kept], np.int64),
        np.array([row[1] for row in kept], np.int64),
        np.array([row[2] for row in kept], np.int64),
        np.array([row[3] for row in kept], np.float64),
    )
