"""How the signals of one account add up to its score, and which of them moved it over 28 days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from weatherglass.reports import wording
from weatherglass.reports.trajectory import spark
from weatherglass.scores.change import Part, split

SPARK_WIDTH, SPARK_HEIGHT = 88.0, 22.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the staircase: a dimension (the sum of its signals) or a signal. x and widths in points, 0..100."""

    name: str
    is_dimension: bool
    score: str
    points: str
    most: str
    """What it would add at a score of 100."""
    moved: str
    """Points it moved the score by over 28 days."""
    start: float
    length: float
    missed: float
    spark: str
    spark_text: str
    note: str


@dataclass(frozen=True, slots=True)
class Contributions:
    parts: tuple[Step, ...]
    weights_moved: str
    """Points that moved weights account for; empty when they moved nothing."""
    total: str
    total_points: float
    total_moved: str
    unweighed: tuple[tuple[str, str], ...]
    """Signals that are shown but carry no weight: name and score."""
    without_data: tuple[str, ...]
    split: bool
    """Whether the change over 28 days is split among the signals."""


@dataclass(frozen=True, slots=True)
class _Signal:
    dimension: str
    name: str
    score: float | None
    weight: float
    points: float

    @property
    def key(self) -> tuple[str, str]:
        return self.dimension, self.name


def contributions(
    now: pa.Table,
    before: pa.Table | None,
    history: Mapping[str, NDArray[np.float64]],
    comparable: bool,
) -> Contributions:
    """`comparable`: both days are scored, and with the same card, so that the change can be split among signals."""
    signals = _signals(now)
    moved, by_weights = _moved(signals, _signals(before)) if comparable and before is not None else ({}, 0.0)
    weighed = [signal for signal in signals if signal.weight > 0]
    parts: list[Step] = []
    start = 0.0
    for dimension in dict.fromkeys(signal.dimension for signal in weighed):
        own = [signal for signal in weighed if signal.dimension == dimension]
        parts.append(_dimension(dimension, own, moved, start))
        for signal in own:
            parts.append(_step(signal, moved, start, history))
            start += signal.points
    rest = [signal for signal in signals if signal.weight <= 0]
    gone = sum(points for key, points in moved.items() if key not in {signal.key for signal in weighed})
    total_moved = sum(moved.values()) + by_weights
    return Contributions(
        parts=tuple(parts),
        weights_moved=wording.change(by_weights + gone, 2) if moved and abs(by_weights + gone) >= 0.005 else "",
        total=wording.score(start, 2) if weighed else wording.NONE,
        total_points=start,
        total_moved=wording.change(total_moved, 2) if moved else wording.NONE,
        unweighed=tuple(
            (wording.label(signal.name), wording.score(signal.score)) for signal in rest if wording.known(signal.score)
        ),
        without_data=tuple(wording.label(signal.name) for signal in rest if not wording.known(signal.score)),
        split=bool(moved),
    )


def _signals(table: pa.Table | None) -> list[_Signal]:
    if table is None:
        return []
    return [
        _Signal(
            dimension=row["dimension"],
            name=row["signal"],
            score=row["score"],
            weight=row["weight"] or 0.0,
            points=row["contribution"] or 0.0,
        )
        for row in table.select(["dimension", "signal", "score", "weight", "contribution"]).to_pylist()
    ]


def _moved(now: list[_Signal], before: list[_Signal]) -> tuple[dict[tuple[str, str], float], float]:
    """Points by signal, and those of moved weights; together they are the change of the score exactly."""
    old, new = ({signal.key: Part(signal.score, signal.weight) for signal in side} for side in (before, now))
    change = split(old, new)
    return {(move.dimension, move.signal): move.points for move in change.moves}, change.weights


def _dimension(name: str, own: list[_Signal], moved: dict[tuple[str, str], float], start: float) -> Step:
    points = sum(signal.points for signal in own)
    weight = sum(signal.weight for signal in own)
    change = sum(moved.get(signal.key, 0.0) for signal in own)
    return Step(
        name=wording.label(name),
        is_dimension=True,
        score=wording.score(points / weight),
        points=wording.score(points, 2),
        most=wording.score(100 * weight),
        moved=wording.change(change, 2) if moved else wording.NONE,
        start=start,
        length=points,
        missed=100 * weight - points,
        spark="",
        spark_text="",
        note=f"{wording.label(name)}: {points:.2f} of {100 * weight:.1f} points",
    )


def _step(
    signal: _Signal,
    moved: dict[tuple[str, str], float],
    start: float,
    history: Mapping[str, NDArray[np.float64]],
) -> Step:
    most, change = 100 * signal.weight, moved.get(signal.key)
    days = history.get(signal.name)
    return Step(
        name=wording.label(signal.name),
        is_dimension=False,
        score=wording.score(signal.score),
        points=wording.score(signal.points, 2),
        most=wording.score(most),
        moved=wording.change(change, 2),
        start=start,
        length=signal.points,
        missed=most - signal.points,
        spark="" if days is None else spark(days, SPARK_WIDTH, SPARK_HEIGHT),
        spark_text="" if days is None else _spark_text(signal.name, days),
        note=f"{wording.label(signal.name)}: {signal.points:.2f} of {most:.1f} points",
    )


def _spark_text(name: str, days: NDArray[np.float64]) -> str:
    known = days[np.isfinite(days)]
    if not len(known):
        return f"{wording.label(name)}: no score in 12 weeks"
    first, last = wording.score(float(known[0])), wording.score(float(known[-1]))
    return f"{wording.label(name)} over 12 weeks: from {first} to {last}, lowest {wording.score(float(known.min()))}"
