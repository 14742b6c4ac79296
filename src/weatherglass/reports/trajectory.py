"""The way of one score: twelve weeks as a line with the spans of 4, 8 and 12 weeks marked, and the year behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from weatherglass.reports import palette, wording
from weatherglass.reports.material import SPANS, UNSCORED, AccountDetail, Material

HEIGHT = 132
_WINDOW = max(SPANS)
# A label needs this much room below the top edge
_HEADROOM = 16.0


@dataclass(frozen=True, slots=True)
class Span:
    """What a score did over the last weeks."""

    weeks: int
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A marked day of the line: x in percent, y in pixels (None: no score), what it says above and on the axis."""

    x: float
    y: float | None
    text: str
    text_y: float
    tick: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """Where a tier begins."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row with the same tier shown: x and width in percent."""

    x: float
    width: float
    look: str
    depth: int
    """Height in pixels; more for a higher tier, so that the ribbon can be read without colour."""
    text: str


@dataclass(frozen=True, slots=True)
class Trajectory:
    path: str
    """In a box of 84 by 100."""
    year: str
    """In a box of `year_days` by 100."""
    year_days: int
    year_from: str
    stops: tuple[Stop, ...]
    spans: tuple[Span, ...]
    lines: tuple[Line, ...]
    ribbon: tuple[Stretch, ...]
    cards: tuple[float, ...]
    """Days, in percent, on which another card or version took over."""
    description: str
    height: int = HEIGHT


def trajectory(material: Material, detail: AccountDetail, lines: tuple[float, ...]) -> Trajectory:
    """`lines` are where the tiers above the lowest begin; empty when they are not known."""
    scores = np.asarray(detail.scores, dtype=np.float64)
    window = _window(scores)
    spans = tuple(_span(scores, days) for days in SPANS)
    year_days = max(len(scores) - 1, 1)
    return Trajectory(
        path=path(window),
        year=path(scores),
        year_days=year_days,
        year_from=wording.day(material.as_of - timedelta(days=len(scores) - 1)),
        stops=tuple(_stop(window, days) for days in (*reversed(SPANS), 0)),
        spans=spans,
        lines=tuple(
            Line(_y(line), f"{wording.label(name)} {line:g}")
            for name, line in zip(material.tiers[1:], lines, strict=False)
        ),
        ribbon=_ribbon(material.tiers, detail.tiers),
        cards=_cards(detail.versions),
        description=_description(scores, spans),
    )


def path(scores: NDArray[np.float64]) -> str:
    """SVG path of one unit a day and 100 units for 0..100, broken where there is no score."""
    parts: list[str] = []
    pen = False
    for day, value in enumerate(scores):
        if not np.isfinite(value):
            pen = False
            continue
        # h0 makes a day that stands alone a dot under round line caps
        parts.append(f"{'L' if pen else 'M'}{day} {100 - value:.2f}{'' if pen else 'h0'}")
        pen = True
    return "".join(parts)


def spark(scores: NDArray[np.float64], width: float, height: float) -> str:
    """SVG path of a small line over the last 84 days in a box of this size, 0..100 from bottom to top."""
    values = _window(np.asarray(scores, dtype=np.float64), _WINDOW)
    inner = height - 3
    parts: list[str] = []
    pen = False
    for day, value in enumerate(values):
        if not np.isfinite(value):
            pen = False
            continue
        x, y = 1 + day * (width - 2) / (_WINDOW - 1), 1.5 + inner * (1 - value / 100)
        parts.append(f"{'L' if pen else 'M'}{x:.1f} {y:.1f}{'' if pen else 'h0'}")
        pen = True
    return "".join(parts)


def _window(scores: NDArray[np.float64], days: int = _WINDOW + 1) -> NDArray[np.float64]:
    """The last days, filled up with NaN in front."""
    last = scores[-days:]
    return np.concatenate([np.full(days - len(last), np.nan), last])


def _y(value: float) -> float:
    return HEIGHT * (1 - value / 100)


def _span(scores: NDArray[np.float64], days: int) -> Span:
    now = float(scores[-1])
    before = float(scores[-1 - days]) if len(scores) > days else float("nan")
    moved = now - before
    return Span(days // 7, wording.score(before), wording.change(moved))


def _stop(window: NDArray[np.float64], days: int) -> Stop:
    at = _WINDOW - days
    value = float(window[at])
    known = bool(np.isfinite(value))
    y = _y(value) if known else None
    above = y is not None and y >= _HEADROOM + 4
    return Stop(
        x=100 * at / _WINDOW,
        y=y,
        text=wording.score(value) if known else "",
        text_y=0.0 if y is None else y - 8 if above else y + 18,
        tick="now" if days == 0 else f"{days // 7} wk",
        anchor={0: "end", _WINDOW: "start"}.get(days, "middle"),
    )


def _ribbon(tiers: tuple[str, ...], shown: tuple[str, ...]) -> tuple[Stretch, ...]:
    days = ("",) * (_WINDOW + 1 - len(shown)) + tuple(shown[-_WINDOW - 1 :])
    rank = {tier: at for at, tier in enumerate(tiers)}
    stretches: list[Stretch] = []
    start = 0
    for at in range(1, len(days) + 1):
        if at < len(days) and days[at] == days[start]:
            continue
        tier = days[start]
        if tier:
            place = rank.get(tier)
            depth = 3 if place is None else 4 + round(6 * place / max(1, len(tiers) - 1))
            text = f"{wording.label(tier or UNSCORED)}, {wording.count(at - start, 'day')}"
            box = 100 / len(days)
            stretches.append(Stretch(start * box, (at - start) * box, palette.css_class(place), depth, text))
        start = at
    return tuple(stretches)


def _cards(versions: tuple[str, ...]) -> tuple[float, ...]:
    days = ("",) * (_WINDOW + 1 - len(versions)) + tuple(versions[-_WINDOW - 1 :])
    return tuple(100 * at / _WINDOW for at in range(1, len(days)) if days[at] != days[at - 1] and days[at - 1])


def _description(scores: NDArray[np.float64], spans: tuple[Span, ...]) -> str:
    now = wording.score(float(scores[-1]))
    ways = "; ".join(f"{span.weeks} weeks before {span.before}, change {span.change}" for span in spans)
    return f"Score now {now}. {ways}."
