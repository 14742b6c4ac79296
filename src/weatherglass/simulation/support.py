"""Support: the tickets that an account opens, and how they end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.clock import Clock
from weatherglass.simulation.people import People
from weatherglass.simulation.workdays import REGIONS

STORM_DAYS = 10
STORM_TICKETS = 18

_SEVERITIES = ("low", "normal", "high", "urgent")
_CALM_MIX = np.array([0.32, 0.50, 0.15, 0.03])
_SOUR_MIX = np.array([0.10, 0.35, 0.35, 0.20])
_STORM_MIX = np.array([0.0, 0.10, 0.45, 0.45])
_FRIENDLY = (
    "How do I share a dashboard with a colleague outside my team?",
    "Small question: can the weekly report go out on Mondays instead?",
    "The filter forgets its order after a reload, otherwise all is well.",
    "Could you raise our limit for automations? Thank you!",
    "A typo in the approval mail, just so that you know.",
)
_ANGRY = (
    "This is the third time that the export fails. We cannot work like this.",
    "Nobody has answered us for days. Is anyone reading these?",
    "The board numbers are wrong again and my manager has lost patience.",
    "Sync is down, our team is idle. We need a call today.",
    "We are paying for this and it does not do what we were promised.",
)
_STORM = (
    "Everything is slow since this morning, we cannot close our orders.",
    "Approvals vanish after saving. This stops our production line.",
    "Data of yesterday is missing. Please escalate.",
    "Still broken. We have been waiting since the first ticket.",
)


def ticket_rows(
    account: Account, people: People, level: NDArray[np.float64], clock: Clock, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Rows of the table `tickets`, without their ids; `level` is the account's use on each day.

    Who is unhappy writes more often, more urgently, waits longer and rates worse.
    """
    mood = account.fate.mood_by_day(clock.days)
    rate = 0.005 * np.sqrt(len(people.ids)) * np.minimum(level, 1.2) * (1.0 + 4.0 * np.maximum(0.0, 0.7 - mood))
    days = np.repeat(np.arange(clock.days), rng.poisson(rate))
    rows = [_ticket(account, people, int(day), float(mood[day]), _mix(mood[day]), clock, rng) for day in days]
    if account.storm is not None and not account.fate.gone_by(account.storm):
        storm = np.sort(rng.integers(account.storm, account.storm + STORM_DAYS, STORM_TICKETS))
        storm[0] = account.storm
        rows += [_storm_ticket(account, people, int(day), clock, rng) for day in storm if day <= clock.last]
    return [row for row in rows if row["opened_at"] < clock.at(clock.days) and row["opened_at"] >= clock.at(0)]


def _mix(mood: float) -> NDArray[np.float64]:
    sour = float(np.clip((0.8 - mood) / 0.6, 0.0, 1.0))
    return (1.0 - sour) * _CALM_MIX + sour * _SOUR_MIX


def _storm_ticket(account: Account, people: People, day: int, clock: Clock, rng: np.random.Generator) -> dict[str, Any]:
    row = _ticket(account, people, day, 0.05, _STORM_MIX, clock, rng)
    row["escalated"] = bool(rng.random() < 0.6)
    row["text"] = _STORM[int(rng.integers(len(_STORM)))]
    if rng.random() < 0.8:
        row["resolved_at"] = row["csat"] = None
    return row


def _ticket(
    account: Account,
    people: People,
    day: int,
    mood: float,
    mix: NDArray[np.float64],
    clock: Clock,
    rng: np.random.Generator,
) -> dict[str, Any]:
    severity = int(rng.choice(4, p=mix))
    opened = clock.at(day, float(rng.uniform(8.0, 18.0)) - REGIONS[account.region])
    waits = float(rng.lognormal(0.0, 0.8)) * (0.6 + 2.6 * (1.0 - mood)) * (1.4, 1.2, 1.0, 0.6)[severity]
    resolved = clock.at(day, 18.0 + 24.0 * waits)
    solved = resolved < clock.at(clock.days) and rng.random() < 0.985
    rated = solved and rng.random() < 0.45
    words = _FRIENDLY if rng.random() < mood else _ANGRY
    return {
        "account_id": account.account_id,
        "user_id": people.ids[int(rng.choice(people.present(day)))],
        "opened_at": opened,
        "resolved_at": resolved if solved else None,
        "severity": _SEVERITIES[severity],
        "escalated": bool(rng.random() < 0.02 + 0.2 * max(0.0, 0.6 - mood)),
        "csat": float(np.clip(round(1.2 + 4.2 * mood + rng.normal(0, 0.7)), 1, 5)) if rated else None,
        "text": words[int(rng.integers(len(words)))],
        "sentiment": mood_word(mood, rng) if rng.random() < 0.7 else None,
    }


def mood_word(mood: float, rng: np.random.Generator) -> float:
    """How a text of somebody in this mood sounds, -1..1."""
    return round(float(np.clip(2.0 * mood - 1.0 + rng.normal(0, 0.25), -1.0, 1.0)), 2)
