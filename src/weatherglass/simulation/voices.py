"""Voices: what customers answer when asked, and the meetings, calls and mails with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.clock import Clock
from weatherglass.simulation.people import People
from weatherglass.simulation.support import mood_word
from weatherglass.simulation.workdays import REGIONS

Rows = list[dict[str, Any]]

_RHYTHM: dict[str, tuple[tuple[str, int], ...]] = {
    "smb": (("email", 40), ("webinar", 120)),
    "mid-market": (("meeting", 35), ("email", 28), ("training", 180), ("qbr", 120)),
    "enterprise": (("meeting", 14), ("email", 21), ("call", 30), ("training", 120), ("qbr", 90)),
}
"""Segment -> what its owner does with the customer, and every how many days."""
_GLAD = ("Works well for us.", "The team likes it.", "Reports save us hours.", "Good support.", "")
_SAD = ("Too slow for our team.", "We miss features.", "Support takes days.", "Hard to learn.", "")
_NOTES = {
    True: ("Plans to roll out to a second team.", "Asked for training of new colleagues.", "Happy with the reports."),
    False: ("Did not see the value.", "Asked about the notice period.", "Complained about open tickets."),
}


def survey_rows(account: Account, people: People, clock: Clock, rng: np.random.Generator) -> Rows:
    """Rows of the table `surveys`, without their ids: NPS each quarter, CSAT twice a year, effort after a month."""
    rows: Rows = []
    for day in _days(account, 90, clock, rng):
        present = people.present(day)
        for user in rng.permutation(present)[: int(rng.binomial(min(len(present), 30), 0.2))]:
            score = np.clip(round(1.2 + 8.5 * account.fate.mood_on(day) + rng.normal(0, 1.3)), 0, 10)
            rows.append(_answer(account, people, int(user), "nps", float(score), day, clock, rng))
    for day in _days(account, 180, clock, rng):
        score = np.clip(round(1.0 + 4.4 * account.fate.mood_on(day) + rng.normal(0, 0.6)), 1, 5)
        if rng.random() < 0.4:
            rows.append(_answer(account, people, _anyone(people, day, rng), "csat", float(score), day, clock, rng))
    month = account.created + 30
    if 0 <= month <= clock.last and not account.fate.gone_by(month) and rng.random() < 0.5:
        score = np.clip(round(1.0 + 6.5 * account.fate.mood_on(month) + rng.normal(0, 0.8)), 1, 7)
        rows.append(_answer(account, people, 0, "ces", float(score), month, clock, rng))
    return _within(rows, "answered_at", clock)


def interaction_rows(account: Account, people: People, clock: Clock, rng: np.random.Generator) -> Rows:
    """Rows of the table `interactions`, without their ids. The unhappy stay away."""
    rows: Rows = []
    for kind, every in _RHYTHM[account.segment]:
        for day in _days(account, every, clock, rng):
            mood = account.fate.mood_on(day)
            came = None if kind == "email" else bool(rng.random() < 0.35 + 0.62 * mood)
            heard = came is not False and rng.random() < 0.6
            notes = _NOTES[bool(rng.random() < mood)]
            rows.append(
                {
                    "account_id": account.account_id,
                    "user_id": people.ids[_contact(people, day, rng)],
                    "kind": kind,
                    "occurred_at": clock.at(day, float(rng.uniform(9.0, 17.0)) - REGIONS[account.region]),
                    "attended": came,
                    "text": notes[int(rng.integers(len(notes)))] if heard else None,
                    "sentiment": mood_word(mood, rng) if heard else None,
                }
            )
    return _within(rows, "occurred_at", clock)


def _days(account: Account, every: int, clock: Clock, rng: np.random.Generator) -> list[int]:
    """Workdays about `every` days apart, while the customer is one."""
    first = max(account.created, 0) + int(rng.integers(0, every))
    until = clock.last if account.fate.churned is None else min(clock.last, account.fate.churned - 1)
    days = []
    for day in range(first, until + 1, every):
        weekday = (clock.first.weekday() + day) % 7
        moved = day - max(0, weekday - 4)
        if moved >= max(account.created, 0):
            days.append(moved)
    return days


def _anyone(people: People, day: int, rng: np.random.Generator) -> int:
    return int(rng.choice(people.present(day)))


def _contact(people: People, day: int, rng: np.random.Generator) -> int:
    """The champion while there is one, now and then somebody else."""
    return 0 if people.left[0] > day and rng.random() < 0.6 else _anyone(people, day, rng)


def _answer(
    account: Account,
    people: People,
    user: int,
    kind: str,
    score: float,
    day: int,
    clock: Clock,
    rng: np.random.Generator,
) -> dict[str, Any]:
    words = _GLAD if rng.random() < account.fate.mood_on(day) else _SAD
    return {
        "account_id": account.account_id,
        "user_id": people.ids[user],
        "kind": kind,
        "score": score,
        "answered_at": clock.at(day, float(rng.uniform(8.0, 18.0)) - REGIONS[account.region]),
        "comment": words[int(rng.integers(len(words)))] or None,
    }


def _within(rows: Rows, dated_by: str, clock: Clock) -> Rows:
    """The rows within the history: an hour of the morning may lie on the UTC day before it."""
    return [row for row in rows if clock.at(0) <= row[dated_by] < clock.at(clock.days)]
