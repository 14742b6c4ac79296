"""From day numbers to instants: 0 is the first day of the history, the last one is its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

US_A_DAY = 86_400_000_000
US_AN_HOUR = 3_600_000_000
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Clock:
    """The days of a history."""

    end: date
    days: int

    @property
    def first(self) -> date:
        return self.end - timedelta(days=self.days - 1)

    @property
    def last(self) -> int:
        """Number of the last day."""
        return self.days - 1

    @property
    def midnight(self) -> int:
        """The beginning of day 0 in microseconds since 1970, UTC."""
        return (self.first.toordinal() - _EPOCH) * US_A_DAY

    @property
    def over(self) -> int:
        """The first microsecond after the last day."""
        return self.midnight + self.days * US_A_DAY

    def at(self, day: float, hour: float = 0.0) -> datetime:
        """The instant `hour` hours into a day, to the second, UTC."""
        midnight = datetime.combine(self.first, datetime.min.time(), UTC)
        return midnight + timedelta(seconds=round(day * 86_400 + hour * 3_600))
