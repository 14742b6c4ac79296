"""The score of every account on every day, and the signals it is made of (sections 3, 5, 8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from . import adoption, further, onboarding, support, tiers, trends, usage
from .card import DIMENSIONS, FURTHER, Scaling, Settings
from .company import Company
from .facts import read_facts
from .numbers import Measured
from .scaling import counts, rescaled
from .view import View, Workspace

Cell = dict[str, Any]
"""One row of the answer, by column."""

USAGE = ("active_user_ratio", "session_frequency", "core_actions", "depth")
OWN = {
    "habit": usage.habit,
    "consistency": trends.consistency,
    "adoption": adoption.adoption,
    "volume": support.volume,
    "severity": support.severity,
    "resolution": support.resolution,
    "satisfaction": support.satisfaction,
    **further.SIGNALS,
}
"""Signals with a rule of their own that needs nothing but the account's view. Velocity needs the fleet, too."""


def score_company(
    company: Company, settings: Settings, as_of: date, since: date | None = None
) -> tuple[list[Cell], list[Cell]]:
    """Score rows and signal rows of every account and every day of since..as_of (of `as_of` alone without `since`).

    Both in the order account, day; columns as in the contract, without `scorecard_version`.
    """
    return History(company, settings).score(since or as_of, as_of)


class History:
    """A company through time: each day's workspace is made once, from a copy that ends with that day."""

    def __init__(self, company: Company, settings: Settings) -> None:
        self.facts = read_facts(company)
        self.settings = settings
        self._workspaces: dict[date, Workspace] = {}
        self._x: dict[tuple[str, str], PastX] = {}

    def at(self, day: date) -> Workspace:
        """What was known at the end of the day."""
        if day not in self._workspaces:
            self._workspaces[day] = Workspace(self.facts, day, self.settings)
        return self._workspaces[day]

    def x(self, account: str, signal: str) -> usage.X:
        """x(d) of a usage signal, for every d."""
        return self._x.setdefault((account, signal), PastX(self, account, signal))

    def score(self, since: date, as_of: date) -> tuple[list[Cell], list[Cell]]:
        """Score rows and signal rows; the days before `since` are scored for the sake of `tier_shown` only."""
        first = self.at(as_of).first_day
        rows: dict[str, list[Cell]] = {}
        signals: dict[str, list[Cell]] = {}
        day = first if first is not None else as_of + timedelta(days=1)
        while day <= as_of:
            for account, row, lines in self._day(day):
                rows.setdefault(account, []).append(row)
                signals.setdefault(account, []).extend(lines)
            day += timedelta(days=1)
        for history in rows.values():
            for row, shown in zip(
                history, tiers.shown([row["score"] for row in history], self.settings.card), strict=True
            ):
                row["tier_shown"] = shown
        return (
            [row for account in sorted(rows) for row in rows[account] if row["as_of"] >= since],
            [row for account in sorted(rows) for row in signals[account] if row["as_of"] >= since],
        )

    def _day(self, day: date) -> list[tuple[str, Cell, list[Cell]]]:
        """Account, score row and signal rows of every account that has a row on the day."""
        workspace = self.at(day)
        card = self.settings.card
        fleet = trends.fleet_change(workspace)
        views = {account: workspace.view(account) for account in workspace.scored_accounts}
        measured: dict[str, dict[tuple[str, str], Measured]] = {account: {} for account in views}
        for dimension, (_, signals) in card.dimensions.items():
            for signal, (_, scaling) in signals.items():
                raw = {account: self._measure(view, signal, scaling, fleet) for account, view in views.items()}
                for account, own in raw.items():
                    cohort = _cohort(raw, views, account, scaling)
                    score = rescaled(scaling, own, cohort)
                    measured[account][dimension, signal] = Measured(own.value, own.baseline, score)
        return [(account, *_rows(views[account], measured[account])) for account in views]

    def _measure(self, view: View, signal: str, scaling: Scaling, fleet: float | None) -> Measured:
        """One signal before percentile, range or steps are put on it."""
        if signal == "velocity":
            return trends.velocity(view, fleet)
        if signal not in USAGE:
            return OWN[signal](view)
        x = self.x(view.account, signal)
        if scaling == "peak":
            return usage.peak(view, signal, x)
        if scaling == "median_grace":
            return usage.median_grace(view, signal, x)
        assert scaling != "own", f"{signal} has no rule of its own"
        return usage.plain(view, signal, x)


