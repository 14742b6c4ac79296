"""Rules: readable conditions on signals that set, cap, floor or shift a score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from weatherglass.config.catalogue import DIMENSION_OF, DIMENSIONS
from weatherglass.config.frozen import Frozen, Number, Text, Whole
from weatherglass.config.problems import shown, unknown

SCORE = "score"
PARTS = ("score", "value", "baseline")
Action = Literal["set", "cap", "floor", "shift"]
Points = Annotated[Number, Field(ge=0, le=100)]

_FORM = "write it as `recency.value >= 30 and habit < 50`, `resolution is null` or `score < 60`"
_CONDITION = re.compile(r"(\w+)(?:\.(\w+))?\s*(?:(<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)|is\s+(not\s+)?null)")


class Condition(Frozen):
    """One comparison of a signal, a dimension or the score so far; what is null compares with nothing."""

    subject: Text
    """A signal, a dimension, or `score`."""
    part: Literal["score", "value", "baseline"] = "score"
    compare: Literal["<", "<=", ">", ">=", "=", "null", "there"]
    number: Number = 0.0


class Rule(Frozen):
    """When all conditions hold, one thing is done to the score; the trace says so under the rule's name."""

    name: Text
    when: Text
    """Conditions joined by `and`."""
    set: Points | None = None
    """The score, whatever it was; no rule of lower priority follows."""
    cap: Points | None = None
    """The most that the score may be."""
    floor: Points | None = None
    """The least that it may be."""
    shift: Annotated[Number, Field(ge=-100, le=100)] | None = None
    """Points added, within 0 to 100."""
    priority: Whole = 0
    """Higher ones come first, each on what the one before left; equal ones in the order of the file."""

    @model_validator(mode="before")
    @classmethod
    def _written(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("when"), str):
            conditions(data["when"])
        return data

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(number is not None for number in (self.set, self.cap, self.floor, self.shift)) != 1:
            raise ValueError("give one of set, cap, floor and shift")
        return self

    @property
    def action(self) -> tuple[Action, float]:
        """What is done, and by which number."""
        found: list[tuple[Action, float | None]] = [
            ("set", self.set),
            ("cap", self.cap),
            ("floor", self.floor),
            ("shift", self.shift),
        ]
        return next((action, number) for action, number in found if number is not None)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return conditions(self.when)

    @property
    def signals(self) -> tuple[str, ...]:
        """The signals that the conditions look at."""
        return tuple(one.subject for one in self.conditions if one.subject in DIMENSION_OF)


def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions of a text. Errors: ValueError with what would be right."""
    return tuple(_condition(part.strip()) for part in re.split(r"\s+and\s+", text.strip()))


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"cannot read the condition {shown(text)}; {_FORM}")
    subject, part, compare, number, there = found.groups()
    if subject not in (SCORE, *DIMENSION_OF, *DIMENSIONS):
        raise ValueError(unknown("signal", subject, (*DIMENSION_OF, *DIMENSIONS, SCORE)))
    if part is not None and (part not in PARTS or subject not in DIMENSION_OF):
        raise ValueError(f"{subject}.{part}: only a signal has parts, and they are {', '.join(PARTS)}")
    compare = compare or ("there" if there else "null")
    return Condition.model_validate(
        {"subject": subject, "part": part or SCORE, "compare": compare, "number": float(number or 0)}
    )
