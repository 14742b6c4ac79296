"""Habits: how often the people of an account used to come, and how regularly, as was known on each day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.actions.arrays import Floats, Ints

LAG = 28
"""Days that are no part of the habit yet: a slow decline must not become what is usual."""
SPAN = 84
NEVER = 2**31 - 1


@dataclass(frozen=True)
class Habits:
    """All (A, D), of the 84 days that ended 28 before each day, and only of people who are still there on it."""

    days: Floats
    """Days on which they came, all of them together."""
    squares: Floats
    """The sum over them of the squares of each one's days: many for regulars, few for a crowd of passers-by."""
    known: Floats
    """How many of the 84 days lie after the account was first seen."""


def habits(account: Ints, member: Ints, day: Ints, gone: Ints, shape: tuple[int, int], first: int) -> Habits:
    """The habits of accounts on the days from `first` on.

    account, member, day: one element each day of a person, from `first` - LAG - SPAN on at the latest.
    gone: the day on which that person was deactivated, NEVER for who was not.
    """
    comes = day + LAG
    there = comes < gone
    account, member, comes, gone = account[there], member[there], comes[there], gone[there]
    goes = np.minimum(comes + SPAN, gone)
    count = len(comes)
    whose, who = np.tile(account, 2), np.tile(member, 2)
    when = np.concatenate([comes, goes])
    step = np.concatenate([np.ones(count), -np.ones(count)])
    order = np.lexsort((when, who, whose))
    # one running sum for all: each person's is back at zero at the end
    after = np.cumsum(step[order])
    squares = after**2 - (after - step[order]) ** 2
    at = np.maximum(when[order] - first, 0)
    found = [_summed(whose[order], at, values, shape) for values in (step[order], squares)]
    return Habits(found[0], found[1], _known(account, comes, shape, first))


def _summed(account: Ints, at: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    there = at < shape[1]
    flat = np.bincount(account[there] * shape[1] + at[there], values[there], shape[0] * shape[1])
    return np.asarray(np.cumsum(flat.reshape(shape), axis=1))


def _known(account: Ints, comes: Ints, shape: tuple[int, int], first: int) -> Floats:
    begins = np.full(shape[0], NEVER, np.int64)
    np.minimum.at(begins, account, comes)
    days = np.arange(first, first + shape[1])
    return np.asarray(np.clip(days[None, :] - begins[:, None], 0, SPAN), np.float64)
