"""Message ids that segments hold: found whatever became of the files of keys, and without all of them in memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from weatherglass.store import Store
from weatherglass.store import seen as index
from weatherglass.store.seen import NEVER, Seen
from weatherglass.store.segmenting import segment
from weatherglass.store.waiting import Words

MINUTE = 60_000_000
START = 1_700_000_000_000_000


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.temporary() as made:
        yield made


def words(ids: list[str]) -> tuple[Words, Words]:
    """Both words of some ids' keys, without SQL."""
    digests = [hashlib.md5(one.encode(), usedforsecurity=False).digest() for one in ids]
    upper, lower = np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2).T
    return upper.astype(np.uint64), lower.astype(np.uint64)


def add(store: Store, first: int, count: int) -> dict[str, int]:
    """Make a segment of events that nobody has seen; when each happened."""
    store.engine.execute(
        'INSERT INTO live_events (message_id, "timestamp", repeated) '
        f"SELECT 'm' || i, make_timestamp({START} + i * {MINUTE}), false FROM range({first}, {first + count}) r(i)"
    )
    assert segment(store) == count
    return {f"m{number}": START + number * MINUTE for number in range(first, first + count)}


def test_ids_are_found_when_each_happened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "BLOCK", 50)
    seen, held = Seen(store), dict[str, int]()
    for number in range(12):
        held |= add(store, number * 100, 30 + 10 * number % 40)
        seen.refresh()
    strangers = [f"n{number}" for number in range(500)]
    for looked in (seen, Seen(store)):
        assert looked.find(*words(list(held))).tolist() == list(held.values())
        assert set(looked.find(*words(strangers)).tolist()) == {NEVER}
    assert len(list((store.folder / "seen").glob("*.npy"))) <= index.MOST_FILES


def test_files_that_were_not_finished_are_made_again(store: Store) -> None:
    held = add(store, 0, 1000)
    Seen(store)
    folder = store.folder / "seen"
    (names,) = folder.glob("*.json")
    names.unlink()
    (folder / "00000007.npy").write_bytes(b"torn")
    assert Seen(store).find(*words(list(held))).tolist() == list(held.values())
    assert len(list(folder.iterdir())) == 2


def test_joining_files_takes_no_more_memory_the_more_ids_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "BLOCK", 20_000)
    for number in range(index.MOST_FILES):
        add(store, number * 100_000, 100_000)
        Seen(store)
    add(store, index.MOST_FILES * 100_000, 100_000)
    tracemalloc.start()
    Seen(store)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(list((store.folder / "seen").glob("*.npy"))) == 1
    assert most < 20_000 * 24 * 10
