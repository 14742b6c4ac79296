"""The names of dimensions and signals, in the order in which every output has them."""

from __future__ import annotations

from types import MappingProxyType

SIGNALS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "product_usage": ("active_user_ratio", "session_frequency", "core_actions", "depth", "habit"),
        "engagement_trends": ("velocity", "consistency"),
        "feature_adoption": ("adoption",),
        "support_signals": ("volume", "severity", "resolution", "satisfaction"),
        "financial_health": ("payment_timeliness", "overdue"),
        "communication": ("contact_recency", "attendance"),
        "relationship": ("champion_activity", "multithreading"),
        "onboarding": ("milestones",),
        "sentiment": ("survey_score", "mood"),
        "growth": ("revenue_growth", "seat_growth"),
        "commercial": ("contract", "revenue_kept"),
    }
)
"""The signals of each dimension. A signal's name is unique among all of them."""

DIMENSIONS: tuple[str, ...] = tuple(SIGNALS)

DIMENSION_OF: MappingProxyType[str, str] = MappingProxyType(
    {signal: dimension for dimension, signals in SIGNALS.items() for signal in signals}
)

MEASURED: tuple[str, ...] = ("active_user_ratio", "session_frequency", "core_actions", "depth")
"""Signals that are a bare measurement: they have no score of their own, and a history to hold it against."""
