"""Templates: texts with an account's numbers in them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from weatherglass.reports import wording

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Numbers:
    """What a template may name, as it is written for people; the day of renewal as for machines, or UNKNOWN."""

    account: str
    account_id: str
    score: str
    tier: str
    revenue: str
    renewal_date: str
    owner: str
    segment: str
    driver: str = "what is not as it was"
    play: str = ""

    @property
    def renewal(self) -> str:
        """The day of renewal as it is written for people."""
        known = self.renewal_date not in {"", UNKNOWN}
        return wording.day(dt.date.fromisoformat(self.renewal_date)) if known else self.renewal_date

    def of(self, name: str) -> str:
        """What stands for a name in a template."""
        return self.renewal if name == "renewal_date" else str(getattr(self, name))


def filled(template: str, numbers: Numbers) -> str:
    """The template with the numbers in it; what they hold is not read as a template again."""
    return re.sub(r"\{(\w+)\}", lambda found: numbers.of(found[1]), template)
