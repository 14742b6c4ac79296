"""Habits: how often the people of an account used to come, and how regularly, as was known on each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weatherglass.actions.arrays import Floats, Ints

LAG = 28
"""Days that are no part of the habit yet: a slow decline must not become what is usual."""
SPAN = 84
NEVER = 2**31 - 1
Whole = npt.NDArray[Any]
"""Whole numbers, of any kind."""


@dataclass(frozen=True)
class Habits:
    """All (A, D), of the 84 days that ended 28 before each day, and only of people who are still there on it."""

    days: Whole
    """Days on which they came, all of them together."""
    squares: Whole
    """The sum over them of the squares of each one's days: many for regulars, few for a crowd of passers-by."""
    known: Whole
    """How many of the 84 days lie after the account was first seen."""

    def of(self, accounts: slice) -> Habits:
        """Those of some accounts, as numbers to reckon with however they are kept."""
        days, squares, known = (one[accounts].astype(np.float64) for one in (self.days, self.squares, self.known))
        return Habits(days, squares, known)


def habits(account: Ints, member: Ints, day: Ints, gone: Ints, shape: tuple[int, int], first: int) -> Habits:
    """The habits of accounts on the days from `first` on.

    account, member, day: one element each day of a person, from `first` - LAG - SPAN on at the latest.
    gone: the day on which that person was deactivated, NEVER for who was not.
    """
    comes = day + LAG
    there = comes < gone
    account, member, comes, gone = account[there], member[there], comes[there], gone[there]
    if not len(account):
        return Habits(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    whose, when, step = _in_order(account, member, comes, np.minimum(comes + SPAN, gone))
    # one running sum for all: each person's is back at zero at the end
    after = np.cumsum(step)
    squares = after**2 - (after - step) ** 2
    at = np.maximum(when - first, 0)
    found = [_summed(whose, at, values, shape) for values in (step, squares)]
    return Habits(found[0], found[1], _known(account, comes, shape, first))


def _in_order(account: Ints, member: Ints, comes: Ints, goes: Ints) -> tuple[Ints, Ints, Ints]:
    """Account, day and +1 or -1 of all comings and goings, person by person and day by day.

    They are sorted as one whole number each, which takes a tenth of the time that three keys take.
    """
    low, members = int(comes.min()), int(member.max()) + 1
    days = int(goes.max()) - low + 1
    person = (account.astype(np.int64) * members + member) * days
    keys = np.concatenate([(person + comes - low) * 2 + 1, (person + goes - low) * 2])
    keys.sort()
    step, day = (keys & 1) * 2 - 1, (keys >> 1) % days + low
    return (keys >> 1) // (days * members), day, step


def _summed(account: Ints, at: Ints, values: Ints, shape: tuple[int, int]) -> Floats:
    there = at < shape[1]
    flat = np.bincount(account[there] * shape[1] + at[there], values[there], shape[0] * shape[1])
    return np.asarray(np.cumsum(flat.reshape(shape), axis=1))


def _known(account: Ints, comes: Ints, shape: tuple[int, int], first: int) -> Floats:
    begins = np.full(shape[0], NEVER, np.int64)
    np.minimum.at(begins, account, comes)
    days = np.arange(first, first + shape[1])
    return np.asarray(np.clip(days[None, :] - begins[:, None], 0, SPAN), np.float64)
