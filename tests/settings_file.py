"""The reference's settings as the project file that the product reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from reference import Card, Milestone, Scaling, Settings


def write_settings(settings: Settings, path: Path, timezone: str = "UTC") -> None:
    """Write a `weatherglass.yml` that means these settings, everything spelled out.

    `timezone` is the zone of the company that is scored with it.
    """
    project = {
        "timezone": timezone,
        "product": {
            "core_actions": settings.core_actions,
            "features": settings.features,
            "key_features": settings.key_features,
        },
        "milestones": [_milestone(milestone) for milestone in settings.milestones],
        "scorecard": _card(settings.card),
    }
    path.write_text(yaml.safe_dump(project, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _milestone(milestone: Milestone) -> dict[str, Any]:
    written: dict[str, Any] = {"name": milestone.name, "due_day": milestone.due_day, "weight": milestone.weight}
    if milestone.events:
        written["events"] = milestone.events
    if milestone.derived is not None:
        written["derived"] = milestone.derived
    return written


def _card(card: Card) -> dict[str, Any]:
    # What is written is laid over the base, so the base may have no signal that the card has not.
    base = "default" if "habit" in card.dimensions["product_usage"][1] else "four-inputs"
    return {
        "base": base,
        "min_coverage": card.min_coverage,
        "dimensions": {
            dimension: {
                "weight": weight,
                "signals": {
                    signal: {"weight": inside, "scaling": _scaling(scaling)}
                    for signal, (inside, scaling) in signals.items()
                },
            }
            for dimension, (weight, signals) in card.dimensions.items()
        },
        "tiers": {
            "names": list(card.tier_names),
            "lines": list(card.tier_lines),
            "hysteresis_points": card.hysteresis_points,
            "hysteresis_days": card.hysteresis_days,
        },
        "seats_unknown": card.seats_unknown,
    }


def _scaling(scaling: Scaling) -> Any:
    if isinstance(scaling, str):
        return scaling
    if scaling[0] == "percentile":
        return {"percentile": scaling[1]}
    if scaling[0] == "range":
        return {"range": [scaling[1], scaling[2]]}
    return {"steps": dict(scaling[1])}
