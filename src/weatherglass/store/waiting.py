"""Which message ids wait to become part of a segment, as far as one word of their keys tells: in memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


class Waiting:
    """Words in runs, each in order and at least twice as long as the next: adding costs little, and so does looking."""

    def __init__(self) -> None:
        self._runs: list[Words] = []

    def add(self, words: Words) -> None:
        """Add some, in order; those that are there already take no more room for long."""
        if not len(words):
            return
        run = words
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
            run.sort(kind="stable")
            run = run[np.append(True, run[1:] != run[:-1])]
        self._runs.append(run)

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def meets(self, words: Words) -> bool:
        """Whether any of some, in order, is there."""
        return any(is_in(words, run) for run in self._runs)


def is_in(words: Words, run: Words) -> bool:
    """Whether any of some words is in a run; both are in order."""
    if not len(run):
        return False
    places = np.searchsorted(run, words)
    return bool((run[np.minimum(places, len(run) - 1)] == words).any())
