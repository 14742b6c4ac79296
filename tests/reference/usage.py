"""product_usage: x(d) of a 28-day window ending on d, and its scalings (section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .days import Days, back, last_days, last_weeks
from .numbers import Measured, mean, median
from .view import View

X = Mapping[date, float | None]
"""x(d) of one signal of one account, always the value known at the end of d; None where it does not exist."""


def x_of(view: View, signal: str) -> float | None:
    """x on the day of the view."""
    window = last_days(view.day, 28)
    if signal == "active_user_ratio":
        seats = view.seats
        if seats is None and view.settings.card.seats_unknown == "distinct_users":
            seats = view.users_ever or None
        return None if seats is None else len(view.active_users(window)) / seats
    if signal == "session_frequency":
        return view.sessions(window)
    if signal == "core_actions":
        return view.core_actions(window)
    assert signal == "depth", signal
    sessions = view.sessions(window)
    events = sum(view.user_events_on.get(day, 0) for day in window)
    return None if sessions == 0 else events / sessions


def ever(view: View, signal: str) -> bool:
    """Whether there ever was such a fact: a core action, or else activity of a user."""
    return bool(view.core_on) if signal == "core_actions" else bool(view.activity_of_users)


def is_null(view: View, signal: str) -> bool:
    """The signal's own rule for null, whatever the scaling."""
    if signal == "active_user_ratio" and view.seats is None and view.settings.card.seats_unknown == "null":
        return True
    return not ever(view, signal)


def peak(view: View, signal: str, x: X) -> Measured:
    """100 * min(1, x(D)/p), p = max x(d) for d in D-364..D; days on which x(d) does not exist are left out of p."""
    now = x[view.day]
    known = [past for past in [x[day] for day in last_days(view.day, 365)] if past is not None]
    p = max(known, default=None)
    if is_null(view, signal):
        return Measured(now, p, None)
    if not p or now is None:
        return Measured(now, p, 0.0)
    return Measured(now, p, 100 * min(1.0, now / p))


def median_grace(view: View, signal: str, x: X) -> Measured:
    """100 * min(1, m / (0.85 M)): a third of the last 21 days against the median week of D-83..D-28."""
    recent, weeks = last_days(view.day, 21), last_weeks(back(view.day, 28), 8)
    m: float | None
    if signal in ("session_frequency", "core_actions"):
        total = view.sessions if signal == "session_frequency" else view.core_actions
        m = total(recent) / 3
        middle: float | None = median([total(week) for week in weeks])
    else:
        means = [mean_x(week, x) for week in weeks]
        m = mean_x(recent, x)
        middle = median([value for value in means if value is not None]) if any(v is not None for v in means) else None
    if view.history_days < 56 or is_null(view, signal):
        return Measured(m, middle, None)
    if not middle:
        return Measured(m, middle, 100.0 if m else 0.0)
    return Measured(m, middle, 100 * min(1.0, (m or 0.0) / (0.85 * middle)))


def mean_x(days: Days, x: X) -> float | None:
    """The mean of x over those days, days without x left out; None where none has one."""
    values = [value for value in [x[day] for day in days] if value is not None]
    return mean(values) if values else None


def plain(view: View, signal: str, x: X) -> Measured:
    """x(D) for the scalings that look at nothing else; the 0 stands where x(D) does not exist."""
    return Measured(x[view.day], None, None if is_null(view, signal) else 0.0)


def habit(view: View) -> Measured:
    """100 * share of the last 12 weeks with a core action; only those wholly within history_days, at least 4."""
    weeks = [week for n, week in enumerate(last_weeks(view.day, 12)) if 7 * (n + 1) <= view.history_days]
    active = [week for week in weeks if view.core_actions(week) > 0]
    if not view.core_on or len(weeks) < 4:
        return Measured(len(active), len(weeks), None)
    return Measured(len(active), len(weeks), 100 * len(active) / len(weeks))
