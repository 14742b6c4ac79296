"""Outcomes: where it is read from that an account churned, and how long is waited before it counts."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from weatherglass.config.frozen import Frozen, Whole
from weatherglass.config.problems import Problems

Source = Literal["auto", "table", "subscriptions", "silence"]


class OutcomeRules(Frozen):
    """How outcomes are known; scores do not depend on any of it."""

    source: Source = "auto"
    """The table outcomes, ended subscriptions, or silence; auto: the first of them that has a churn."""
    grace_days: Annotated[Whole, Field(ge=0, le=366)] = 30
    """A subscription that is replaced within so many days of its end was renewed."""
    silence_days: Annotated[Whole, Field(ge=7, le=730)] = 90
    """An account without contracts has churned when it did nothing for so many days."""
    regular_weeks: Annotated[Whole, Field(ge=1, le=104)] = 4
    """Silence counts after regular use: active in at least so many weeks ..."""
    regular_of: Annotated[Whole, Field(ge=1, le=104)] = 12
    """... of so many; an account must be as old to be judged at all."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        problems = Problems()
        if self.regular_weeks > self.regular_of:
            told = f"must not be more than regular_of ({self.regular_of}), not {self.regular_weeks}"
            problems.add(told, "regular_weeks")
        problems.raise_any("OutcomeRules")
        return self
