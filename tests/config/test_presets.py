"""The cards that come with Weatherglass weigh what SPEC section 5 and docs/scoring.md say."""

from __future__ import annotations

import pytest

from weatherglass.config import DIMENSIONS, PRESETS, SIGNALS, TIER_PRESETS, Scaling, Windows

FURTHER = {
    "financial_health": {"payment_timeliness": 0.6, "overdue": 0.4},
    "communication": {"contact_recency": 0.6, "attendance": 0.4},
    "relationship": {"champion_activity": 0.6, "multithreading": 0.4},
    "onboarding": {"milestones": 1},
    "sentiment": {"survey_score": 0.7, "mood": 0.3},
    "growth": {"revenue_growth": 0.6, "seat_growth": 0.4},
    "commercial": {"contract": 0.6, "revenue_kept": 0.4},
}
SUPPORT = {"volume": 0.3, "severity": 0.3, "resolution": 0.2, "satisfaction": 0.2}
DEFAULT = {
    "product_usage": {
        "active_user_ratio": 0.2,
        "session_frequency": 0.2,
        "core_actions": 0.2,
        "depth": 0,
        "habit": 0.4,
    },
    "engagement_trends": {"velocity": 0.4, "consistency": 0.6},
    "feature_adoption": {"adoption": 1},
    "support_signals": SUPPORT,
    **FURTHER,
}
FOUR_INPUTS = {
    **DEFAULT,
    "product_usage": {"active_user_ratio": 0.25, "session_frequency": 0.25, "core_actions": 0.25, "depth": 0.25},
    "engagement_trends": {"velocity": 0.8, "consistency": 0.2},
}
FOUR = {"product_usage": 0.30, "engagement_trends": 0.25, "feature_adoption": 0.25, "support_signals": 0.20}
NINE = {
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


@pytest.mark.parametrize(
    ("name", "dimensions", "signals"),
    [("default", FOUR, DEFAULT), ("four-inputs", FOUR, FOUR_INPUTS), ("comprehensive", NINE, DEFAULT)],
)
def test_weights(name: str, dimensions: dict[str, float], signals: dict[str, dict[str, float]]) -> None:
    card = PRESETS[name]
    assert card.name == name
    assert {key: part.weight for key, part in card.dimensions.items()} == {
        key: dimensions.get(key, 0) for key in DIMENSIONS
    }
    assert {
        key: {signal: part.weight for signal, part in dimension.signals.items()}
        for key, dimension in card.dimensions.items()
    } == signals


@pytest.mark.parametrize("name", PRESETS)
def test_order_of_dimensions_and_signals_is_the_catalogues(name: str) -> None:
    card = PRESETS[name]
    assert tuple(card.dimensions) == DIMENSIONS
    for key, dimension in card.dimensions.items():
        assert list(dimension.signals) == [signal for signal in SIGNALS[key] if signal in dimension.signals]


@pytest.mark.parametrize("name", ["default", "comprehensive"])
def test_scalings_of_default(name: str) -> None:
    kinds = {
        signal: part.scaling.kind
        for dimension in PRESETS[name].dimensions.values()
        for signal, part in dimension.signals.items()
        if part.scaling != Scaling()
    }
    assert kinds == {
        "active_user_ratio": "peak",
        "session_frequency": "median_grace",
        "core_actions": "median_grace",
        "depth": "peak",
    }


def test_four_inputs_is_all_peak_and_counts_users_where_seats_are_unknown() -> None:
    card = PRESETS["four-inputs"]
    assert {part.scaling.kind for part in card.dimensions["product_usage"].signals.values()} == {"peak"}
    assert card.seats_unknown == "distinct_users"
    assert PRESETS["default"].seats_unknown == PRESETS["comprehensive"].seats_unknown == "null"


@pytest.mark.parametrize("name", PRESETS)
def test_what_all_presets_share(name: str) -> None:
    card = PRESETS[name]
    assert (card.min_coverage, card.method, card.where) == (0.5, "weighted", {})
    assert card.tiers == TIER_PRESETS["traffic-light"]
    assert card.windows == Windows()
    assert card.corrections.year and card.corrections.fleet
    assert card.dimensions["onboarding"].weight == 0


def test_windows_are_those_of_the_spec() -> None:
    windows = Windows()
    # median_grace: the median of the weeks of D-83..D-28, against the last 21 days.
    assert (windows.usage + windows.baseline_weeks * 7 - 1, windows.usage) == (83, 28)
    assert windows.model_dump() == {
        "usage": 28,
        "recent": 21,
        "baseline_weeks": 8,
        "peak": 365,
        "habit_weeks": 12,
        "habit_min_weeks": 4,
        "velocity": 28,
        "consistency_weeks": 8,
        "adoption": 28,
        "availability": 90,
        "tickets": 28,
        "ticket_history": 168,
        "satisfaction": 90,
        "grace": 0.85,
    }


def test_tier_presets() -> None:
    assert {name: (tiers.names, tiers.lines) for name, tiers in TIER_PRESETS.items()} == {
        "traffic-light": (("red", "yellow", "green"), (45, 75)),
        "seed-60-80": (("red", "yellow", "green"), (60, 80)),
        "letters": (("F", "D", "C", "B", "A"), (60, 70, 80, 90)),
        "categories": (("critical", "at-risk", "healthy"), (45, 75)),
    }
    assert {(tiers.hysteresis_points, tiers.hysteresis_days) for tiers in TIER_PRESETS.values()} == {(2.0, 3)}
