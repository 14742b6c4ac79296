"""Retention: how many days rows are kept, by table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from weatherglass.config.alerts import AlertRule
from weatherglass.config.frozen import Frozen, Whole
from weatherglass.config.scorecard import Scorecard

Kept = Annotated[Whole, Field(ge=7, le=36_525)] | None
"""Days; None: for good."""

YEAR, HALF_YEAR, QUARTER = 365, 180, 90
"""The longest windows of the signals that say theirs themselves."""
_LOOKED_AT = {
    "tickets": ("tickets", "detractor"),
    "invoices": ("payment",),
    "surveys": ("detractor",),
}
"""Table -> the kinds of alert rules that look at its rows."""


class Retention(Frozen):
    """Days after which rows are forgotten; what is not named is kept for good."""

    events: Kept = None
    """After they happened. Their daily counts stay."""
    users: Kept = None
    """Name, e-mail, role and unknown columns, after `deactivated_at`."""
    tickets: Kept = None
    """After they were opened or resolved, whichever is later; what is open stays, without what is personal."""
    invoices: Kept = None
    """After they were issued, due or paid, whichever is later; what is owed stays."""
    subscriptions: Kept = None
    """After they ended."""
    surveys: Kept = None
    """After they were answered."""
    interactions: Kept = None
    """After they took place."""

    def days(self) -> dict[str, int]:
        """Table -> days, of those that are not kept for good."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


def needed(cards: Iterable[Scorecard], rules: Mapping[str, AlertRule]) -> dict[str, int]:
    """Table -> the days of its rows that today's scores and alerts look at.

    Events are not among them: what looks at use looks at daily counts, which stay.
    """
    windows = [card.windows for card in cards]
    found = {
        "tickets": max(max(one.tickets + one.ticket_history, one.satisfaction) for one in windows),
        "invoices": YEAR,
        "subscriptions": YEAR,
        "surveys": HALF_YEAR,
        "interactions": QUARTER,
    }
    for table, kinds in _LOOKED_AT.items():
        days = [rule.days for rule in rules.values() if rule.enabled and rule.kind in kinds]
        found[table] = max([found[table], *days])
    return found


def use_needed(cards: Iterable[Scorecard]) -> int:
    """The days of use that signals look back on: those of their windows, a year before for what compares years."""
    found = [YEAR]
    for card in cards:
        one = card.windows
        weeks = (one.habit_weeks, one.consistency_weeks)
        found += [one.usage + one.peak, one.usage + 7 * one.baseline_weeks, YEAR + 2 * one.velocity, one.availability]
        found += [7 * count for count in weeks]
    return max(found)
