"""Which message ids the segments hold: sorted 128-bit keys in files beside the store, looked up without reading events.

The files are an index that can be made again: what is not in them is taken from the segments when it is opened.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.engine.dialect import literal
from weatherglass.intake.syncing import sync
from weatherglass.store.waiting import Waiting, Words, is_in

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB
    from weatherglass.store.store import Store

Instants = npt.NDArray[np.int64]
_Rows = tuple[Words, Words, Instants]
"""Both words of some keys, and when their events happened, in microseconds."""

NEVER = np.iinfo(np.int64).max
"""The instant of an id that was not met."""
KEPT_DAYS = 100
"""Segments whose events all lie further back, and that were made longer ago, are not looked at."""
MOST_FILES = 8
BLOCK = 1_000_000
"""Keys that are in memory at once while a file is written, whatever its size."""

UPPER = "md5_number_upper(message_id) AS upper"
"""The first word of a message id's key, in SQL."""
KEYS = f"{UPPER}, md5_number_lower(message_id) AS lower"
"""The two words of a message id's key, in SQL."""


@dataclass(frozen=True)
class Keys:
    """The ids of some segments, in order of their keys."""

    path: Path
    segments: frozenset[str]
    upper: Words
    lower: Words
    at: Instants

    def name(self) -> None:
        """Write down whose ids they are: a file without that is one that was not finished."""
        path = self.path.with_suffix(".json")
        if not path.exists():
            path.write_text(json.dumps({"segments": sorted(self.segments)}), encoding="utf-8")

    def find(self, upper: Words, lower: Words) -> Instants:
        """When the events of some keys happened, in microseconds; NEVER for those that are not here."""
        found = np.full(len(upper), NEVER, dtype=np.int64)
        place = np.searchsorted(self.upper, upper)
        open_ = np.flatnonzero(place < len(self.upper))
        while len(open_):
            here = place[open_]
            same = self.upper[here] == upper[open_]
            hit = same & (self.lower[here] == lower[open_])
            found[open_[hit]] = np.minimum(found[open_[hit]], self.at[here[hit]])
            # two ids may share their upper word: the next row may be the one
            open_ = open_[same & ~hit]
            place[open_] += 1
            open_ = open_[place[open_] < len(self.upper)]
        return found


