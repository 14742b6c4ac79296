"""Why a score moved between two days: lines that add up to the change exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A signal's score and its weight in the score of one day; None: it was not there."""

    score: float | None
    weight: float | None


@dataclass(frozen=True)
class Move:
    """One line of a change, in points of the score."""

    dimension: str
    signal: str
    points: float

    @property
    def key(self) -> tuple[str, str]:
        return self.dimension, self.signal


@dataclass(frozen=True)
class Change:
    """The signals' own moves, largest first, and what moved because weights did."""

    moves: list[Move]
    weights: float

    @property
    def total(self) -> float:
        return math.fsum([*(move.points for move in self.moves), self.weights])


Parts = Mapping[tuple[str, str], Part]


def by_signal(rows: Iterable[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """One account's rows of a day by the keys of moves."""
    return {(row["dimension"], row["signal"]): row for row in rows}


def parts(rows: Iterable[dict[str, Any]]) -> Parts:
    """The signals of one account's rows of a day that have a score."""
    told = by_signal(rows).items()
    return {key: Part(row["score"], row["weight"]) for key, row in told if row["score"] is not None}


def split(before: Parts, after: Parts) -> Change:
    """(w + w') / 2 * (s' - s) a signal, and one line of (w' - w) * (s + s') / 2; a missing s equals the other."""
    moves, shifted = [], []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key, Part(None, None)), after.get(key, Part(None, None))
        if old.score is None and new.score is None:
            continue
        s = old.score if old.score is not None else new.score
        s_new = new.score if new.score is not None else old.score
        assert s is not None and s_new is not None
        w, w_new = old.weight or 0.0, new.weight or 0.0
        moves.append(Move(*key, (w + w_new) / 2 * (s_new - s)))
        shifted.append((w_new - w) * (s + s_new) / 2)
    moves.sort(key=lambda move: (-abs(move.points), move.dimension, move.signal))
    return Change(moves, math.fsum(shifted))
