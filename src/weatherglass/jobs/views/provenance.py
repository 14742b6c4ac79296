"""Where a dimension's numbers come from: the roll-up steps that its signals read, as SQL."""

from __future__ import annotations

from weatherglass.rollups import steps

_USERS = ("user_chunk", "chunk")
_USE = (*_USERS, "account_days")
_STEPS = {
    "product_usage": _USE,
    "engagement_trends": _USE,
    "feature_adoption": (*_USERS, "feature_chunk", "key_feature_days"),
    "support_signals": ("tickets",),
    "financial_health": ("invoices",),
    "communication": ("interactions",),
    "relationship": (*_USERS, "champions", "champion_days"),
    "onboarding": ("milestone_days", "milestones"),
    "sentiment": ("surveys", "tickets", "interactions"),
    "growth": ("subscriptions",),
    "commercial": ("subscriptions",),
}


def sql_of(dimension: str) -> list[tuple[str, str]]:
    """The steps behind a dimension, each with its SQL; empty for what is no dimension."""
    return [(name, steps.documented(name)) for name in _STEPS.get(dimension, ())]
