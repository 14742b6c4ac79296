"""The large history for measurements: a hundred million events of a hundred thousand accounts, a file a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from weatherglass.simulation.bursts import MS_A_DAY, draw_bursts
from weatherglass.simulation.population import Population, account_ids, account_table, draw_population, user_ids
from weatherglass.simulation.product import EVENT_NAMES
from weatherglass.simulation.streams import stream

FIRST_DAY = date(2026, 1, 1)
_THREADS = 2
_ROW_GROUP = 1_000_000
# Larger than all ids of a day together: a dictionary that does not fit is written as plain strings.
_DICTIONARY_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class History:
    """A population with the ids it is written under."""

    population: Population
    account_ids: pa.Array
    user_ids: pa.Array
    first: date
    seed: int

    def table(self, day: int) -> pa.Table:
        """The events of one day, by time: account_id, user_id, name (dictionaries), timestamp (us, UTC, naive)."""
        people = self.population
        rng = stream(self.seed, "day", day)
        level = people.level(day, (self.first + timedelta(days=day)).weekday())
        luck = rng.random(len(people.home), dtype=np.float32)
        active = np.flatnonzero(luck < people.chance * level[people.home])
        burst = draw_bursts(rng, len(active))
        account = people.home[active]
        ms = np.clip(burst.ms + people.hour[account][burst.owner], 0, MS_A_DAY - 1)
        # Sorting the place along with the time leaves no ties, so the order is the same on every processor.
        order = np.sort(ms << 32 | np.arange(len(ms))) & 0xFFFF_FFFF
        owner = burst.owner[order]
        bits = rng.integers(0, 65_536, len(owner), dtype=np.uint16)
        names = people.names[people.mix[account][owner] * 65_536 + bits]
        midnight = np.datetime64(self.first + timedelta(days=day), "ms").astype(np.int64)
        return pa.table(
            {
                "account_id": _some(self.account_ids, account, owner),
                "user_id": _some(self.user_ids, active, owner),
                "name": pa.DictionaryArray.from_arrays(pa.array(names), pa.array(EVENT_NAMES)),
                "timestamp": pa.array((ms[order] + midnight) * 1_000, pa.timestamp("us")),
            }
        )

    def write(self, folder: Path, day: int) -> Path:
        """Write the file of one day, `events-2026-06-30.parquet`, and return its path."""
        path = folder / f"events-{self.first + timedelta(days=day)}.parquet"
        pq.write_table(
            self.table(day),
            path,
            compression="zstd",
            row_group_size=_ROW_GROUP,
            use_dictionary=["account_id", "user_id", "name"],
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            # Readers shall see strings, as in anybody's files, not Arrow's dictionaries.
            store_schema=False,
        )
        return path


def simulate_events_parquet(
    folder: Path | str,
    accounts: int = 100_000,
    days: int = 180,
    events: int = 100_000_000,
    seed: int = 1,
    first: date = FIRST_DAY,
) -> list[Path]:
    """Write `accounts.parquet` and a file of events for each of `days` days into `folder`; return the events' files.

    `events` is how many the first 180 days hold, within a few per cent, whatever `days` is: 90 days hold about half.
    So 181 days begin with the very 180 days of `days=180`. There are some twelve users an account who do at most so
    much: beyond about 3,000 events an account there are fewer than asked for.
    Takes half a gigabyte of memory for the default size. Raises ValueError without accounts or events.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    history = open_history(accounts, events, seed, first)
    pq.write_table(account_table(history.population, first, seed), folder / "accounts.parquet", compression="zstd")
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda day: history.write(folder, day), range(days)))


def simulate_day(
    folder: Path | str,
    day: int,
    accounts: int = 100_000,
    events: int = 100_000_000,
    seed: int = 1,
    first: date = FIRST_DAY,
) -> Path:
    """Write the file of one day into `folder`: day 180 is the one after 180 days (0 to 179) of the same arguments."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return open_history(accounts, events, seed, first).write(folder, day)


def open_history(accounts: int = 100_000, events: int = 100_000_000, seed: int = 1, first: date = FIRST_DAY) -> History:
    """The history itself, for those who want the days as Arrow tables. Raises ValueError without accounts."""
    if accounts < 1 or events < 1:
        raise ValueError(f"a history needs at least 1 account and 1 event: got accounts={accounts}, events={events}")
    population = draw_population(accounts, events, first, seed)
    return History(population, account_ids(accounts), user_ids(len(population.home)), first, seed)


def _some(ids: pa.Array, who: NDArray[np.int64] | NDArray[np.int32], owner: NDArray[np.int64]) -> pa.DictionaryArray:
    """`ids[who[owner]]` as a dictionary of those that occur; `who` is ascending."""
    fresh = np.ones(len(who), dtype=bool)
    fresh[1:] = who[1:] != who[:-1]
    code = (np.cumsum(fresh) - 1).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(code[owner]), ids.take(pa.array(who[fresh])))
