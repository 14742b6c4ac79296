"""engagement_trends: velocity and consistency of core actions (section 5)."""

from __future__ import annotations

from dataclasses import dataclass

from .days import back, last_days, last_weeks
from .numbers import Measured, change_score, clamp, mean, median, population_sd
from .view import View, Workspace


@dataclass(frozen=True)
class Growth:
    """An account's velocity before the fleet is looked at."""

    null: bool
    now: int
    """A1: core actions of the last 28 days."""
    before: int
    """A0: core actions of the 28 days before."""
    change: float | None
    """v after the year-ago correction; None when null or when A0 is 0."""


def growth(view: View) -> Growth:
    """A1 against A0, corrected (a) for the same weeks a year ago."""
    now = view.core_actions(last_days(view.day, 28))
    before = view.core_actions(last_days(back(view.day, 28), 28))
    if view.history_days < 56 or not view.core_on:
        return Growth(True, now, before, None)
    if before == 0:
        return Growth(False, now, before, None)
    v = now / before - 1
    if view.history_days >= 420:
        first = view.core_actions(last_days(back(view.day, 364 + 28), 28))
        second = view.core_actions(last_days(back(view.day, 364), 28))
        if first >= 20:
            v = (1 + v) / (1 + clamp(second / first - 1, -0.5, 0.5)) - 1
    return Growth(False, now, before, v)


def fleet_change(workspace: Workspace) -> float | None:
    """The median v after (a) of the accounts with a velocity and A0 >= 20, when there are at least 20 of them."""
    changes = []
    for account in workspace.scored_accounts:
        own = growth(workspace.view(account))
        if own.change is not None and own.before >= 20:
            changes.append(own.change)
    return median(changes) if len(changes) >= 20 else None


def velocity(view: View, fleet: float | None) -> Measured:
    """v corrected (a) for the year before and (b) for the fleet, through (-0.20, 0), (0, 50), (0.20, 100)."""
    own = growth(view)
    if own.null:
        return Measured(None, own.before, None)
    if own.change is None:
        return Measured(None, own.before, 100.0 if own.now > 0 else 0.0)
    v = own.change
    if fleet is not None:
        v = (1 + v) / (1 + clamp(fleet, -0.5, 0.5)) - 1
    return Measured(v, own.before, change_score(v))


def consistency(view: View) -> Measured:
    """100 * (1 - min(1, sd/mean)) of the totals of the last 8 weeks; 0 when their mean is 0."""
    totals = [view.core_actions(week) for week in last_weeks(view.day, 8)]
    spread = population_sd(totals) / mean(totals) if mean(totals) > 0 else None
    if view.history_days < 56 or not view.core_on:
        return Measured(spread, None, None)
    return Measured(spread, None, 0.0 if spread is None else 100 * (1 - min(1.0, spread)))
