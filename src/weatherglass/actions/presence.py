"""Presence: who of an account was there, day by day: how many, how many of late, and by what habit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.actions.arrays import Counts, Ints
from weatherglass.actions.habits import Habits, habits

LATELY = 28


@dataclass(frozen=True)
class Presence:
    """All (A, D), held in little room."""

    people: Counts
    """People who were there on the day."""
    users: Counts
    """Those of the last 28 days."""
    habits: Habits

    def put(self, rows: Ints, part: Presence) -> None:
        """Take over some accounts; rows: where each of them stands, negative for one that stands nowhere."""
        there = rows >= 0
        for mine, theirs in ((self, part), (self.habits, part.habits)):
            for name, values in mine.__dict__.items():
                if isinstance(values, np.ndarray):
                    values[rows[there]] = getattr(theirs, name)[there]


def nobody(shape: tuple[int, int]) -> Presence:
    """Accounts at which nobody was."""
    kept = Habits(np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.uint8))
    return Presence(np.zeros(shape, np.float32), np.zeros(shape, np.float32), kept)


def presence(account: Ints, member: Ints, day: Ints, gone: Ints, shape: tuple[int, int], first: int) -> Presence:
    """Of some accounts, on the days from `first` on.

    account, member, day: one element each day of a person, from as long before `first` on as habits reach.
    gone: the day on which that person was deactivated, NEVER for who was not.
    """
    there = (day >= first) & (day < first + shape[1])
    people = np.bincount(account[there] * shape[1] + (day[there] - first), minlength=shape[0] * shape[1])
    known = habits(account, member, day, gone, shape, first)
    return Presence(people.reshape(shape).astype(np.float32), _users(account, member, day, shape, first), known)


def _users(account: Ints, member: Ints, day: Ints, shape: tuple[int, int], first: int) -> Counts:
    """Each day of a person counts until their next one, but for no more than LATELY days."""
    if not len(day):
        return np.zeros(shape, np.float32)
    low, days, members = int(day.min()), int(np.ptp(day)) + 1, int(member.max()) + 1
    # sorted as one whole number each, as habits are
    keys = (account * members + member) * days + (day - low)
    keys.sort()
    person, comes = keys // days, keys % days + low
    goes = comes + LATELY
    again = np.flatnonzero(person[1:] == person[:-1])
    goes[again] = np.minimum(goes[again], comes[again + 1])
    width = shape[1] + 1
    at = person // members * width
    steps = np.zeros(shape[0] * width, np.int64)
    for when, step in ((comes, 1), (goes, -1)):
        steps += step * np.bincount(at + np.clip(when - first, 0, shape[1]), minlength=len(steps))
    return np.cumsum(steps.reshape(shape[0], width), axis=1)[:, :-1].astype(np.float32)
