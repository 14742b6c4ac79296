"""The scorecards that come with Weatherglass."""

from __future__ import annotations

from types import MappingProxyType

from weatherglass.config.scaling import Scaling
from weatherglass.config.scorecard import Dimension, Scorecard, Signal

_Part = float | tuple[float, str]
"""The weight of a signal, and its scaling where it has no rule of its own."""

_Weights = dict[str, tuple[float, dict[str, _Part]]]

_FURTHER: _Weights = {
    "financial_health": (0, {"payment_timeliness": 0.6, "overdue": 0.4}),
    "communication": (0, {"contact_recency": 0.6, "attendance": 0.4}),
    "relationship": (0, {"champion_activity": 0.6, "multithreading": 0.4}),
    "onboarding": (0, {"milestones": 1}),
    "sentiment": (0, {"survey_score": 0.7, "mood": 0.3}),
    "growth": (0, {"revenue_growth": 0.6, "seat_growth": 0.4}),
    "commercial": (0, {"contract": 0.6, "revenue_kept": 0.4}),
}

_DEFAULT: _Weights = {
    "product_usage": (
        0.30,
        {
            "active_user_ratio": (0.2, "peak"),
            "session_frequency": (0.2, "median_grace"),
            "core_actions": (0.2, "median_grace"),
            "depth": (0, "peak"),
            "habit": 0.4,
        },
    ),
    "engagement_trends": (0.25, {"velocity": 0.4, "consistency": 0.6}),
    "feature_adoption": (0.25, {"adoption": 1}),
    "support_signals": (0.20, {"volume": 0.3, "severity": 0.3, "resolution": 0.2, "satisfaction": 0.2}),
    **_FURTHER,
}

_FOUR_INPUTS: _Weights = {
    **_DEFAULT,
    "product_usage": (
        0.30,
        {
            "active_user_ratio": (0.25, "peak"),
            "session_frequency": (0.25, "peak"),
            "core_actions": (0.25, "peak"),
            "depth": (0.25, "peak"),
        },
    ),
    "engagement_trends": (0.25, {"velocity": 0.8, "consistency": 0.2}),
}

_FORESIGHT: _Weights = {
    "product_usage": (0.35, {"returning_users": 0.7, "steady_weeks": 0.3}),
    "engagement_trends": (0.25, {"pulse": 0.7, "rhythm": 0.3}),
    "feature_adoption": (0.25, {"returning_features": 1}),
    "support_signals": (0.15, {"volume": 0.3, "severity": 0.3, "resolution": 0.2, "satisfaction": 0.2}),
    **_FURTHER,
}
"""The weights of the dimensions lie in the seed bands; nothing in the card was fitted to outcomes."""

_COMPREHENSIVE_WEIGHTS = {
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

_COMPREHENSIVE: _Weights = {
    name: (_COMPREHENSIVE_WEIGHTS.get(name, 0), signals) for name, (_, signals) in _DEFAULT.items()
}


def _signal(part: _Part) -> Signal:
    weight, scaling = part if isinstance(part, tuple) else (part, "own")
    return Signal(weight=weight, scaling=Scaling.model_validate(scaling))


def _dimensions(weights: _Weights) -> dict[str, Dimension]:
    return {
        name: Dimension(weight=weight, signals={signal: _signal(part) for signal, part in parts.items()})
        for name, (weight, parts) in weights.items()
    }


PRESETS: MappingProxyType[str, Scorecard] = MappingProxyType(
    {
        "default": Scorecard(name="default", dimensions=_dimensions(_DEFAULT)),
        "four-inputs": Scorecard(
            name="four-inputs", dimensions=_dimensions(_FOUR_INPUTS), seats_unknown="distinct_users"
        ),
        "foresight": Scorecard(name="foresight", dimensions=_dimensions(_FORESIGHT)),
        "comprehensive": Scorecard(name="comprehensive", dimensions=_dimensions(_COMPREHENSIVE)),
    }
)
"""The scorecards by name; any of them can be the base of one's own."""
