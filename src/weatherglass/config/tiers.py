"""Tiers: the names of the bands of a score, and the lines between them."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from weatherglass.config.frozen import Frozen, Number, Text, Whole
from weatherglass.config.problems import shown

UNSCORED = "unscored"
"""The tier of a day without a score; no band may be called so."""


class Tiers(Frozen):
    """The bands of a score from the lowest to the highest; a score on a line belongs to the band above it."""

    names: tuple[Text, ...] = ("red", "yellow", "green")
    """Lowest to highest, one more than there are lines."""
    lines: tuple[Annotated[Number, Field(ge=0, le=100)], ...] = (45.0, 75.0)
    """Strictly ascending, 0 to 100."""
    hysteresis_points: Annotated[Number, Field(ge=0, le=50)] = 2.0
    """How far past a line a score moves the shown tier at once."""
    hysteresis_days: Annotated[Whole, Field(ge=1, le=90)] = 3
    """How many days in a row beyond a line move the shown tier, however near the line the score is."""

    written_as = ("preset",)

    @field_validator("names")
    @classmethod
    def _distinct(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if len({name.casefold() for name in names}) < len(names):
            raise ValueError(f"must all be different, not {shown(names)}")
        if UNSCORED in {name.casefold() for name in names}:
            raise ValueError(f"{UNSCORED} is the tier of a day without a score; choose another name")
        return names

    @field_validator("lines")
    @classmethod
    def _ascending(cls, lines: tuple[float, ...]) -> tuple[float, ...]:
        # Rounded, because lines compare scores rounded to 9 decimals.
        rounded = [round(line, 9) for line in lines]
        if not rounded or any(low >= high for low, high in pairwise(rounded)):
            raise ValueError(f"must be at least one line, each above the one before, not {shown(lines)}")
        return lines

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if len(self.names) != len(self.lines) + 1:
            raise ValueError(
                f"{len(self.lines)} lines make {len(self.lines) + 1} tiers, and there are {len(self.names)} names; "
                "give names from the lowest to the highest tier and the lines between them"
            )
        return self


TIER_PRESETS: MappingProxyType[str, Tiers] = MappingProxyType(
    {
        "traffic-light": Tiers(),
        "seed-60-80": Tiers(lines=(60, 80)),
        "letters": Tiers(names=("F", "D", "C", "B", "A"), lines=(60, 70, 80, 90)),
        "categories": Tiers(names=("critical", "at-risk", "healthy")),
    }
)
