"""When something happened: the writings of a moment that are understood, and the span in which a moment can be true.

The patterns hold for Python's `re` and for RE2, so that the bulk reading in SQL (`sources/moments.py`) and the reading
of one message here accept the same texts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal

EARLIEST = datetime(1990, 1, 1)
"""Before this day nothing is believed: it is an empty field or a number in the wrong unit."""
LATEST = datetime(2100, 1, 1)
"""The first moment that is no longer believed of something that has happened."""
LATEST_PLANNED = datetime(9999, 12, 31, 23, 59, 59, 999999)
"""The last moment of something planned: systems write 9999-12-31 for "never"."""

DAY = r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2}))"
"""A calendar day, year first."""
CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?"
OFFSET = r" ?(Z|z|UTC|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)"
MOMENT = rf"{DAY}[Tt ]{CLOCK}(?:{OFFSET})?"
"""A day and a time of day, with or without an offset from UTC."""
EPOCH = r"(?:\d{9,10}|\d{12,13}|\d{15,16})(?:\.\d+)?"
"""Seconds (9 or 10 digits), milliseconds (12 or 13) or microseconds (15 or 16) since 1970."""
DAY_FIRST = r"\d{1,2}[./ -]\d{1,2}[./ -](?:\d{4}|\d{2})(?:[ T,].*)?"
"""Day or month first: nobody can tell which."""

_DAY, _MOMENT, _EPOCH, _DAY_FIRST = (re.compile(pattern, re.ASCII) for pattern in (DAY, MOMENT, EPOCH, DAY_FIRST))


class TimeError(ValueError):
    """A value that names no believable moment; `reason` is a key of `events.reasons.REASONS`."""

    def __init__(self, reason: str, value: object) -> None:
        self.reason = reason
        super().__init__(f"{reason}: {value!r}")


def moment(value: str | float, zone: tzinfo = UTC, *, planned: bool = False) -> datetime:
    """The moment that a text or number names: naive, UTC, in microseconds; finer digits are cut off, never rounded up.

    A bare day is midnight of that day in `zone`; a time without offset is UTC. Raises `TimeError`.
    """
    text = str(value).strip()
    try:
        found = _read(text, zone)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise TimeError("day_or_month" if _DAY_FIRST.fullmatch(text) else "time", value)
    if not believable(found, planned=planned):
        raise TimeError("implausible_planned" if planned else "implausible", value)
    return found


def believable(when: datetime, *, planned: bool = False) -> bool:
    """Whether a naive UTC moment lies in the span in which one can be true."""
    return when >= EARLIEST and (when <= LATEST_PLANNED if planned else when < LATEST)


def _read(text: str, zone: tzinfo) -> datetime | None:
    if match := _MOMENT.fullmatch(text):
        *day, hour, minute, second, fraction, offset = match.groups()
        micros = int((fraction or "0").ljust(6, "0")[:6])
        when = _day(day).replace(hour=int(hour), minute=int(minute), second=int(second or 0), microsecond=micros)
        return when - _offset(offset).utcoffset(None)
    if match := _DAY.fullmatch(text):
        return _midnight(_day(match.groups()), zone)
    if _EPOCH.fullmatch(text):
        digits = len(text.partition(".")[0])
        unit = 1_000_000 if digits <= 10 else 1_000 if digits <= 13 else 1
        return datetime(1970, 1, 1) + timedelta(microseconds=int(Decimal(text) * unit))
    return None


def _day(parts: tuple[str, ...] | list[str]) -> datetime:
    year, month, day = (int(part) for part in parts if part)
    return datetime(year, month, day)


def _offset(text: str | None) -> timezone:
    if text is None or text in {"Z", "z", "UTC"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def _midnight(day: datetime, zone: tzinfo) -> datetime:
    # Where the clock strikes midnight twice the engine takes the second; one that is skipped is the moment of the skip.
    first, second = (day.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    return max(first, second)
