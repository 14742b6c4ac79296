"""A product whose accounts fade before they are gone, as a file of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

BEGIN = datetime(2023, 1, 2, 9, tzinfo=UTC)
DAYS = 560


def write_events(path: Path, accounts: int = 110, seed: int = 0) -> None:
    """Two in three accounts come less and less over ten weeks, and then no more."""
    generator = np.random.default_rng(seed)
    lines = ["account_id,user_id,name,timestamp"]
    for account in range(accounts):
        begin = int(generator.integers(0, 120))
        end = int(generator.integers(180, DAYS)) if account % 3 else 10 * DAYS
        usual = generator.uniform(0.25, 0.6)
        for day in range(begin, min(end, DAYS)):
            fading = min(1.0, max(0.12, (end - day) / 70.0))
            if generator.random() < usual * fading:
                user, name = int(generator.integers(0, 3)), "abc"[int(generator.integers(0, 3))]
                when = BEGIN + timedelta(days=day, minutes=int(generator.integers(0, 600)))
                lines.append(f"a{account:03},u{account:03}-{user},{name},{when.isoformat()}")
    path.write_text("\n".join(lines) + "\n")
