"""Windows: how far back each rule looks."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from weatherglass.config.frozen import Frozen, Number, Whole
from weatherglass.config.problems import Problems

Days = Annotated[Whole, Field(ge=1, le=366)]
LongDays = Annotated[Whole, Field(ge=1, le=1461)]
Weeks = Annotated[Whole, Field(ge=1, le=104)]


class Windows(Frozen):
    """The lengths of the windows, in days where the name does not say weeks; all end with the day that is scored."""

    usage: Days = 28
    """The window of a product_usage value; the weeks of median_grace end this many days before the scored day."""
    recent: Days = 21
    """median_grace: the days whose weekly average is held against the usual week."""
    baseline_weeks: Weeks = 8
    """median_grace: the weeks whose median is the usual week."""
    peak: LongDays = 365
    """peak: the days among which the highest value is looked for."""
    habit_weeks: Weeks = 12
    """habit: the weeks looked at."""
    habit_min_weeks: Weeks = 4
    """habit: the weeks of history without which there is no score."""
    velocity: Days = 28
    """velocity: the length of the recent stretch, and of the one before it."""
    consistency_weeks: Annotated[Whole, Field(ge=2, le=104)] = 8
    """consistency: the weeks whose spread is measured."""
    adoption: Days = 28
    """adoption: the days in which a use of a feature counts."""
    availability: LongDays = 90
    """adoption without a feature map: the days in which a use by anyone makes a feature available."""
    tickets: Days = 28
    """volume, severity, resolution: the days whose tickets count."""
    ticket_history: LongDays = 168
    """volume: the days before those, which say how many tickets are usual."""
    satisfaction: LongDays = 90
    """satisfaction: the days whose ratings count."""
    grace: Annotated[Number, Field(gt=0, le=1)] = 0.85
    """median_grace: the share of the usual week that already scores 100."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        problems = Problems()
        if self.recent > self.usage:
            told = "the recent days would be part of their own baseline"
            problems.add(f"must not be more than usage ({self.usage}), not {self.recent}: {told}", "recent")
        if self.habit_min_weeks > self.habit_weeks:
            told = f"must not be more than habit_weeks ({self.habit_weeks}), not {self.habit_min_weeks}"
            problems.add(told, "habit_min_weeks")
        problems.raise_any("Windows")
        return self
