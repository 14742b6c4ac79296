"""Distinct active users of the last 28 days for each seat."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Seen, Wording, ratio
from weatherglass.signals.scaling import Usage

DOCUMENT = "Distinct users with activity in the last {usage} days, divided by seats; not capped."
SENTENCE = "{value:.0%} of the seats had an active user in the last {usage} days; the most in a year was {baseline:.0%}"
ALONE = "{value:.0%} of the seats had an active user in the last {usage} days"


def active_user_ratio(block: Block) -> Usage:
    """x = active users / seats; seats unknown: null, or all users ever seen where the card says so."""
    seats = block.seats
    silent = block.card.seats_unknown == "null"
    if not silent:
        seats = np.where(np.isnan(seats), block.known_users, seats)
        seats = np.where(seats > 0, seats, np.nan)
    before = np.where(block.of_account(block.grid.seats) > 0, 0.0, np.nan)
    return Usage(
        lambda: ratio(block.active_users, seats), ever=block.last(block.known_users) > 0, before=before, silent=silent
    )


def instead(seen: Seen) -> Wording | None:
    """Without a baseline, the value alone."""
    return Wording(ALONE) if seen.baseline is None else None
