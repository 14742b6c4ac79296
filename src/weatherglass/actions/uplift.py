"""Did a play help: its accounts against those it was withheld from, or, weaker, against accounts that look alike."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Z = 1.96
"""Of intervals that hold the truth 95 times in 100."""
FEWEST = 2
"""Accounts of each kind in a stratum, for it to count."""


@dataclass(frozen=True)
class Seen:
    """What became of one account: `value` is a change of score in points, or 1 and 0 for renewed and not."""

    account_id: str
    stratum: str
    held_out: bool
    value: float


@dataclass(frozen=True)
class Effect:
    """What a play did, with an interval of 95 %."""

    how: Literal["holdout", "matched"]
    """`matched` compares with accounts that only look alike: why they had no play may be why they differ."""
    value: float
    low: float
    high: float
    treated: int
    compared: int

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def holdout(seen: Sequence[Seen]) -> Effect | None:
    """The mean difference between treated and held out, stratum by stratum, weighted by their accounts.

    None where no stratum has two of each.
    """
    strata: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for one in seen:
        strata[one.stratum][one.held_out].append(one.value)
    good = [(np.array(t), np.array(c)) for t, c in strata.values() if len(t) >= FEWEST and len(c) >= FEWEST]
    if not good:
        return None
    total = sum(len(t) + len(c) for t, c in good)
    value = variance = 0.0
    for t, c in good:
        weight = (len(t) + len(c)) / total
        value += weight * float(t.mean() - c.mean())
        # the pooled spread: one of a few accounts alone would be a guess
        pooled = (t.var() * len(t) + c.var() * len(c)) / (len(t) + len(c) - 2)
        variance += weight**2 * float(pooled) * (1 / len(t) + 1 / len(c))
    free = sum(len(t) + len(c) - 2 for t, c in good)
    room = _quantile(free) * math.sqrt(variance)
    return Effect(
        "holdout", value, value - room, value + room, sum(len(t) for t, _ in good), sum(len(c) for _, c in good)
    )


def _quantile(free: int) -> float:
    """Student's quantile at 97.5 %, by its expansion around the normal one."""
    z = Z
    return z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)


@dataclass(frozen=True)
class Candidate:
    """An account as it stood when a play began: `before` is its score then."""

    account_id: str
    stratum: str
    before: float
    value: float


def matched(treated: Sequence[Candidate], others: Sequence[Candidate]) -> Effect | None:
    """Each treated account against the untreated one of its stratum whose score was nearest, each used once.

    None with fewer than ten pairs.
    """
    free: Mapping[str, list[Candidate]] = defaultdict(list)
    for one in others:
        free[one.stratum].append(one)
    differences = []
    for one in sorted(treated, key=lambda candidate: candidate.account_id):
        near = free[one.stratum]
        if near:
            chosen = min(near, key=lambda other: (abs(other.before - one.before), other.account_id))
            if abs(chosen.before - one.before) <= NEAR:
                near.remove(chosen)
                differences.append(one.value - chosen.value)
    if len(differences) < 10:
        return None
    pairs = np.array(differences)
    room = _quantile(len(pairs) - 1) * float(pairs.std(ddof=1)) / math.sqrt(len(pairs))
    value = float(pairs.mean())
    return Effect("matched", value, value - room, value + room, len(pairs), len(pairs))


NEAR = 5.0
"""Points of the score between two accounts that look alike."""
