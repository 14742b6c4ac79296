"""The portfolio: how all the chosen accounts stand, and what moved."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.views import portfolio as portfolios
from weatherglass.jobs.views.flows import trend
from weatherglass.jobs.views.standing import TEXTS, Standing
from weatherglass.web.api.access import Reader
from weatherglass.web.api.choice import ChoiceQuery
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Day, Told

router = APIRouter(tags=["portfolio"])


class TierTotal(Told):
    """What is in a tier; `rank` counts from 0, the lowest, and is -1 for unscored."""

    tier: str
    rank: int
    accounts: int
    revenue: float
    mean_score: float | None


class Bin(Told):
    """Accounts with a score from a point on, below the next bin."""

    lowest: float = Field(alias="from")
    accounts: int


class Flow(Told):
    """Accounts that went from a tier to a tier, or stayed."""

    tier_before: str
    tier: str
    accounts: int
    revenue: float


class Mover(Told):
    """An account that moved."""

    account_id: str
    name: str | None
    score: float
    score_before: float
    change: float
    tier: str
    tier_before: str
    revenue: float | None


class Renewals(Told):
    """The renewals of a month, by tier."""

    month: str = Field(examples=["2026-03"])
    tier: str
    accounts: int
    revenue: float


class Portfolio(Told):
    """How accounts stand on a day. Revenue is a year's: ARR, else 12 times MRR."""

    as_of: dt.date
    versus: dt.date
    accounts: int
    revenue: float
    mean_score: float | None
    tiers: list[TierTotal]
    distribution: list[Bin] = Field(description="Bins of 5 points; 100 is in the last.")
    flows: list[Flow] = Field(description="Between the two days, of accounts with a row on both.")
    risers: list[Mover]
    fallers: list[Mover]
    renewals: list[Renewals] = Field(description="Twelve months ahead.")


class PortfolioQuery(ChoiceQuery):
    """Which accounts, on which days."""

    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")
    versus: Day | None = Field(default=None, description="28 days before, if not given.")


@router.get("/portfolio")
def get_portfolio(service: Serving, _: Reader, query: Annotated[PortfolioQuery, Query()]) -> Portfolio:
    """Tiers, revenue, distribution, movement between tiers, biggest movers and renewals ahead."""
    choice = query.choice()
    found = service.look(lambda standing: portfolios.portfolio(standing, choice, query.as_of, query.versus))
    return Portfolio.model_validate(found)


class TierOfDay(TierTotal):
    """What was in a tier on a day."""

    day: dt.date


class Trend(Told):
    """Tier totals, day by day."""

    days: list[TierOfDay]


class TrendQuery(ChoiceQuery):
    """Which accounts, on which days."""

    as_of: Day | None = Field(default=None, description="The last day; the last scored one, if not given.")
    every: int = Field(default=7, ge=1, le=365, description="Days between two points.")
    points: int = Field(default=53, ge=1, le=400)


@router.get("/portfolio/trend")
def get_trend(service: Serving, _: Reader, query: Annotated[TrendQuery, Query()]) -> Trend:
    """Tier totals over time. Attributes, revenue among them, are those of now."""

    def read(standing: Standing) -> list[dict[str, Any]]:
        last = standing.day(query.as_of)
        back = [min(query.every * place, (last - dt.date(1970, 1, 1)).days) for place in range(query.points)]
        days = [last - dt.timedelta(days=max(0, one)) for one in back]
        return trend(standing, query.choice(), days)

    return Trend(days=[TierOfDay(**row) for row in service.look(read)])


class TierCount(Told):
    """Accounts in a tier."""

    tier: str
    accounts: int


class Segment(Told):
    """The accounts with a value of an attribute; null: those without one."""

    value: str | None
    accounts: int
    revenue: float
    mean_score: float | None
    tiers: list[TierCount]


class Segments(Told):
    """The values of an attribute, those with most accounts first."""

    as_of: dt.date
    by: str
    segments: list[Segment]


class SegmentsQuery(ChoiceQuery):
    """Which accounts, grouped by what."""

    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")
    by: Literal[TEXTS] = "segment"  # type: ignore[valid-type]


@router.get("/segments")
def get_segments(service: Serving, _: Reader, query: Annotated[SegmentsQuery, Query()]) -> Segments:
    """Scores and tiers by segment, plan, owner, region, industry or acquisition."""
    choice = query.choice()
    day, rows = service.look(lambda standing: portfolios.segments(standing, choice, query.by, query.as_of))
    return Segments(as_of=day, by=query.by, segments=[Segment(**row) for row in rows])
