"""What a backtest found: plain objects, and the same as JSON."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weatherglass.outcomes.bootstrap import Estimate
from weatherglass.outcomes.reliability import Reliability

FEW = 20
"""With fewer churns there are intervals only: a single number would be taken for one."""

Measures = Mapping[str, Estimate]
"""Estimates by name, as `metrics` names them."""


@dataclass(frozen=True)
class Counts:
    """How much there is to judge by."""

    rows: int
    """Account-days whose label is known."""
    accounts: int
    positives: int
    """Rows that a churn followed on."""
    churns: int
    """Churns that followed on a row; one may follow on several."""

    @property
    def few(self) -> bool:
        return self.churns < FEW

    def to_json(self) -> dict[str, int | bool]:
        return {**vars(self), "few": self.few}


@dataclass(frozen=True)
class Ranker:
    """One way to rank accounts, and how well it foresaw: by accounts, and by their revenue where it is known."""

    name: str
    measures: Measures
    by_revenue: Measures | None
    versus_score: Estimate | None
    """By how much the score's AUC is larger; None for the score itself."""


@dataclass(frozen=True)
class Horizon:
    """What was foreseen of so many days ahead."""

    days: int
    counts: Counts
    rankers: tuple[Ranker, ...]
    absent: tuple[str, ...]
    """Rankings that there is no data for."""
    reliability: Reliability | None
    """Of probabilities fitted to the earlier snapshots and judged on the later; None with too few churns for it."""
    verdict: str

    @property
    def score(self) -> Ranker:
        return self.rankers[0]


@dataclass(frozen=True)
class Group:
    """The score among some of the rows, of the longest horizon."""

    name: str
    counts: Counts
    measures: Measures


@dataclass(frozen=True)
class Period:
    """The score on some snapshot days in a row, of the longest horizon."""

    first: dt.date
    last: dt.date
    counts: Counts
    measures: Measures
    mean_score: float


@dataclass(frozen=True)
class LeadTime:
    """How long before churns the score warned, of those that followed on a row within the longest horizon.

    `days` and `gone_days` have one number a churn that was warned of, to the churn and to the day from which the
    account was in fact gone; `unseen` counts the other churns. `stayed_days` has one a warned account that stayed.
    """

    warning: str
    days: tuple[int, ...]
    gone_days: tuple[int, ...]
    stayed_days: tuple[int, ...]
    unseen: int
    quartiles: tuple[float, float, float] | None
    """To the day on which the account counts as churned."""
    before_gone: tuple[float, float, float] | None
    """To the day from which it was in fact gone; below 0 where the warning came later."""
    stayed: tuple[float, float, float] | None
    """How long accounts that stayed had been warned of, as of a snapshot day: what chance alone would show."""
    stayed_warned: float
    """The share of those accounts that were warned of at all; NaN without any."""


@dataclass(frozen=True)
class Capture:
    """The share of the churn that is found when so large a share of the rows is flagged, the worst first."""

    ranker: str
    flagged: tuple[float, ...]
    caught: tuple[float, ...]


@dataclass(frozen=True)
class Findings:
    """A whole backtest."""

    source: str
    source_said: str
    first: dt.date
    last: dt.date
    """The first and the last snapshot day."""
    known_to: dt.date
    snapshots: int
    every: int
    counted: Mapping[str, int]
    horizons: tuple[Horizon, ...]
    segments: tuple[Group, ...]
    tenures: tuple[Group, ...]
    periods: tuple[Period, ...]
    leads: tuple[LeadTime, ...]
    captures: tuple[Capture, ...]
    lowest: str
    """The name of the lowest tier, which `red` in the names of measures stands for."""
    said: tuple[str, ...]
    """What is to be known before the numbers are believed."""

    @property
    def main(self) -> Horizon:
        """The longest horizon, which has the most churns."""
        return self.horizons[-1]

    def to_json(self) -> dict[str, Any]:
        """Plain data; single numbers are left out where too few churned, what is not defined is None."""
        return {
            "source": self.source,
            "outcomes": self.source_said,
            "snapshots": {
                "first": self.first.isoformat(),
                "last": self.last.isoformat(),
                "days": self.snapshots,
                "every": self.every,
                "known_to": self.known_to.isoformat(),
                **self.counted,
            },
            "lowest_tier": self.lowest,
            "said": list(self.said),
            "horizons": [_horizon(one) for one in self.horizons],
            "lead_time": [_lead(one) for one in self.leads],
            "capture": [vars(one) for one in self.captures],
            "segments": [_group(one) for one in self.segments],
            "tenures": [_group(one) for one in self.tenures],
            "periods": [_period(one) for one in self.periods],
        }


def _measures(measures: Measures | None, counts: Counts) -> dict[str, Any] | None:
    if measures is None:
        return None
    return {name: one.to_json(interval_only=counts.few) for name, one in measures.items()}


def _horizon(one: Horizon) -> dict[str, Any]:
    return {
        "days": one.days,
        "counts": one.counts.to_json(),
        "verdict": one.verdict,
        "rankers": [
            {
                "name": ranker.name,
                "measures": _measures(ranker.measures, one.counts),
                "by_revenue": _measures(ranker.by_revenue, one.counts),
                "score_better_by": None
                if ranker.versus_score is None
                else ranker.versus_score.to_json(interval_only=one.counts.few),
            }
            for ranker in one.rankers
        ],
        "absent": list(one.absent),
        "reliability": None if one.reliability is None else one.reliability.to_json(),
    }


def _group(one: Group) -> dict[str, Any]:
    return {"name": one.name, "counts": one.counts.to_json(), "measures": _measures(one.measures, one.counts)}


def _period(one: Period) -> dict[str, Any]:
    return {
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "counts": one.counts.to_json(),
        "measures": _measures(one.measures, one.counts),
        "mean_score": one.mean_score,
    }


def _lead(one: LeadTime) -> dict[str, Any]:
    few = len(one.days) + one.unseen < FEW
    return {
        "warning": one.warning,
        "churns": len(one.days) + one.unseen,
        "unseen": one.unseen,
        "days_to_churn": None if few or one.quartiles is None else list(one.quartiles),
        "days_before_gone": None if few or one.before_gone is None else list(one.before_gone),
        "days_of_those_who_stayed": None if one.stayed is None else list(one.stayed),
        "share_of_those_who_stayed": None if math.isnan(one.stayed_warned) else one.stayed_warned,
    }
