"""The first weeks of a new customer: setup, and the milestones that somebody noted down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.clock import Clock


@dataclass(frozen=True, slots=True)
class Onboarding:
    """When a new customer came how far; None is never, or before the history."""

    setup_day: int | None
    invited_day: int | None


def draw_onboarding(account: Account, clock: Clock, rng: np.random.Generator) -> Onboarding:
    """Three in four set up within a week and invite their team within two; a few never get there.

    Those who will grow are quick, those who will leave are slow.
    """
    quick = account.fate.kind == "growing"
    slow = 1.0 if account.fate.churned is None else 1.6
    setup = account.created + int(1 + (rng.uniform(0, 5) if quick else rng.exponential(3.5 * slow)))
    invited = setup + int(1 + (rng.uniform(0, 5) if quick else rng.exponential(4.0 * slow)))
    stuck = not quick and rng.random() < 0.06 * slow**2
    if account.created < 0 or stuck:
        return Onboarding(None, None)
    return Onboarding(setup if setup <= clock.last else None, invited if invited <= clock.last else None)


def milestone_rows(account: Account, start: Onboarding, clock: Clock, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Rows of the table `milestones`: what the owner has noted, in two of three cases; always where things go well."""
    noted = 1.0 if account.fate.kind == "growing" else 0.67
    reached = (("setup_completed", start.setup_day, 13.0), ("team_invited", start.invited_day, 15.0))
    return [
        {"account_id": account.account_id, "name": name, "reached_at": clock.at(day, hour)}
        for name, day, hour in reached
        if day is not None and rng.random() < noted
    ]
