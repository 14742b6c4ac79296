"""Ids that wait: whatever was added is met, and nothing else, however it came in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.intake.plain import read, said
from weatherglass.rollups import calendar
from weatherglass.store import Store
from weatherglass.store.arriving import Arrived, Arriving
from weatherglass.store.fresh import fresh
from weatherglass.store.seen import Seen
from weatherglass.store.waiting import Waiting, Words

numbers = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 30), max_size=12)


def words(of: list[int]) -> Words:
    return np.sort(np.array(of, np.uint64))


@drawn(200)
@given(added=st.lists(numbers, max_size=12), asked=numbers)
def test_what_was_added_is_met(added: list[list[int]], asked: list[int]) -> None:
    waiting = Waiting()
    for some in added:
        waiting.add(words(some))
    assert waiting.meets(words(asked)) == any(set(asked) & set(some) for some in added)


def test_what_comes_again_and_again_takes_no_more_room() -> None:
    waiting = Waiting()
    for first in range(500):
        waiting.add(words([first % 3, *range(100)]))
    assert len(waiting) <= 3 * 100


def rows(*ids: str) -> pa.Table:
    """Events with these ids."""
    written = '{"type":"track","event":"e","userId":"u","messageId":"%s","timestamp":"2026-03-01T10:00:00Z"}'
    return read([said((written % name).encode()) for name in ids])[0]


def land(store: Store, seen: Seen, *ids: str) -> Arrived:
    with store.engine.transaction(), fresh(store.engine, rows(*ids)) as events:
        return Arriving(store.engine, seen, events).land()


def test_ids_wait_until_they_are_known_again() -> None:
    with Store.temporary() as store:
        calendar.define(store.engine, "UTC")
        first = Seen(store)
        assert (land(store, first, "a", "b").kept, land(store, first, "c", "c", "a").kept) == (2, 1)
        # another index of the same store has seen nothing of it coming
        assert land(store, Seen(store), "b", "d").kept == 1
        held = store.engine.rows("SELECT message_id FROM live_events ORDER BY message_id")
        assert held == [("a",), ("b",), ("c",), ("d",)]


def test_what_was_undone_may_come_again() -> None:
    with Store.temporary() as store:
        calendar.define(store.engine, "UTC")
        seen = Seen(store)
        try:
            with store.engine.transaction(), fresh(store.engine, rows("a", "b")) as events:
                Arriving(store.engine, seen, events).land()
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        assert land(store, seen, "a", "b").kept == 2
        assert store.engine.row("SELECT count(*) FROM live_events")[0] == 2
