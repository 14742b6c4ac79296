"""feature_adoption, last 28 days (section 5)."""

from __future__ import annotations

from .days import last_days
from .numbers import Measured
from .view import View


def entitled(view: View) -> set[str]:
    """The account's entitled features: joined by `;`, trimmed, empty ones dropped."""
    names = (view.attributes.get("entitled_features") or "").split(";")
    return {name.strip() for name in names if name.strip()}


def available(view: View) -> set[str]:
    """Entitled features, else those of the map, else those used by anyone in the workspace in the last 90 days."""
    return entitled(view) or set(view.settings.features) or view.workspace.recent_features


def adoption(view: View) -> Measured:
    """100 * breadth * emphasis."""
    window = set(last_days(view.day, 28))
    uses: dict[str, int] = {}
    for day, feature in view.uses:
        if day in window:
            uses[feature] = uses.get(feature, 0) + 1

    offered = available(view)
    used = len([feature for feature in offered if uses.get(feature, 0) >= 1])
    key = set(view.settings.key_features)
    if entitled(view):
        key = key & entitled(view)
    adopted = [feature for feature in key if uses.get(feature, 0) >= 3]

    if len(offered) < 2 or not view.activity:
        return Measured(used, len(offered), None)
    three_fifths = (3 * len(offered) + 4) // 5  # ceil(0.6 * available), in whole numbers
    breadth = min(1.0, max(0, used - 1) / max(1, three_fifths - 1))
    emphasis = 0.5 + 0.5 * len(adopted) / len(key) if key else 1.0
    return Measured(used, len(offered), 100 * breadth * emphasis)
