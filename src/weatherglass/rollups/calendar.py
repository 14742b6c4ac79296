"""The workspace's calendar in SQL and in numbers: days are whole days since 1970-01-01 of its zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import literal

EPOCH = dt.date(1970, 1, 1)
_INSTANT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

SLOT_MICROSECONDS = 1_350_000_000
"""22.5 minutes: 64 slots a day."""


def define(engine: DuckDB, timezone: str) -> None:
    """Give SQL the functions that the steps use: local_slot, local_day, slot_bit and runs."""
    local = "t" if timezone == "UTC" else f"timezone({literal(timezone)}, timezone('UTC', t))"
    macros = {
        # slots since 1970: the lowest 6 bits are the slot of the wall clock's day, the rest is the day
        "local_slot(t)": f"epoch_us({local}) // {SLOT_MICROSECONDS}",
        "local_day(t)": f"CAST(epoch_us({local}) // 86400000000 AS INTEGER)",
        "slot_bit(s)": "CAST(1 AS UBIGINT) << CAST(s & 63 AS UBIGINT)",
        # how many unbroken runs of bits: the bits whose lower neighbour is not set
        "runs(m)": "CAST(bit_count(m & ~((m & CAST(9223372036854775807 AS UBIGINT)) << 1)) AS INTEGER)",
    }
    for signature, body in macros.items():
        engine.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS {body}")


def number(day: dt.date) -> int:
    """A calendar day as a number."""
    return (day - EPOCH).days


def date(day: int) -> dt.date:
    """The calendar day of a number."""
    return EPOCH + dt.timedelta(days=int(day))


def ends(zone: ZoneInfo, first_day: int, days: int) -> npt.NDArray[np.int64]:
    """The instants, in microseconds UTC, at which days end: the local midnight after each."""
    if zone.key == "UTC":
        return (np.arange(first_day, first_day + days, dtype=np.int64) + 1) * 86_400_000_000
    return np.array([_midnight(zone, date(first_day + day + 1)) for day in range(days)], dtype=np.int64)


def _midnight(zone: ZoneInfo, day: dt.date) -> int:
    local = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    return (local.astimezone(dt.UTC) - _INSTANT) // _MICROSECOND
