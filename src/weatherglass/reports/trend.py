"""How the tiers filled and emptied over the weeks: stacked columns, one a week."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from weatherglass.reports import palette, wording
from weatherglass.reports.material import UNSCORED, Material

HEIGHT = 168
WEEKS = 53
_GAP = 0.22
"""Share of a week's width left free beside its column."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One tier of one week: x and width in percent of the chart, y and height in pixels."""

    x: float
    width: float
    y: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a place: percent along the x axis, or pixels down the y axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    title: str
    description: str
    bars: tuple[Bar, ...]
    grid: tuple[Mark, ...]
    ticks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A week in figures: a pair of accounts and revenue a tier, in the order of `order`."""

    day: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trends:
    accounts: Trend
    revenue: Trend | None
    """None where no revenue is known."""
    names: tuple[str, ...]
    rows: tuple[TrendRow, ...]
    height: int = HEIGHT


def trends(material: Material) -> Trends | None:
    """None without a table of weeks or with fewer than two of them: a single column is no trend."""
    if material.tier_trend is None:
        return None
    weeks: dict[date, dict[str, tuple[int, float | None]]] = {}
    for row in material.tier_trend.to_pylist():
        weeks.setdefault(row["as_of"], {})[row["tier_shown"]] = (row["accounts"] or 0, row["revenue"])
    days = sorted(weeks)[-WEEKS:]
    if len(days) < 2:
        return None
    # The lowest tier stands on the axis, where its height can be read
    order = (*material.tiers, UNSCORED)
    accounts = [[float(weeks[day].get(tier, (0, None))[0]) for tier in order] for day in days]
    revenue = [[max(0.0, weeks[day].get(tier, (0, None))[1] or 0.0) for tier in order] for day in days]
    paid = any(any(week) for week in revenue)

    def cell(day: date, tier: str) -> tuple[str, str]:
        accounts, revenue = weeks[day].get(tier, (0, None))
        # a workspace that knows no revenue has none to tell of, and not none in revenue
        return f"{accounts:,}", wording.money(revenue if paid else None, material.currency)

    return Trends(
        accounts=_trend("Accounts by tier", days, order, accounts, lambda value: f"{value:,.0f}"),
        revenue=_trend("ARR by tier", days, order, revenue, lambda value: wording.money_round(value, material.currency))
        if paid
        else None,
        names=tuple(wording.label(tier) for tier in order),
        rows=tuple(TrendRow(wording.day(day), tuple(cell(day, tier) for tier in order)) for day in days),
    )


def _trend(
    title: str, days: list[date], order: tuple[str, ...], weeks: list[list[float]], write: Callable[[float], str]
) -> Trend:
    top = _ceiling(max(sum(week) for week in weeks))
    step = 100 / len(weeks)
    bars = []
    for at, week in enumerate(weeks):
        floor = 0.0
        for rank, value in enumerate(week):
            if value > 0:
                height = HEIGHT * value / top
                look = palette.css_class(None if order[rank] == UNSCORED else rank)
                bars.append(Bar(at * step + step * _GAP / 2, step * (1 - _GAP), HEIGHT - floor - height, height, look))
                floor += height
    grid = tuple(Mark(HEIGHT * (1 - part), write(top * part)) for part in (0.0, 0.5, 1.0))
    ends = "; ".join(
        f"{wording.label(tier)} {write(weeks[0][at])} to {write(weeks[-1][at])}" for at, tier in enumerate(order)
    )
    description = f"Weekly from {wording.day(days[0])} to {wording.day(days[-1])}. {ends}."
    return Trend(title, description, tuple(bars), grid, _months(days, step))


def _months(days: list[date], step: float) -> tuple[Mark, ...]:
    """The first week of a month bears its name, at most five of them, the year with the first and with January."""
    starts = [at for at, day in enumerate(days) if at == 0 or day.month != days[at - 1].month]
    # A month of which only the end is shown would stand upon its neighbour
    if len(starts) > 1 and starts[1] * step < 8:
        starts = starts[1:]
    every = math.ceil(len(starts) / 5)
    marks = []
    for number, at in enumerate(starts[::every]):
        if at * step > 92:
            continue
        year = (
            f" \N{RIGHT SINGLE QUOTATION MARK}{days[at].year % 100:02d}"
            if number == 0 or days[at].month <= every
            else ""
        )
        marks.append(Mark(at * step, wording.month(days[at]) + year))
    return tuple(marks)


def _ceiling(value: float) -> float:
    """The next round number whose half is round as well (and whole, when it is 2 or more)."""
    if value <= 2:
        return 2.0
    unit: float = 10.0 ** math.floor(math.log10(value))
    factors = (2, 4, 6, 8, 10) if unit == 1 else (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)
    return next(factor * unit for factor in factors if factor * unit >= value)
