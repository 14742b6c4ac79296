"""Voices: what people of an account say, kind by kind, and whether it has turned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.actions.arrays import Floats, Ints, stretches

LAG, SPAN = 45, 240
"""What is usual of an account is what it said in 240 days, but for the last 45."""
PRIOR = 5
"""Voices of the fleet that stand beside an account's own: who has said little is as the others."""
ENOUGH = 30
"""Pairs of one voice and the next from which on it is known how much a kind of voice differs by chance."""
MOST = 3.0
"""Standard deviations that a single voice can count for."""
TURN = 1.2
"""Standard deviations that voices are lower when they have turned."""


@dataclass(frozen=True)
class Voices:
    """Single voices, one element each."""

    account: Ints
    day: Ints
    kind: Ints
    value: Floats
    """The higher, the happier; kinds have scales of their own."""


NONE = Voices(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))


def turned(voices: Voices, shape: tuple[int, int], first: int) -> Floats:
    """(A, D) how much likelier the voices of a day are if the mood has turned than if not, as logarithms."""
    return weighed(voices).laid(0, shape, first)


@dataclass(frozen=True)
class Weighed:
    """What each voice says of the mood, by account; those of one account are kind by kind."""

    account: Ints
    day: Ints
    evidence: Floats

    def laid(self, offset: int, shape: tuple[int, int], first: int) -> Floats:
        """(A, D) the sum of each day. offset: the first account; first: the first day."""
        mine = slice(*np.searchsorted(self.account, [offset, offset + shape[0]]))
        account, at = self.account[mine] - offset, self.day[mine] - first
        there = (at >= 0) & (at < shape[1])
        found = np.zeros(shape)
        np.add.at(found, (account[there], at[there]), self.evidence[mine][there])
        return found


def weighed(voices: Voices) -> Weighed:
    """Each voice held against what is usual of its account and kind."""
    kinds = []
    for kind in np.unique(voices.kind):
        mine = voices.kind == kind
        order = np.lexsort((voices.day[mine], voices.account[mine]))
        kinds.append(_Kind(*(values[mine][order] for values in (voices.account, voices.day, voices.value))))
    if not kinds:
        return Weighed(NONE.account, NONE.day, NONE.value)
    account = np.concatenate([one.account for one in kinds])
    order = np.argsort(account, kind="stable")
    day = np.concatenate([one.day for one in kinds])
    evidence = np.concatenate([one.evidence() for one in kinds])
    return Weighed(account[order], day[order], evidence[order])


@dataclass(frozen=True)
class _Kind:
    """The voices of one kind, by account and day."""

    account: Ints
    day: Ints
    value: Floats

    def evidence(self) -> Floats:
        spread = self._spread()
        if spread <= 0:
            return np.zeros(len(self.value))
        since, until = stretches(self.account, self.day, LAG, SPAN)
        total = np.concatenate([[0.0], np.cumsum(self.value)])
        count = until - since + PRIOR
        usual = (total[until] - total[since] + PRIOR * self.value.mean()) / count
        lower = np.clip((usual - self.value) / (spread * np.sqrt(1 + 1 / count)), -MOST, MOST)
        return np.asarray(TURN * lower - TURN**2 / 2)

    def _spread(self) -> float:
        """The standard deviation of one account's voices, by those that follow each other; 0 where it is unknown."""
        steps = np.diff(self.value)[np.diff(self.account) == 0]
        if len(steps) < ENOUGH:
            return 0.0
        # of most of them, so that a few great changes do not hide the small ones
        most = float(np.percentile(np.abs(steps), 68) / np.sqrt(2))
        return max(most, 0.8 * float(np.std(steps) / np.sqrt(2)))
