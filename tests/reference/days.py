"""Calendar days of the workspace's zone, and the windows made of them (section 1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The calendar day of the zone in which the instant lies."""
    return at.astimezone(zone).date()


def slot(at: datetime, zone: ZoneInfo) -> int:
    """Which of the wall-clock day's 64 slots of 22.5 minutes (1,350 seconds) the instant lies in, 0..63."""
    wall = at.astimezone(zone)
    return (wall.hour * 3600 + wall.minute * 60 + wall.second) // 1350


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day is over: 00:00 of the next day, in UTC."""
    return datetime.combine(back(day, -1), time(), zone).astimezone(UTC)


def back(day: date, days: int) -> date:
    """The day so many days earlier."""
    return day - timedelta(days=days)


Days = tuple[date, ...]


@lru_cache(maxsize=10_000)
def last_days(day: date, count: int) -> Days:
    """The last `count` days: those that end with `day`, newest first."""
    return tuple(back(day, n) for n in range(count))


def last_weeks(day: date, count: int) -> list[Days]:
    """The last `count` blocks of 7 days, the first of them ending on `day`."""
    return [last_days(back(day, 7 * n), 7) for n in range(count)]
