"""Made-up records: calm accounts to which a test does something."""

from __future__ import annotations

import numpy as np

from weatherglass.actions.record import Record, Who

DAYS, FIRST = 218, 20_000
TIERS = ("red", "yellow", "green")


def calm(accounts: int = 30, days: int = DAYS, **changes: object) -> Record:
    """Accounts that five people use every day, with a score of 90, on days that begin with FIRST."""
    shape = (accounts, days)
    who = [
        Who(f"a{number:03}", f"Account {number}", "Ana" if number % 2 else "Ben", "smb", 1000.0 * (number + 1))
        for number in range(accounts)
    ]
    fields = {
        "who": who,
        "first": FIRST,
        "score": np.full(shape, 90.0),
        "tier": np.full(shape, 2, np.int8),
        "top": np.full(shape, 2, np.int8),
        "lifecycle": np.full(shape, 2, np.int8),
        "confidence": np.ones(shape),
        "activity": np.full(shape, 20.0),
        "people": np.full(shape, 5.0),
        "users": np.full(shape, 6.0),
        "tickets": np.zeros(shape),
        "seats": np.full(shape, 10.0),
        "tiers": [TIERS] * accounts,
        "dimensions": {name: np.full(shape, 90.0) for name in ("support_signals", "product_usage")},
        "arrivals": {"events": np.full(days, 20.0 * accounts)},
        "nobody": np.zeros(days),
    }
    return Record(**{**fields, **changes})  # type: ignore[arg-type]