class Seen:
    """The index of one store's segments, and which ids may wait to become part of one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.folder / "seen"
        self._folder.mkdir(exist_ok=True)
        self._held: list[Keys] = []
        self._waiting = Waiting()
        self.refresh()

    def meets(self, words: Words) -> bool:
        """Whether any of some ids, first words in order, may be in a segment or wait to become part of one."""
        return self._waiting.meets(words) or any(is_in(words, keys.upper) for keys in self._held)

    def wait(self, words: Words) -> None:
        """Note that events with some ids, first words in order, may wait from now on."""
        self._waiting.add(words)

    def find(self, upper: Words, lower: Words) -> Instants:
        """When the events with some ids happened, in microseconds; NEVER for ids that no segment holds."""
        found = np.full(len(upper), NEVER, dtype=np.int64)
        for keys in self._held:
            found = np.minimum(found, keys.find(upper, lower))
        return found

    def refresh(self, draft: list[Keys] | None = None) -> None:
        """Take in the segments that are not in the index yet. Use while no transaction has changed them.

        draft: what was drafted of the segments that there are.
        """
        self._waiting = Waiting()
        words = self._store.engine.numpy(f"SELECT {UPPER} FROM live_events")["upper"].astype(np.uint64)
        words.sort()
        self._waiting.add(words)
        self._adopt(self.drafted(self._store.engine) if draft is None else draft)

    def drafted(self, engine: DuckDB) -> list[Keys]:
        """What the index is to be for the segments that a connection sees, in files of its own.

        From another thread as well, while nothing refreshes the index; whatever becomes of it, nothing has happened
        until it is given to `refresh`.
        """
        wanted = self._segments(engine)
        held = [keys for keys in self._opened() if keys.segments & wanted]
        missing = wanted - frozenset[str]().union(*(keys.segments for keys in held))
        if missing:
            held.append(self._write(missing, *self._read(engine, missing)))
        return self._joined(held) if len(held) > MOST_FILES else held

    def _adopt(self, draft: list[Keys]) -> None:
        kept = {keys.path for keys in draft}
        for keys in draft:
            keys.name()
        self._held = draft
        for path in self._folder.iterdir():
            if path not in kept and path.with_suffix(".npy") not in kept:
                path.unlink()

    def _segments(self, engine: DuckDB) -> frozenset[str]:
        horizon = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=KEPT_DAYS)
        rows = engine.rows('SELECT path, first_at, last_at FROM segments WHERE has_message_id AND "rows" > 0')
        folder = self._store.events_folder
        return frozenset(path for path, _, last in rows if last >= horizon or _made_after(folder / path, horizon))

    def _opened(self) -> list[Keys]:
        if self._held:
            return self._held
        found = []
        for path in sorted(self._folder.glob("*.npy")):
            # a file that a kill has left behind is made again
            with suppress(OSError, ValueError, KeyError):
                names = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
                rows = np.load(path, mmap_mode="r")
                found.append(_keys(path, frozenset(names["segments"]), rows))
        return found

    def _read(self, engine: DuckDB, segments: frozenset[str]) -> tuple[int, Iterator[_Rows]]:
        files = ", ".join(literal(str(self._store.events_folder / path)) for path in sorted(segments))
        source = f"read_parquet([{files}], union_by_name = true)"
        batches = engine.batches(
            f'SELECT {KEYS}, epoch_us("timestamp") AS "at" FROM {source} '
            'WHERE message_id IS NOT NULL ORDER BY upper, lower, "at"',
            BLOCK,
        )
        rows = engine.row(f"SELECT count(message_id) FROM {source}")[0]
        return rows, ((batch["upper"], batch["lower"], batch["at"]) for batch in batches)

    def _write(self, segments: frozenset[str], rows: int, parts: Iterable[_Rows]) -> Keys:
        number = max((int(path.stem) for path in self._folder.glob("*.npy")), default=0) + 1
        path = self._folder / f"{number:08d}.npy"
        file = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint64, shape=(3, rows))
        end = 0
        for upper, lower, at in parts:
            start, end = end, end + len(upper)
            file[:, start:end] = upper, lower, at.view(np.uint64)
        file.flush()
        sync(path)
        return _keys(path, segments, np.load(path, mmap_mode="r"))

    def _joined(self, held: list[Keys]) -> list[Keys]:
        """Make one file of all but the largest, and of that, too, when it is no longer much larger."""
        by_size = sorted(held, key=lambda keys: len(keys.upper))
        joined = by_size if sum(len(keys.upper) for keys in by_size[:-1]) * 2 > len(by_size[-1].upper) else by_size[:-1]
        segments = frozenset[str]().union(*(keys.segments for keys in joined))
        rest = [keys for keys in held if not any(keys is other for other in joined)]
        return [*rest, self._write(segments, sum(len(keys.upper) for keys in joined), _merged(joined))]


def _merged(files: list[Keys]) -> Iterator[_Rows]:
    """The rows of some files in one order, a part at a time: hashes spread evenly, so equal stretches hold as many."""
    parts = sum(len(keys.upper) for keys in files) // BLOCK + 1
    bounds = np.array([part * 2**64 // parts for part in range(1, parts)], dtype=np.uint64)
    cuts = [[0, *np.searchsorted(keys.upper, bounds), len(keys.upper)] for keys in files]
    for part in range(parts):
        slices = [slice(cut[part], cut[part + 1]) for cut in cuts]
        upper, lower, at = (
            np.concatenate([getattr(keys, name)[rows] for keys, rows in zip(files, slices, strict=True)])
            for name in ("upper", "lower", "at")
        )
        order = np.lexsort((at, lower, upper))
        yield upper[order], lower[order], at[order]


def _keys(path: Path, segments: frozenset[str], rows: npt.NDArray[np.uint64]) -> Keys:
    return Keys(path, segments, rows[0], rows[1], rows[2].view(np.int64))


def _made_after(path: Path, horizon: dt.datetime) -> bool:
    try:
        return path.stat().st_mtime >= horizon.replace(tzinfo=dt.UTC).timestamp()
    except OSError:
        return False
