"""The product that the simulated company sells: its features, their events, and the settings that describe them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEATURES: dict[str, dict[str, float]] = {
    "tasks": {"task_created": 5, "task_completed": 6, "task_assigned": 2, "task_commented": 3},
    "projects": {"project_opened": 6, "project_created": 1, "project_archived": 0.3},
    "documents": {"document_edited": 5, "document_created": 1.5, "document_shared": 1},
    "dashboards": {"dashboard_viewed": 6, "dashboard_created": 0.4, "widget_added": 0.6},
    "reports": {"report_run": 4, "report_exported": 1.2, "report_scheduled": 0.4},
    "approvals": {"approval_requested": 1.4, "approval_given": 1.6, "approval_declined": 0.3},
    "messages": {"message_posted": 4, "mention_added": 1, "reaction_added": 1.5},
    "search": {"search_performed": 3, "filter_saved": 0.4},
    "automations": {"automation_run": 2.5, "automation_created": 0.4, "automation_edited": 0.5},
    "integrations": {"sync_run": 1.6, "integration_connected": 0.2},
    "mobile": {"mobile_opened": 2, "photo_added": 0.8},
    "api": {"api_called": 1.5, "api_key_created": 0.1},
}
"""Feature -> event -> how often it happens, relative to the other events."""

PLAIN = {
    "signed_in": 5.0,
    "settings_changed": 0.5,
    "billing_viewed": 0.2,
    "member_invited": 0.3,
    "setup_completed": 0.0,
    "home_page": 4.0,
    "help_page": 0.8,
}
"""Events that belong to no feature. `setup_completed` happens once, when a customer sets the product up."""

PAGES = frozenset({"home_page", "help_page"})
"""Events of the type `page`."""

SERVER_SIDE = frozenset({"automation_run", "sync_run", "api_called"})
"""Events that a server sends too, without a user."""

CORE_ACTIONS = (
    "task_created",
    "task_completed",
    "project_created",
    "document_created",
    "document_edited",
    "report_run",
    "approval_given",
    "automation_run",
)
KEY_FEATURES = ("tasks", "documents", "reports")

ENTITLED: dict[str, tuple[str, ...]] = {
    "starter": ("tasks", "projects", "documents", "dashboards", "messages", "search", "reports"),
    "business": tuple(name for name in FEATURES if name not in ("api", "integrations")),
    "enterprise": tuple(FEATURES),
}
"""Which features a plan includes."""

EVENT_NAMES: tuple[str, ...] = (*(name for events in FEATURES.values() for name in events), *PLAIN)
CODES: dict[str, int] = {name: code for code, name in enumerate(EVENT_NAMES)}


def product_settings() -> dict[str, Any]:
    """The part of `weatherglass.yml` that describes this product: core actions, features, milestones."""
    return {
        "product": {
            "core_actions": list(CORE_ACTIONS),
            "features": {feature: list(events) for feature, events in FEATURES.items()},
            "key_features": list(KEY_FEATURES),
        },
        "milestones": [
            {"name": "setup_completed", "due_day": 7, "events": ["setup_completed"]},
            {"name": "team_invited", "due_day": 14, "events": ["member_invited"]},
            {"name": "first_core_action", "due_day": 14, "derived": "first_core_action"},
            {"name": "second_feature", "due_day": 30, "derived": "second_feature"},
            {"name": "third_active_user", "due_day": 45, "derived": "third_active_user"},
        ],
    }


@dataclass(frozen=True, slots=True)
class Habits:
    """What one account does with the product: the chances of the events, summed up along `EVENT_NAMES`."""

    wide: NDArray[np.float64]
    """While all is well."""
    narrow: NDArray[np.float64]
    """Of the same account on its way out: three features are left."""


def draw_habits(plan: str, rng: np.random.Generator) -> Habits:
    """The habits of one account: the taste of the many, bent by its own, within its plan.

    A feature that an account has not discovered it does not use: about one in three, but for tasks and projects.
    """
    unknown = float(rng.beta(2.0, 4.0))
    taste = {feature: float(rng.lognormal(0.0, 0.4)) for feature in FEATURES}
    for feature in FEATURES:
        if rng.random() < unknown and feature not in ("tasks", "projects"):
            taste[feature] = 0.0
    wide, narrow = np.zeros(len(EVENT_NAMES)), np.zeros(len(EVENT_NAMES))
    for feature in ENTITLED[plan]:
        for event, weight in FEATURES[feature].items():
            wide[CODES[event]] = weight * taste[feature]
            narrow[CODES[event]] = weight if feature in ("dashboards", "tasks", "search") else 0.0
    for event, weight in PLAIN.items():
        wide[CODES[event]] = narrow[CODES[event]] = weight
    # Invitations follow from people joining, not from chance.
    wide[CODES["member_invited"]] = narrow[CODES["member_invited"]] = 0.0
    return Habits(np.cumsum(wide) / wide.sum(), np.cumsum(narrow) / narrow.sum())
