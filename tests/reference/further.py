"""The further dimensions of docs/scoring.md, one function a signal; a null signal has no value either."""

from __future__ import annotations

from datetime import date

from .days import back, last_days
from .facts import Answer, Invoice
from .numbers import NOTHING, Measured, change_score, falling, mean, mood_score
from .view import View

# financial_health: invoices


def _invoices(view: View) -> list[Invoice]:
    """Void invoices are left out everywhere."""
    return [invoice for invoice in view.invoices if invoice.status != "void"]


def _due(invoice: Invoice) -> int:
    """The due day as an ordinal: of `due_at`, else issue + 30; an unpaid failed one was due on its issue day."""
    if invoice.paid_day is None and invoice.status == "failed":
        return invoice.day.toordinal()
    return invoice.day.toordinal() + 30 if invoice.due_day is None else invoice.due_day.toordinal()


def _overdue(view: View) -> list[Invoice]:
    """Issued, not paid, and due before the day."""
    return [row for row in _invoices(view) if row.paid_day is None and _due(row) < view.day.toordinal()]


def payment_timeliness(view: View) -> Measured:
    """Mean over invoices paid in 180 days or overdue: 100 at 0 days late, 0 at 30."""
    window = set(last_days(view.day, 180))
    late = [row.paid_day.toordinal() - _due(row) for row in _invoices(view) if row.paid_day and row.paid_day in window]
    late += [view.day.toordinal() - _due(row) for row in _overdue(view)]
    late = [max(0, days) for days in late]
    if not late:
        return NOTHING
    return Measured(mean(late), len(late), mean([falling(days, 0, 30) for days in late]))


def overdue(view: View) -> Measured:
    """100 * (1 - min(1, overdue amount / amount issued in the last 365 days))."""
    window = set(last_days(view.day, 365))
    owed = sum(row.cents for row in _overdue(view))
    issued = sum(row.cents for row in _invoices(view) if row.day in window)
    if owed == 0 and issued == 0:
        return NOTHING
    score = 0.0 if issued == 0 else 100 * (1 - min(1.0, owed / issued))
    return Measured(owed / 100, issued / 100, score)


# communication: interactions


def contact_recency(view: View) -> Measured:
    """Days since the last interaction: 100 up to 14, 0 from 90."""
    if not view.interactions:
        return NOTHING
    days = (view.day - max(row.day for row in view.interactions)).days
    return Measured(days, None, falling(days, 14, 90))


def attendance(view: View) -> Measured:
    """100 * share attended of the interactions of 90 days whose attendance is known."""
    window = set(last_days(view.day, 90))
    known = [row.attended for row in view.interactions if row.day in window and row.attended is not None]
    if not known:
        return NOTHING
    return Measured(sum(known), len(known), 100 * sum(known) / len(known))


# relationship: champions and sponsors


def champion_activity(view: View) -> Measured:
    """100 * share of the champions who were active here in 28 days and are not deactivated."""
    if not view.champions:
        return NOTHING
    active = view.active_users(last_days(view.day, 28))
    there = [row for row in view.champions if row.deactivated_day is None and row.user in active]
    return Measured(len(there), len(view.champions), 100 * len(there) / len(view.champions))


def multithreading(view: View) -> Measured:
    """100 * min(1, active users of the last 28 days / 3)."""
    if not view.champions:
        return NOTHING
    active = len(view.active_users(last_days(view.day, 28)))
    return Measured(active, 3, 100 * min(1.0, active / 3))


# sentiment: surveys and moods


def survey_score(view: View) -> Measured:
    """Mean over the answers of 180 days, each as 0..100 of its kind."""
    window = set(last_days(view.day, 180))
    scores = [_answer_score(answer) for answer in view.answers if answer.day in window]
    return Measured(len(scores), None, mean(scores)) if scores else NOTHING


def _answer_score(answer: Answer) -> float:
    if answer.kind == "nps":
        return answer.score * 10
    if answer.kind == "csat":
        return (answer.score - 1) * 25
    assert answer.kind == "ces", answer.kind
    return (answer.score - 1) * 100 / 6


def mood(view: View) -> Measured:
    """Mean sentiment of interactions of 90 days."""
    window = set(last_days(view.day, 90))
    moods = [row.sentiment for row in view.interactions if row.day in window and row.sentiment is not None]
    return Measured(mean(moods), None, mood_score(mean(moods))) if moods else NOTHING


# growth: subscriptions


def revenue_growth(view: View) -> Measured:
    """mrr now against 182 days before."""
    now, then = _mrr(view, view.day), _mrr(view, back(view.day, 182))
    return Measured(now / 100, then / 100, change_score(now / then - 1)) if then else NOTHING


def seat_growth(view: View) -> Measured:
    """Seats of subscriptions now against 182 days before."""
    now, then = _seats(view, view.day), _seats(view, back(view.day, 182))
    return Measured(now, then, change_score(now / then - 1)) if then else NOTHING


def _mrr(view: View, day: date) -> int:
    """Cents a month at the end of the day."""
    return sum([row.cents for row in view.running(day)])


def _seats(view: View, day: date) -> int:
    return sum(row.seats for row in view.running(day))


# commercial: contracts


def contract(view: View) -> Measured:
    """100 while a subscription is active, else 0; null while none had started."""
    if not view.subscriptions:
        return NOTHING
    active = len(view.running(view.day))
    return Measured(active, None, 100.0 if active else 0.0)


def revenue_kept(view: View) -> Measured:
    """100 * mrr now / the largest mrr at the end of any of the last 365 days."""
    if not view.subscriptions:
        return NOTHING
    now = _mrr(view, view.day)
    largest = max([_mrr(view, day) for day in last_days(view.day, 365)])
    return Measured(now / 100, largest / 100, 100 * now / largest) if largest else NOTHING


SIGNALS = {
    "payment_timeliness": payment_timeliness,
    "overdue": overdue,
    "contact_recency": contact_recency,
    "attendance": attendance,
    "champion_activity": champion_activity,
    "multithreading": multithreading,
    "survey_score": survey_score,
    "mood": mood,
    "revenue_growth": revenue_growth,
    "seat_growth": seat_growth,
    "contract": contract,
    "revenue_kept": revenue_kept,
}
"""Every further signal by name."""