class PastX(dict[date, float | None]):
    """x(d) of one signal of one account, each made once, from what was known at the end of d."""

    def __init__(self, history: History, account: str, signal: str) -> None:
        super().__init__()
        self.history = history
        self.account = account
        self.signal = signal

    def __missing__(self, day: date) -> float | None:
        self[day] = usage.x_of(self.history.at(day).view(self.account), self.signal)
        return self[day]


def _cohort(raw: dict[str, Measured], views: dict[str, View], account: str, scaling: Scaling) -> list[float]:
    """x of the accounts with the same value of the cohort column, the account included; None is a value, too."""
    if scaling[0] != "percentile":
        return []
    column = scaling[1]
    mine = views[account].attributes.get(column)
    return [
        own.value
        for other, own in raw.items()
        if own.value is not None and counts(own) and views[other].attributes.get(column) == mine
    ]


def _rows(view: View, measured: dict[tuple[str, str], Measured]) -> tuple[Cell, list[Cell]]:
    """The score row (`tier_shown` still missing) and the signal rows of one account and day."""
    card = view.settings.card
    dimensions = {
        dimension: _weighted_mean(
            [(weight, measured[dimension, signal].score) for signal, (weight, _) in signals.items()]
        )
        for dimension, (_, signals) in card.dimensions.items()
    }
    weighted = [(weight, dimensions[dimension]) for dimension, (weight, _) in card.dimensions.items()]
    covered = sum(weight for weight, score in weighted if score is not None) / sum(weight for weight, _ in weighted)
    newcomer = onboarding.onboarding(view)
    blend = onboarding.blend(view, newcomer.score, _weighted_mean(weighted), covered)
    row: Cell = {
        "account_id": view.account,
        "as_of": view.day,
        "score": blend.score,
        "tier": tiers.name(blend.score, card),
        "tier_shown": None,
        "grade": tiers.grade(blend.score),
        "lifecycle": onboarding.lifecycle(view, newcomer),
        "coverage": blend.coverage,
        "confidence": blend.coverage * min(1, view.history_days / 84),
        "method": "weighted",
    }
    for dimension in DIMENSIONS:
        row[f"dim_{dimension}"] = newcomer.score if dimension == "onboarding" else dimensions.get(dimension)
    return row, _signal_rows(view, measured, dimensions, newcomer, blend)


def _weighted_mean(parts: list[tuple[float, float | None]]) -> float | None:
    """sum(w * s) / sum(w) over the parts with a score; None where those weigh nothing."""
    present = [(weight, score) for weight, score in parts if score is not None]
    total = sum(weight for weight, _ in present)
    return sum(weight * score for weight, score in present) / total if total > 0 else None


def _signal_rows(
    view: View,
    measured: dict[tuple[str, str], Measured],
    dimensions: dict[str, float | None],
    newcomer: Measured,
    blend: onboarding.Blend,
) -> list[Cell]:
    """One row a signal, in the order of the dimensions; weights are shares of this day's score (section 8)."""
    card = view.settings.card
    total = sum(card.dimensions[name][0] for name, score in dimensions.items() if score is not None)
    rows = []
    for dimension in DIMENSIONS:
        if dimension == "onboarding" and newcomer.score is not None and view.age < 90:
            share = None if blend.score is None else blend.onboarding
            rows.append(_signal_row(view, "onboarding", "milestones", newcomer, share))
        if dimension not in card.dimensions:
            continue
        weight, signals = card.dimensions[dimension]
        inside = sum(w for signal, (w, _) in signals.items() if measured[dimension, signal].score is not None)
        for signal, (w, _) in signals.items():
            own = measured[dimension, signal]
            if own.score is None and dimension in FURTHER:
                continue
            share = None
            if blend.score is not None and own.score is not None:
                share = blend.behavioural * (weight / total) * (w / inside) if weight * w > 0 else 0.0
            rows.append(_signal_row(view, dimension, signal, own, share))
    return rows


def _signal_row(view: View, dimension: str, signal: str, own: Measured, weight: float | None) -> Cell:
    return {
        "account_id": view.account,
        "as_of": view.day,
        "dimension": dimension,
        "signal": signal,
        "value": own.value,
        "baseline": own.baseline,
        "score": own.score,
        "weight": weight,
        "contribution": None if weight is None or own.score is None else weight * own.score,
    }
