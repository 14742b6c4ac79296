"""A small chart: lines, dots, columns and intervals over a grid, in percent across and pixels down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 200


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line of the grid: pixels down, and what it says."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label below: percent across."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Trace:
    """A line in a box of 100 by 100, and the class that gives it its look."""

    path: str
    look: str
    name: str = ""
    """What the legend calls it; empty: not in the legend."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point: percent across, pixels down, and what it says when it is pointed at."""

    x: float
    y: float
    text: str
    radius: float = 3.2


@dataclass(frozen=True, slots=True)
class Whisker:
    """An interval: percent across, from pixel to pixel down."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column: percent across, pixels down."""

    x: float
    width: float
    y: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture with its words."""

    title: str
    across: str
    """What the axis below measures."""
    description: str
    grid: tuple[Rule, ...]
    ticks: tuple[Tick, ...]
    traces: tuple[Trace, ...] = ()
    dots: tuple[Dot, ...] = ()
    whiskers: tuple[Whisker, ...] = ()
    columns: tuple[Column, ...] = ()
    height: int = HEIGHT

    @property
    def legend(self) -> tuple[Trace, ...]:
        return tuple(trace for trace in self.traces if trace.name)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to places: `low` at 0 and `high` at 1."""

    low: float
    high: float

    def share(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0

    def across(self, value: float) -> float:
        """Percent from the left."""
        return 100 * self.share(value)

    def down(self, value: float) -> float:
        """Pixels from the top, kept inside the picture."""
        return HEIGHT * (1 - min(1.0, max(0.0, self.share(value))))

    def path(self, xs: Sequence[float], ys: Sequence[float], upwards: Scale) -> str:
        """A line through points, in a box of 100 by 100."""
        points = [f"{self.across(x):.2f} {100 * (1 - upwards.share(y)):.2f}" for x, y in zip(xs, ys, strict=True)]
        return f"M{'L'.join(points)}" if points else ""


def ticks(scale: Scale, values: Sequence[float], unit: str = "") -> tuple[Tick, ...]:
    """Labels at values; those at the edges stay inside."""
    return tuple(
        Tick(
            scale.across(value),
            f"{value:g}{unit}",
            "start" if value == values[0] else "end" if value == values[-1] else "middle",
        )
        for value in values
    )
