"""Scaling: how the value of a signal becomes a score of 0 to 100."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

from pydantic import field_validator, model_validator

from weatherglass.config.catalogue import DIMENSION_OF, MEASURED
from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.config.frozen import Frozen, Number, Text
from weatherglass.config.problems import shown, unknown

Kind = Literal["own", "peak", "median_grace", "percentile", "range", "steps"]
KINDS: tuple[str, ...] = get_args(Kind)

_RANGE = "range takes two different numbers, the value that scores 0 and the one that scores 100: {range: [0, 20]}"
_STEPS = "steps takes bounds and the score from each on, 0 to 100: {steps: {0: 10, 5: 60, 20: 100}}"


class Scaling(Frozen):
    """How a signal's value is scored; in the file a bare word (`peak`) or a mapping (`{range: [0, 20]}`).

    own: by the signal's own rule. peak: against the account's highest value. median_grace: against the account's usual
    week. percentile: among the accounts with the same `cohort`. range: linear from `low` (0) to `high` (100), clamped.
    steps: the score of the highest bound reached, 0 below the lowest.
    """

    kind: Kind = "own"
    low: Number | None = None
    """range: the value that scores 0; above `high` where less is better."""
    high: Number | None = None
    """range: the value that scores 100."""
    steps: tuple[tuple[Number, Number], ...] = ()
    """steps: (bound, score from that bound on), ascending."""
    cohort: Text | None = None
    """percentile: the column of `accounts` whose equal values make a cohort."""

    @property
    def short(self) -> str | dict[str, object]:
        """As it is written in the file."""
        if self.kind == "range":
            return {"range": [self.low, self.high]}
        if self.kind == "steps":
            return {"steps": dict(self.steps)}
        return {"percentile": self.cohort} if self.kind == "percentile" else self.kind

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        if isinstance(data, str):
            return _from_word(data)
        if not isinstance(data, Mapping) or "kind" in data or not data:
            return data
        return _from_mapping(data)

    @field_validator("steps")
    @classmethod
    def _ascending(cls, steps: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        bounds = [bound for bound, _ in steps]
        if len(set(bounds)) < len(bounds) or any(not 0 <= score <= 100 for _, score in steps):
            raise ValueError(_STEPS)
        return tuple(sorted(steps))

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind == "range") != (self.low is not None and self.high is not None and self.low != self.high):
            raise ValueError(_RANGE)
        if self.kind != "range" and (self.low is not None or self.high is not None):
            raise ValueError(_RANGE)
        if (self.kind == "steps") != bool(self.steps):
            raise ValueError(_STEPS)
        if (self.kind == "percentile") != (self.cohort is not None):
            raise ValueError("a cohort belongs to percentile, and percentile has one: {percentile: segment}")
        if self.cohort is not None and self.cohort not in ACCOUNT_TEXTS:
            raise ValueError(unknown("account column", self.cohort, ACCOUNT_TEXTS, say=True))
        return self


def check_scaling(signal: str, scaling: Scaling) -> None:
    """Refuse (ValueError) a scaling that the signal cannot have; a signal that nobody knows is refused elsewhere."""
    if signal not in DIMENSION_OF:
        return
    if signal in MEASURED and scaling.kind == "own":
        others = ", ".join(kind for kind in KINDS if kind != "own")
        raise ValueError(f"{signal} has no score of its own; scale it by one of {others}")
    if signal not in MEASURED and scaling.kind in {"peak", "median_grace"}:
        raise ValueError(
            f"{scaling.kind} is for {', '.join(MEASURED)} only; {signal} takes own, percentile, range or steps"
        )


def _from_word(word: str) -> dict[str, object]:
    if word == "range":
        raise ValueError(_RANGE)
    if word == "steps":
        raise ValueError(_STEPS)
    if word not in KINDS:
        raise ValueError(unknown("scaling", word, KINDS, say=True))
    return {"kind": word, "cohort": "segment"} if word == "percentile" else {"kind": word}


def _from_mapping(data: Mapping[Any, Any]) -> dict[str, object]:
    if len(data) != 1:
        raise ValueError(f"must be one scaling, such as peak or {{range: [0, 20]}}, not {len(data)} options")
    [(word, given)] = data.items()
    if word == "percentile":
        return {"kind": "percentile", "cohort": "segment" if given is None else given}
    if word == "range":
        return _range(given)
    if word == "steps":
        return _steps(given)
    if word in KINDS:
        raise ValueError(f"{word} takes no value; write it as a bare word: scaling: {word}")
    raise ValueError(unknown("scaling", str(word), KINDS, say=True))


def _range(given: object) -> dict[str, object]:
    if not isinstance(given, (list, tuple)) or len(given) != 2 or not all(map(_is_number, given)):
        raise ValueError(f"{_RANGE}, not {shown(given)}")
    return {"kind": "range", "low": given[0], "high": given[1]}


def _steps(given: object) -> dict[str, object]:
    if isinstance(given, Mapping) and given and all(_is_number(part) for pair in given.items() for part in pair):
        return {"kind": "steps", "steps": tuple(given.items())}
    raise ValueError(_STEPS)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
