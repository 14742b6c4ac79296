"""Narrowing: customers who use less stop using some features first, and which these are is learned from all of them."""

from __future__ import annotations

import numpy as np

from weatherglass.actions.arrays import Bools, Floats, window
from weatherglass.actions.breadth import Usual, usual
from weatherglass.actions.record import Record

LEARNED_DAYS = 91
"""How far back it is learned."""
PRIOR = 20.0
"""Days with a feature that must be missing before much is made of it."""
LEAST, GREATEST = 0.2, 2.0
"""What may be left of a feature, of the uses in as many events."""
SAID_DAYS, FEW, MANY = 28, 0.5, 3.0
"""Named are features of which in so many days no more than this share is left, where so many were usual."""


def learned(record: Record, falls: Bools) -> Floats:
    """(2, features, D): days with each feature while use falls, and as many as habits make expect.

    falls: (A, D) where accounts use much less than they used to.
    """
    days = _usual(record)
    those = falls[days.account, days.at]
    found = np.zeros((2, len(record.breadth.names), record.days))
    for feature, used in enumerate(days.used):
        usually = days.expected(feature)[those]
        known = usually > 0
        at = days.at[those][known]
        for place, values in enumerate((used[those], usually)):
            found[place, feature] = np.bincount(at, values[known], record.days)
    return found


def left(came: Floats, expected: Floats) -> Floats:
    """(features, D) what is left of the uses of each feature while use falls, as was known on each day."""
    share = (window(came, LEARNED_DAYS) + PRIOR) / (window(expected, LEARNED_DAYS) + PRIOR)
    return np.clip(share, LEAST, GREATEST)


def narrowing(record: Record, remain: Floats) -> Floats:
    """(A, D) the logarithm of how much likelier the features of a day are of a customer whose use falls.

    remain: (features, D) what is left of each then. How much was done on the day says nothing here.
    """
    days = _usual(record)
    evidence = np.zeros(len(days.at))
    for feature, used in enumerate(days.used):
        uses, rest = days.uses[feature], remain[feature, days.at]
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = np.log(np.expm1(-uses * rest) / np.expm1(-uses))
        evidence += np.where(uses > 0, np.where(used, seen, uses * (1 - rest)), 0.0)
    found = np.zeros(record.score.shape)
    found[days.account, days.at] = evidence
    return found


def given_up(record: Record, account: int, day: int) -> list[str]:
    """The features that an account hardly uses any more, those that it misses most first."""
    mine = _usual(record, slice(account, account + 1))
    lately = (mine.at <= day) & (mine.at > day - SAID_DAYS)
    missed = []
    for feature, used in enumerate(mine.used):
        expected, there = mine.expected(feature)[lately].sum(), used[lately].sum()
        if expected >= MANY and there <= FEW * expected:
            missed.append((there - expected, record.breadth.names[feature]))
    return [name for _, name in sorted(missed)]


def _usual(record: Record, accounts: slice | None = None) -> Usual:
    found = record.breadth if accounts is None else record.breadth.of(accounts)
    return usual(found, record.first, record.days)
