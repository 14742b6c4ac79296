"""How old rows are, by table, and which of them are past what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from weatherglass.engine.dialect import literal

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store.store import Store

EVENTS_FROM = "events_from"
"""The setting with the first day whose events are kept: those before it have been counted, and would be once more."""

LAST_TIME: Mapping[str, str] = {
    "events": '"timestamp"',
    "users": "deactivated_at",
    "tickets": "greatest(opened_at, coalesce(resolved_at, opened_at))",
    # what nobody has paid is owed, however long ago
    "invoices": "CASE WHEN paid_at IS NOT NULL OR status IN ('paid', 'void') "
    "THEN greatest(issued_at, coalesce(due_at, issued_at), coalesce(paid_at, issued_at)) END",
    "subscriptions": "ended_at",
    "surveys": "answered_at",
    "interactions": "occurred_at",
}
"""Table -> the time from which a row's days are counted; NULL for one that is never old."""

STAYS: Mapping[str, str] = {"tickets": "resolved_at IS NULL"}
"""Table -> which of the rows that are past their days stay without what is personal: open tickets count for good."""

PERSONAL = {
    "users": ("name", "email", "role", "traits"),
    "tickets": ("user_id", "text", "traits"),
    "invoices": ("traits",),
    "subscriptions": ("traits",),
    "surveys": ("user_id", "comment", "traits"),
    "interactions": ("user_id", "text", "traits"),
}
"""What goes of a row that stays: all that is a person's or nobody looks at."""


class Lines:
    """The instant before which rows of a table are forgotten, for the tables whose rows are."""

    def __init__(self, store: Store, project: Project, today: dt.date) -> None:
        """today: the open day of the workspace's zone."""
        first = {table: today - dt.timedelta(days=days) for table, days in project.retention.days().items()}
        known = store.setting(EVENTS_FROM)
        if known is not None:
            first["events"] = max(dt.date.fromisoformat(known), first.get("events", dt.date.min))
        self.first_days = first
        self._at = {
            table: dt.datetime.combine(day, dt.time(), project.zone).astimezone(dt.UTC).replace(tzinfo=None)
            for table, day in first.items()
        }

    def of(self, table: str) -> dt.datetime | None:
        return self._at.get(table)

    def past(self, table: str) -> str:
        """The SQL condition of rows that are past it; never NULL."""
        line = self._at.get(table)
        return "false" if line is None else f"coalesce({LAST_TIME[table]} < TIMESTAMP {literal(str(line))}, false)"

    def crossed(self, table: str, first: Any) -> bool:
        """Whether rows of which the earliest is of an instant may be past it."""
        line = self._at.get(table)
        return line is not None and (first is None or first < line)
