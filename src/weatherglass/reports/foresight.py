"""The pictures of a backtest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from weatherglass.outcomes.findings import FEW, Findings, LeadTime
from weatherglass.outcomes.panel import LOOK_BACK
from weatherglass.reports import wording
from weatherglass.reports.chart import HEIGHT, Chart, Column, Dot, Rule, Scale, Tick, Trace, Whisker, ticks

LOOKS = ("of-score", "of-first", "of-second", "of-third")
LEAD_STEP = 15
_GAP = 0.14


def captures(findings: Findings) -> Chart | None:
    """How much of the churn is found by how much flagging; None without a churn, or with too few for a curve."""
    if not findings.captures or findings.main.counts.few:
        return None
    unit = Scale(0, 1)
    traces = [Trace("M0 100L100 0", "of-chance", "by chance")]
    for place, curve in enumerate(findings.captures):
        path = unit.path(curve.flagged, curve.caught, unit)
        traces.append(Trace(path, LOOKS[min(place, len(LOOKS) - 1)], curve.ranker))
    told = "; ".join(f"{curve.ranker} {_at(curve.flagged, curve.caught, 0.2)}" for curve in findings.captures)
    return Chart(
        title=f"Churn caught, {findings.main.days} days ahead",
        across="Share of accounts flagged, worst first",
        description=f"Among the worst 20 percent: {told}.",
        grid=_percents(unit),
        ticks=ticks(Scale(0, 100), (0, 20, 40, 60, 80, 100), "%"),
        traces=tuple(traces),
    )


def reliability_curve(findings: Findings) -> Chart | None:
    """Stated probabilities against what came true; None where there were too few churns to fit any."""
    found = findings.main.reliability
    if found is None or not found.rows:
        return None
    top = _ceiling(max(*found.stated, *found.happened))
    scale = Scale(0, top)
    most = max(found.rows)
    dots = tuple(
        Dot(
            scale.across(stated),
            scale.down(happened),
            f"said {100 * stated:.1f}%, came true {100 * happened:.1f}%, {wording.count(rows, 'row')}",
            2.5 + 4 * math.sqrt(rows / most),
        )
        for stated, happened, rows in zip(found.stated, found.happened, found.rows, strict=True)
    )
    marks = tuple(100 * top * step / 4 for step in range(5))
    return Chart(
        title="Reliability",
        across="Churn rate that the score stood for before",
        description=(
            f"Rates fitted to the earlier snapshots against those of the later; mean distance {found.error:.3f}."
        ),
        grid=tuple(Rule(scale.down(mark / 100), f"{mark:.3g}%") for mark in marks),
        ticks=ticks(Scale(0, 100 * top), tuple(float(f"{mark:.3g}") for mark in marks), "%"),
        traces=(
            Trace("M0 100L100 0", "of-chance", "as said"),
            Trace(scale.path(found.stated, found.happened, scale), "of-score", "as it came true"),
        ),
        dots=dots,
    )


def lead_times(findings: Findings) -> Chart | None:
    """For how long accounts had been warned of when they went, beside those that stayed; None with too few churns."""
    lead = findings.leads[0]
    if len(lead.days) + lead.unseen < FEW or not lead.days:
        return None
    bins = LOOK_BACK // LEAD_STEP + 2
    left, stayed = (_shares(days, bins) for days in ((*lead.gone_days, *[-1] * lead.unseen), _all_stayed(lead)))
    top = _ceiling(float(max(left.max(), stayed.max())))
    scale = Scale(0, top)
    width = 100 / bins
    columns = tuple(
        Column(
            place * width + width * _GAP / 2,
            width * (1 - _GAP),
            scale.down(share),
            HEIGHT - scale.down(share),
            f"{_stretch(place)}: {wording.percent(share)} of churns, {wording.percent(stayed[place])} of who stayed",
        )
        for place, share in enumerate(left.tolist())
    )
    steps = np.repeat(stayed, 2)
    edges = np.repeat(np.arange(bins + 1), 2)[1:-1] * 100.0 / bins
    marks = tuple(100 * top * step / 4 for step in range(5))
    days = range(0, LOOK_BACK + 1, 45)
    return Chart(
        title=f"Days in {lead.warning} before an account was gone",
        across="Days of warning; at the left those without",
        description=f"Churned: median {lead.before_gone[1]:.0f} days." if lead.before_gone else "",
        grid=tuple(Rule(scale.down(mark / 100), f"{mark:.3g}%") for mark in marks),
        ticks=(Tick(width / 2, "none"), *(Tick((day / LEAD_STEP + 1) * width, f"{day}") for day in days if day)),
        traces=(Trace(Scale(0, 100).path(edges.tolist(), steps.tolist(), scale), "of-first", "those who stayed"),),
        columns=columns,
    )


def _all_stayed(lead: LeadTime) -> tuple[int, ...]:
    warned = len(lead.stayed_days)
    unwarned = round(warned / lead.stayed_warned) - warned if lead.stayed_warned > 0 else 0
    return (*lead.stayed_days, *[-1] * unwarned)


def _shares(days: tuple[int, ...], bins: int) -> NDArray[np.float64]:
    """Shares by stretches of days; the first is those that were not warned of by then."""
    place = np.clip(np.asarray(days, dtype=np.int64) // LEAD_STEP + 1, 0, bins - 1)
    counted = np.bincount(place, minlength=bins)
    return np.asarray(counted / max(1, counted.sum()), dtype=np.float64)


def _stretch(place: int) -> str:
    return "no warning" if place == 0 else f"{(place - 1) * LEAD_STEP} to {place * LEAD_STEP - 1} days"


def over_time(findings: Findings) -> Chart | None:
    """The AUC of each stretch of snapshots with its interval; None with fewer than two that have one."""
    known = [(place, one) for place, one in enumerate(findings.periods) if not math.isnan(one.measures["auc"].low)]
    if len(known) < 2:
        return None
    scale = Scale(0, 1)
    count = len(findings.periods)
    middle = [100 * (place + 0.5) / count for place, _ in known]
    points = [one.measures["auc"] for _, one in known]
    solid = [(x, point.value) for x, point, (_, one) in zip(middle, points, known, strict=True) if not one.counts.few]
    return Chart(
        title="Stability of the ROC AUC",
        across=f"Snapshot days; intervals of 95%, no dot where fewer than {FEW} churned",
        description="; ".join(f"{wording.day(one.first)} {one.measures['auc'].value:.2f}" for _, one in known) + ".",
        grid=tuple(Rule(scale.down(value), f"{value:g}") for value in (0, 0.5, 1)),
        ticks=_dates(findings),
        traces=(Trace("M0 50L100 50", "of-chance", "a coin"),),
        dots=tuple(Dot(x, scale.down(value), f"{value:.2f}") for x, value in solid),
        whiskers=tuple(
            Whisker(x, scale.down(point.high), scale.down(point.low)) for x, point in zip(middle, points, strict=True)
        ),
    )


def _dates(findings: Findings) -> tuple[Tick, ...]:
    count = len(findings.periods)
    every = math.ceil(count / 4)
    return tuple(
        Tick(100 * (place + 0.5) / count, f"{wording.month(one.first)} {one.first.year}")
        for place, one in enumerate(findings.periods)
        if place % every == every // 2
    )


def _percents(scale: Scale) -> tuple[Rule, ...]:
    return tuple(Rule(scale.down(value), f"{100 * value:.0f}%") for value in (0, 0.25, 0.5, 0.75, 1))


def _at(xs: tuple[float, ...], ys: tuple[float, ...], x: float) -> str:
    return f"{100 * float(np.interp(x, xs, ys)):.0f} percent"


def _ceiling(value: float) -> float:
    """The next share that four lines divide well."""
    return next((top for top in (0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8) if value <= top), 1.0)
