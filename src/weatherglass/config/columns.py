"""The columns that a configuration may name.

The truth is `weatherglass.events.tables`, a room above this one, which this room therefore cannot import;
`tests/config/test_columns.py` fails when the two differ.
"""

from __future__ import annotations

from types import MappingProxyType


def _kinds(**columns: str) -> MappingProxyType[str, tuple[str, ...]]:
    return MappingProxyType({kind: tuple(names.split()) for kind, names in columns.items()})


_TABLES = {
    "accounts": _kinds(
        id="account_id parent_account_id",
        text=("name plan owner segment industry region acquisition_source acquisition_campaign entitled_features"),
        time="created_at renewal_date",
        integer="seats",
        number="arr mrr",
    ),
    "users": _kinds(
        id="user_id account_id",
        text="name email role",
        boolean="is_champion is_executive_sponsor",
        time="created_at deactivated_at",
    ),
    "events": _kinds(id="account_id user_id message_id", text="name type", time="timestamp", json="properties"),
    "tickets": _kinds(
        id="ticket_id account_id user_id",
        time="opened_at resolved_at",
        text="severity text",
        boolean="escalated",
        number="csat sentiment",
    ),
    "invoices": _kinds(id="invoice_id account_id", time="issued_at due_at paid_at", number="amount", text="status"),
    "subscriptions": _kinds(
        id="subscription_id account_id", time="started_at ended_at", number="mrr", integer="seats", text="plan"
    ),
    "surveys": _kinds(id="response_id account_id user_id", text="kind comment", number="score", time="answered_at"),
    "interactions": _kinds(
        id="interaction_id account_id user_id",
        text="kind text",
        time="occurred_at",
        boolean="attended",
        number="sentiment",
    ),
    "milestones": _kinds(id="account_id", text="name", time="reached_at"),
    "outcomes": _kinds(id="account_id", text="kind reason", time="occurred_at", number="amount"),
}

COLUMNS: MappingProxyType[str, MappingProxyType[str, str]] = MappingProxyType(
    {
        table: MappingProxyType({name: kind for kind, names in kinds.items() for name in names})
        for table, kinds in _TABLES.items()
    }
)
"""For each source table, its columns and the kind of each."""

ACCOUNT_TEXTS: tuple[str, ...] = tuple(name for name, kind in COLUMNS["accounts"].items() if kind in {"id", "text"})
"""The columns of `accounts` that tell accounts apart exactly: the choice of a card, a percentile's cohort."""

LOOKUPS: tuple[str, ...] = ("users", "tickets", "invoices", "subscriptions", "surveys", "interactions")
"""Tables through whose key an account can be found."""
