"""Templates: texts with an account's numbers in them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """What a template may name, as it is written for people."""

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


def filled(template: str, numbers: Numbers) -> str:
    """The template with the numbers in it; what they hold is not read as a template again."""
    return re.sub(r"\{(\w+)\}", lambda found: str(getattr(numbers, found[1])), template)
