"""The names of dimensions and signals, in the order in which every output has them."""

from __future__ import annotations

from types import MappingProxyType

SIGNALS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "product_usage": (
            *("active_user_ratio", "session_frequency", "core_actions", "depth", "habit"),
            *("returning_users", "active_users", "active_days", "active_days_quarter", "active_days_year"),
            *("actions", "actions_year", "steady_weeks"),
        ),
        "engagement_trends": (
            *("velocity", "consistency", "recency", "rhythm", "pulse", "pulse_fortnight", "pulse_quarter"),
            *("longest_silence", "usual_silence", "weekdays", "tenure"),
            *("slope_month", "slope_quarter", "slope_half_year"),
        ),
        "feature_adoption": ("adoption", "returning_features", "breadth", "breadth_quarter", "breadth_change"),
        "support_signals": ("volume", "severity", "resolution", "satisfaction"),
        "financial_health": ("payment_timeliness", "overdue"),
        "communication": ("contact_recency", "attendance"),
        "relationship": (
            *("champion_activity", "multithreading", "fading_users", "lost_users", "concentration", "main_user"),
        ),
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
