"""A milestone: something a new account should have done by a certain age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from weatherglass.config.frozen import Frozen, Number, Text, Whole
from weatherglass.config.product import Names

Derived = Literal["first_core_action", "second_feature", "third_active_user"]


class Milestone(Frozen):
    """A step of onboarding; reached by its row in the table `milestones`, one of its events or its derived fact."""

    name: Text
    due_day: Annotated[Whole, Field(ge=0, le=3650)]
    """The age of the account, in days, by which it is due."""
    weight: Annotated[Number, Field(gt=0, le=1e9)] = 1.0
    events: Names = ()
    """Any of these events, of any type, reaches it."""
    derived: Derived | None = None
    """A fact of the roll-ups that reaches it."""

    written_as = ("event",)

    @property
    def mapped(self) -> bool:
        """Whether anything but a row of the table `milestones` can reach it."""
        return bool(self.events) or self.derived is not None

    @model_validator(mode="before")
    @classmethod
    def _one_event(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or "event" not in data:
            return data
        if "events" in data:
            raise ValueError("give event or events, not both")
        return {("events" if key == "event" else key): value for key, value in data.items()}


def is_left_out(data: object) -> bool:
    """Whether a milestone is written with an empty event and so waits to be mapped: it is checked, and not used."""
    if not isinstance(data, Mapping) or data.get("derived") is not None:
        return False
    return any(key in data and data[key] is None for key in ("event", "events"))
