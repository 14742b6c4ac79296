"""What a project configures, and the three cards of the page (section 5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Scaling = str | tuple[Any, ...]
"""How a signal becomes 0..100.

`"peak"`, `"median_grace"`, `"own"` (the signal's own rule), `("percentile", account column)`,
`("range", low, high)` or `("steps", [(bound, score), ...])`.
"""

Signals = dict[str, tuple[float, Scaling]]
"""Weight and scaling of each signal of a dimension."""

DIMENSIONS = (
    "product_usage",
    "engagement_trends",
    "feature_adoption",
    "support_signals",
    "financial_health",
    "communication",
    "relationship",
    "onboarding",
    "sentiment",
    "growth",
    "commercial",
)
"""Every dimension, in the order of the `dim_` columns."""

FURTHER = ("financial_health", "communication", "relationship", "sentiment", "growth", "commercial")


@dataclass
class Milestone:
    """One step of onboarding."""

    name: str
    due_day: int
    weight: float = 1.0
    events: list[str] = field(default_factory=list)
    derived: Literal["first_core_action", "second_feature", "third_active_user"] | None = None


@dataclass
class Card:
    """What makes a score."""

    dimensions: dict[str, tuple[float, Signals]]
    """Weight of each dimension, and its signals."""
    min_coverage: float = 0.5
    tier_names: tuple[str, ...] = ("red", "yellow", "green")
    """Lowest to highest, one more than there are lines."""
    tier_lines: tuple[float, ...] = (45.0, 75.0)
    hysteresis_points: float = 2.0
    hysteresis_days: int = 3
    seats_unknown: Literal["null", "distinct_users"] = "null"


TIERS: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "traffic-light": (("red", "yellow", "green"), (45.0, 75.0)),
    "seed-60-80": (("red", "yellow", "green"), (60.0, 80.0)),
    "letters": (("F", "D", "C", "B", "A"), (60.0, 70.0, 80.0, 90.0)),
    "categories": (("critical", "at-risk", "healthy"), (45.0, 75.0)),
}
"""The presets of section 7: names lowest to highest, and the lines between them."""


def _usage() -> Signals:
    return {
        "active_user_ratio": (0.2, "peak"),
        "session_frequency": (0.2, "median_grace"),
        "core_actions": (0.2, "median_grace"),
        "depth": (0.0, "peak"),
        "habit": (0.4, "own"),
    }


def _usage_as_published() -> Signals:
    return dict.fromkeys(("active_user_ratio", "session_frequency", "core_actions", "depth"), (0.25, "peak"))


def _support() -> Signals:
    return {
        "volume": (0.3, "own"),
        "severity": (0.3, "own"),
        "resolution": (0.2, "own"),
        "satisfaction": (0.2, "own"),
    }


def _further_signals() -> dict[str, Signals]:
    return {
        "financial_health": {"payment_timeliness": (0.6, "own"), "overdue": (0.4, "own")},
        "communication": {"contact_recency": (0.6, "own"), "attendance": (0.4, "own")},
        "relationship": {"champion_activity": (0.6, "own"), "multithreading": (0.4, "own")},
        "sentiment": {"survey_score": (0.7, "own"), "mood": (0.3, "own")},
        "growth": {"revenue_growth": (0.6, "own"), "seat_growth": (0.4, "own")},
        "commercial": {"contract": (0.6, "own"), "revenue_kept": (0.4, "own")},
    }


def _card(usage: Signals, velocity: float, consistency: float, weights: dict[str, float]) -> Card:
    signals: dict[str, Signals] = {
        "product_usage": usage,
        "engagement_trends": {"velocity": (velocity, "own"), "consistency": (consistency, "own")},
        "feature_adoption": {"adoption": (1.0, "own")},
        "support_signals": _support(),
        **_further_signals(),
    }
    return Card(dimensions={name: (weights.get(name, 0.0), signals[name]) for name in signals})


FOUR = {"product_usage": 0.30, "engagement_trends": 0.25, "feature_adoption": 0.25, "support_signals": 0.20}


def default() -> Card:
    """The card that `init` writes."""
    return _card(_usage(), 0.4, 0.6, FOUR)


def four_inputs() -> Card:
    """The method as published."""
    card = _card(_usage_as_published(), 0.8, 0.2, FOUR)
    card.seats_unknown = "distinct_users"
    return card


def comprehensive() -> Card:
    """The signals of `default` with the further dimensions weighted."""
    weights = {
        "product_usage": 0.22,
        "engagement_trends": 0.16,
        "feature_adoption": 0.14,
        "support_signals": 0.10,
        "financial_health": 0.10,
        "relationship": 0.08,
        "sentiment": 0.08,
        "communication": 0.06,
        "growth": 0.06,
    }
    return _card(_usage(), 0.4, 0.6, weights)


def init_milestones() -> list[Milestone]:
    """The five milestones that `init` writes, for whom all their events are mapped (section 6)."""
    return [
        Milestone("setup completed", 7, events=["setup"]),
        Milestone("team invited", 14, events=["invite"]),
        Milestone("first core action", 14, derived="first_core_action"),
        Milestone("second feature", 30, derived="second_feature"),
        Milestone("third active user", 45, derived="third_active_user"),
    ]


@dataclass
class Settings:
    """What a project configures. Empty lists are the same as none."""

    card: Card = field(default_factory=default)
    core_actions: list[str] = field(default_factory=list)
    features: dict[str, list[str]] = field(default_factory=dict)
    """Feature name -> names of the events that use it."""
    key_features: list[str] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
