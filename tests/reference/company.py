"""A company's source rows as plain Python: what the reference reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""One row of a source table: canonical column names, typed values, None (or no key) for empty.

Times are timezone-aware datetimes in UTC, booleans bool, numbers int or float, everything else str.
"""

TABLES = (
    "accounts",
    "users",
    "events",
    "tickets",
    "invoices",
    "subscriptions",
    "surveys",
    "interactions",
    "milestones",
    "outcomes",
)
"""The source tables, by the names of their files."""

KEYS: dict[str, tuple[str, ...]] = {
    "accounts": ("account_id",),
    "users": ("user_id", "account_id"),
    "tickets": ("ticket_id",),
    "invoices": ("invoice_id",),
    "subscriptions": ("subscription_id",),
    "surveys": ("response_id",),
    "interactions": ("interaction_id",),
    "milestones": ("account_id", "name"),
    "outcomes": ("account_id", "kind", "occurred_at"),
}
"""Rows of a table that agree in these columns are one row. Events go by `message_id` instead."""


@dataclass
class Company:
    """The source tables of one workspace, in the order in which their rows are read."""

    zone: str = "UTC"
    """IANA name of the workspace's time zone."""
    accounts: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    subscriptions: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    interactions: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    outcomes: list[Row] = field(default_factory=list)

    def table(self, name: str) -> list[Row]:
        """The rows of the table of that name."""
        rows: list[Row] = getattr(self, name)
        return rows


def last_read(company: Company, table: str) -> list[Row]:
    """The rows of a table other than events, one for each id: the last read (section 4)."""
    by_id: dict[tuple[Any, ...], Row] = {}
    for row in company.table(table):
        by_id[tuple(row[column] for column in KEYS[table])] = row
    return list(by_id.values())
