"""support_signals: volume, severity, resolution, satisfaction (section 5)."""

from __future__ import annotations

from .days import back, last_days
from .facts import Ticket
from .numbers import NOTHING, Measured, falling, mean, mood_score
from .view import View

WEIGHTS = {"low": 0.0, "normal": 0.25, "high": 0.75, "urgent": 1.0}
"""Of the severities; empty or unknown is normal, escalated weighs 1."""


def connected(view: View) -> bool:
    """Whether anybody in the workspace has opened a ticket by the end of the day."""
    return bool(view.workspace.tickets)


def volume(view: View) -> Measured:
    """Tickets of 28 days against the account's own 168 days before."""
    if not connected(view):
        return NOTHING
    n = _opened(view, 0, 28)
    before = _opened(view, 28, 168)
    within_history = max(0, min(168, view.history_days - 28))
    b = max(1.0, before * 28 / max(28, within_history))
    if n == 0 and before >= 3:
        return Measured(n, b, 50.0)
    return Measured(n, b, falling(n, b, 4 * b))


def _opened(view: View, days_back: int, count: int) -> int:
    """Tickets opened on the `count` days that end `days_back` days ago."""
    window = set(last_days(back(view.day, days_back), count))
    return len([ticket for ticket in view.tickets if ticket.day in window])


def severity(view: View) -> Measured:
    """100 * (1 - mean weight) of the tickets opened in 28 days."""
    window = set(last_days(view.day, 28))
    weights = [_weight(ticket) for ticket in view.tickets if ticket.day in window]
    if not connected(view) or not weights:
        return NOTHING
    return Measured(mean(weights), None, 100 * (1 - mean(weights)))


def _weight(ticket: Ticket) -> float:
    return 1.0 if ticket.escalated else WEIGHTS.get(ticket.severity, 0.25)


def resolution(view: View) -> Measured:
    """Mean over tickets open at the end of the day or resolved in 28 days: 100 up to 2 days of age, 0 from 14."""
    window = set(last_days(view.day, 28))
    ages = []
    for ticket in view.tickets:
        if ticket.resolved is None or ticket.resolved_day in window:
            until = ticket.resolved or view.workspace.end
            ages.append((until - ticket.opened).total_seconds() / 86400)
    if not connected(view) or not ages:
        return NOTHING
    return Measured(mean(ages), None, mean([falling(age, 2, 14) for age in ages]))


def satisfaction(view: View) -> Measured:
    """Mean rating of 90 days (dated by resolution, else opening), 1..5; none: mean mood of tickets of 28 days."""
    quarter, month = set(last_days(view.day, 90)), set(last_days(view.day, 28))
    ratings = [
        ticket.csat
        for ticket in view.tickets
        if ticket.csat is not None and (ticket.resolved_day or ticket.day) in quarter
    ]
    moods = [ticket.sentiment for ticket in view.tickets if ticket.sentiment is not None and ticket.day in month]
    if not connected(view):
        return NOTHING
    if ratings:
        return Measured(mean(ratings), None, (mean(ratings) - 1) / 4 * 100)
    if moods:
        return Measured(mean(moods), None, mood_score(mean(moods)))
    return NOTHING
