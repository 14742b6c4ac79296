"""Events that come in live: duplicates taken out, placed with their account, and kept until they become a segment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import identifier
from weatherglass.store.fresh import Fresh
from weatherglass.store.incoming import COLUMNS, TIE
from weatherglass.store.seen import KEYS, NEVER, UPPER, Seen
from weatherglass.store.waiting import Words

_ROW = ", ".join(identifier(name) for name in COLUMNS)


@dataclass(frozen=True)
class Arrived:
    """What became of some events."""

    kept: int
    repeated: int
    """Events that were there already, or are the earlier self of one that a segment holds."""
    touched: dict[str, int]
    """Account -> the first day on which something has changed."""
    disturbs: bool
    """Whether what segments hold has to be looked at again."""
    moved: bool
    """Whether events that waited have changed, or are gone."""


class Arriving:
    """Takes fresh events in. Most are new events of known accounts: a look at all of them says which steps they need.

    Use inside a transaction, on a connection that knows `local_day`.
    """

    def __init__(self, engine: DuckDB, seen: Seen, fresh: Fresh) -> None:
        self._engine = engine
        self._seen = seen
        self._fresh = fresh

    def land(self) -> Arrived:
        """Keep what is new of the events, which then are just that."""
        engine, fresh = self._engine, self._fresh
        total, nobodys, grouped_at = engine.row(f"{_LOOK} {fresh.name}")
        touched: dict[str, int] = {}
        earlier, moved = self._drop_known(touched)
        if grouped_at is not None:
            # what is left of them
            grouped_at = engine.row(f"SELECT min(\"timestamp\") FROM {fresh.name} WHERE type = 'group'")[0]
        disturbs = earlier > 0 or (grouped_at is not None and self._is_before_segments(grouped_at))
        if nobodys:
            _place(engine, fresh.own())
        again = grouped_at is not None and engine.row(f"SELECT count(*) FROM live_events WHERE {_CALLED}")[0]
        engine.execute(f"INSERT INTO live_events SELECT {_ROW}, placed, earlier FROM {fresh.name}")
        if again:
            moved |= self._place_again(touched)
        rows = engine.rows(f"SELECT placed, count(*), min({_DAY}) FROM {fresh.name} WHERE NOT earlier GROUP BY placed")
        kept = sum(count for _, count, _ in rows)
        _touch(touched, [(account, day) for account, _, day in rows if account is not None])
        return Arrived(kept, total - kept, touched, disturbs, moved)

    def _drop_known(self, touched: dict[str, int]) -> tuple[int, bool]:
        """Of an id that is there already, or comes twice, the earliest event stays.

        How many a segment holds later, and whether any that waited is gone.
        """
        words, earlier, gone = self._words(), 0, False
        if (words[1:] == words[:-1]).any() or self._seen.meets(words):
            self._fresh.own()
            self._drop_doubles()
            gone = self._drop_waiting(touched)
            earlier = self._drop_seen()
            words = self._words()
        self._seen.wait(words)
        return earlier, gone

    def _words(self) -> Words:
        """The first words of the ids, in order."""
        words = self._engine.numpy(f"SELECT {UPPER} FROM {self._fresh.name}")["upper"].astype(np.uint64)
        words.sort()
        return words

    def _drop_doubles(self) -> None:
        self._fresh.drop(
            "number IN (SELECT number FROM fresh QUALIFY row_number() OVER "
            f'(PARTITION BY message_id ORDER BY "timestamp", {TIE}, number) > 1)'
        )

    def _drop_waiting(self, touched: dict[str, int]) -> bool:
        """Of an id that waits already, the earlier event stays; whether it is the one that has come."""
        engine = self._engine
        engine.execute(
            f'CREATE OR REPLACE TEMP TABLE met AS SELECT message_id, "timestamp" AS held_at, {TIE} AS tie, placed '
            "FROM live_events WHERE message_id IN (SELECT message_id FROM fresh)"
        )
        if not engine.row("SELECT count(*) FROM met")[0]:
            return False
        engine.execute(
            "DELETE FROM fresh AS i USING met AS m WHERE i.message_id = m.message_id "
            f'AND (i."timestamp" > m.held_at OR (i."timestamp" = m.held_at AND {TIE} >= m.tie))'
        )
        gone = "message_id IN (SELECT message_id FROM fresh)"
        _touch(touched, engine.rows(f"SELECT placed, min(local_day(held_at)) FROM met WHERE {gone} {_PLACED}"))
        return bool(engine.row(f"DELETE FROM live_events WHERE {gone}")[0])

    def _drop_seen(self) -> int:
        """Of an id that a segment holds, only an earlier event stays, and is marked; how many are."""
        engine = self._engine
        rows = engine.numpy(f'SELECT number, {KEYS}, epoch_us("timestamp") AS at FROM fresh ORDER BY number')
        held = self._seen.find(rows["upper"].astype(np.uint64), rows["lower"].astype(np.uint64))
        known = held != NEVER
        earlier = known & (rows["at"] < held)
        if known.any():
            engine.register("known", pa.table({"number": rows["number"][known & ~earlier]}))
            self._fresh.drop("number IN (SELECT number FROM known)")
            engine.unregister("known")
        if earlier.any():
            numbers = ", ".join(map(str, rows["number"][earlier].tolist()))
            engine.execute(f"UPDATE fresh SET earlier = true WHERE number IN ({numbers})")
        return int(earlier.sum())

    def _is_before_segments(self, called_at: dt.datetime) -> bool:
        """Whether a `group` call may decide whose events are that a segment holds."""
        held = self._engine.row('SELECT max(last_at) FROM segments WHERE has_gaps AND "rows" > 0')[0]
        return held is not None and called_at <= held

    def _place_again(self, touched: dict[str, int]) -> bool:
        """Place waiting events once more whose users have made a new `group` call; whether one has another account."""
        engine = self._engine
        engine.execute(
            "CREATE OR REPLACE TEMP TABLE placed_before AS "
            f"SELECT rowid AS number, placed FROM live_events WHERE {_CALLED}"
        )
        _place(engine, "live_events", _CALLED)
        moved = engine.rows(
            f"SELECT b.placed, l.placed, min({_DAY}) FROM placed_before AS b INNER JOIN live_events AS l "
            "ON l.rowid = b.number WHERE l.placed IS DISTINCT FROM b.placed GROUP BY b.placed, l.placed"
        )
        for *accounts, day in moved:
            _touch(touched, [(account, day) for account in accounts if account is not None])
        return bool(moved)


_CALLED = "user_id IN (SELECT user_id FROM fresh WHERE type = 'group') AND account_id IS NULL"
"""Which waiting events a new `group` call may place elsewhere."""
_DAY = 'local_day("timestamp")'
_LOOK = (
    "SELECT count(*), count(*) FILTER (account_id IS NULL AND user_id IS NOT NULL), "
    "min(\"timestamp\") FILTER (type = 'group') FROM"
)
"""How many events, how many whose account has to be found, and when the first `group` call was."""
_PLACED = "AND placed IS NOT NULL GROUP BY placed"


def _touch(touched: dict[str, int], rows: list[tuple[str, int]]) -> None:
    for account, day in rows:
        touched[account] = min(day, touched.get(account, day))


def _place(engine: DuckDB, table: str, where: str = "account_id IS NULL") -> None:
    calls = "WHERE type = 'group' AND user_id IN (SELECT user_id FROM asking) AND account_id IS NOT NULL"
    asking = f"SELECT DISTINCT user_id FROM {table} WHERE {where} AND user_id IS NOT NULL"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE asking AS {asking}")
    called = 'SELECT user_id, "timestamp", account_id FROM'
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE spans AS SELECT user_id, account_id, called_at AS from_at, "
        "coalesce(lead(called_at) OVER (PARTITION BY user_id ORDER BY called_at), TIMESTAMP '9999-01-01') AS until_at "
        "FROM (SELECT user_id, called_at, max(account_id) AS account_id FROM ("
        "SELECT user_id, called_at, account_id FROM group_calls WHERE user_id IN (SELECT user_id FROM asking) "
        f"UNION ALL {called} live_events {calls} UNION ALL {called} fresh {calls}) GROUP BY user_id, called_at)"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE alone AS SELECT user_id, min(account_id) AS account_id FROM users "
        "WHERE user_id IN (SELECT user_id FROM asking) GROUP BY user_id HAVING count(DISTINCT account_id) = 1"
    )
    engine.execute(f"UPDATE {table} SET placed = NULL WHERE {where}")
    engine.execute(
        f"UPDATE {table} AS t SET placed = a.account_id FROM alone AS a WHERE {_of(where)} AND t.user_id = a.user_id"
    )
    engine.execute(
        f"UPDATE {table} AS t SET placed = s.account_id FROM spans AS s WHERE {_of(where)} AND t.user_id = s.user_id "
        'AND t."timestamp" >= s.from_at AND t."timestamp" < s.until_at'
    )


def _of(where: str) -> str:
    return where.replace("account_id IS NULL", "t.account_id IS NULL").replace("user_id IN", "t.user_id IN")
