"""The query parameters that choose accounts, the same wherever accounts are chosen."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from weatherglass.jobs.views.choosing import Choice
from weatherglass.signals.catalogue import DIMENSIONS
from weatherglass.web.api.values import Asked, Day

Texts = Annotated[list[str], Field(max_length=100, default_factory=list)]
Dimension = Literal[DIMENSIONS]  # type: ignore[valid-type]  # the catalogue says which there are


class ChoiceQuery(Asked):
    """Which accounts. A parameter may be given several times: any of its values will do."""

    text: str = Field(default="", max_length=200, description="Part of the id or the name.")
    tier: Texts
    lifecycle: list[Literal["new", "onboarding", "behavioural"]] = Field(default_factory=list, max_length=3)
    owner: Texts
    segment: Texts
    plan: Texts
    region: Texts
    industry: Texts
    acquisition_source: Texts
    acquisition_campaign: Texts
    score_from: float | None = None
    score_below: float | None = None
    revenue_from: float | None = Field(default=None, description="A year's revenue: ARR, else 12 times MRR.")
    revenue_below: float | None = None
    seats_from: int | None = Field(default=None, ge=0, lt=2**53)
    seats_below: int | None = Field(default=None, ge=0, lt=2**53)
    renewal_from: Day | None = None
    renewal_to: Day | None = None
    dimension: Dimension | None = Field(default=None, description="For dimension_from and dimension_below.")
    dimension_from: float | None = None
    dimension_below: float | None = None
    overridden: bool | None = Field(default=None, description="Only accounts with an override in force, or without.")
    left: bool | None = Field(
        default=None, description="Only customers whose contracts have all ended by the day, or only the others."
    )

    def choice(self) -> Choice:
        """The same for the jobs."""
        mine = {name: getattr(self, name) for name in ChoiceQuery.model_fields}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in mine.items()
        }
        return Choice(**{**given, "dimension": self.dimension or ""})
