"""Scorecards: which made the history, which is in force, and what another would say."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field, ValidationError

from weatherglass.config.problems import explained
from weatherglass.config.scaling import Scaling
from weatherglass.jobs.epochs import ALWAYS, Epochs
from weatherglass.jobs.project import what_if
from weatherglass.jobs.project.cards import Numbers
from weatherglass.jobs.project.publishing import Exchange
from weatherglass.rollups import calendar
from weatherglass.state import NotFound
from weatherglass.web.api.access import Reader
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["scorecards"])


class Version(Told):
    """A scorecard that scores were made with."""

    version: str
    name: str
    first_used: Moment
    current: bool = Field(description="Whether the configuration makes scores with it now.")
    weights: dict[str, float] = Field(description="By dimension.")
    tiers: list[str] = Field(description="Lowest first.")
    lines: list[float] = Field(description="Between the tiers.")


class Versions(Told):
    """The newest first."""

    versions: list[Version]


class InForce(Told):
    """Scorecards that hold for days from one on."""

    since: dt.date | None = Field(description="Null: from the first day on.")
    versions: list[str]


class Scorecards(Versions):
    """The versions, and which held when."""

    in_force: list[InForce] = Field(description="Oldest first.")


@router.get("/scorecards")
def list_scorecards(service: Serving, _: Reader) -> Scorecards:
    """Every version that scores were made with, and from which day on which ones held."""

    def read(store: Any) -> Scorecards:
        rows = store.engine.rows("SELECT scorecard_version, card, first_used FROM scorecards ORDER BY version DESC")
        project = service.live.project
        current = {project.version(card) for card in project.scorecards}
        versions = [_version(version, card, used, current) for version, card, used in rows]
        starts = [
            InForce(
                since=None if first <= ALWAYS else calendar.date(first),
                versions=[one.version(card) for card in one.scorecards],
            )
            for first, one in Epochs.read(store).starts
        ]
        return Scorecards(versions=versions, in_force=starts)

    return service.live.read(read)


def _version(version: str, card: str, used: dt.datetime, current: set[str]) -> Version:
    written = json.loads(card)
    return Version(
        version=version,
        name=written["name"],
        first_used=used,
        current=version in current,
        weights={name: one["weight"] for name, one in written["dimensions"].items()},
        tiers=written["tiers"]["names"],
        lines=written["tiers"]["lines"],
    )


class Card(Told):
    """A scorecard with everything that makes a score."""

    version: str
    first_used: Moment
    scorecard: dict[str, Any] = Field(description="In the form of weatherglass.yml, every default spelled out.")


@router.get("/scorecards/{version}")
def get_scorecard(service: Serving, _: Reader, version: str) -> Card:
    """One version."""

    def read(store: Any) -> Card:
        query = "SELECT card, first_used FROM scorecards WHERE scorecard_version = ?"
        found = store.engine.rows(query, [version])
        if not found:
            raise NotFound(f"no score was made with a scorecard {version!r}")
        return Card(version=version, first_used=found[0][1], scorecard=json.loads(found[0][0]))

    return service.live.read(read)


Weight = Annotated[float, Field(ge=0, le=1e9)]


class RangeAsked(Asked):
    """Linear between two values."""

    range: list[float] = Field(min_length=2, max_length=2, description="The values that score 0 and 100.")


class StepsAsked(Asked):
    """By the highest bound that is reached."""

    steps: dict[float, Annotated[float, Field(ge=0, le=100)]] = Field(
        min_length=1, max_length=100, description="Bounds, each with the score from it on."
    )


class PercentileAsked(Asked):
    """Among like accounts."""

    percentile: str = Field(description="The column of accounts whose equal values make a cohort.")


ScalingAsked = Literal["own", "peak", "median_grace", "percentile"] | RangeAsked | StepsAsked | PercentileAsked
"""A scaling as weatherglass.yml has it."""


class NumbersAsked(Asked):
    """Other weights, lines, signals, scalings or windows of a scorecard; what is not named stays as it is."""

    dimensions: dict[str, Weight] = Field(default_factory=dict, max_length=100, examples=[{"product_usage": 0.4}])
    signals: dict[str, Weight] = Field(
        default_factory=dict, max_length=200, examples=[{"product_usage.habit": 0.6}], description="dimension.signal"
    )
    lines: list[Annotated[float, Field(ge=0, le=100)]] | None = Field(default=None, max_length=20)
    added: dict[str, Weight] = Field(
        default_factory=dict,
        max_length=200,
        examples=[{"product_usage.steady_weeks": 1}],
        description="Signals that the scorecard has not, by dimension.signal.",
    )
    removed: list[str] = Field(
        default_factory=list, max_length=200, description="dimension.signal of those that it is to have no more."
    )
    scalings: dict[str, ScalingAsked] = Field(
        default_factory=dict,
        max_length=200,
        examples=[{"product_usage.habit": {"range": [0, 20]}}],
        description="By dimension.signal; where less is better, a range begins with its larger end.",
    )
    windows: dict[str, int | float] = Field(
        default_factory=dict, max_length=50, examples=[{"velocity": 14}], description="Lengths by their option."
    )

    def numbers(self) -> Numbers:
        """What is asked for. Errors: Problem 422 with the first scaling that its signal cannot have."""
        scalings = {}
        for key, given in self.scalings.items():
            try:
                scalings[key] = Scaling.model_validate(given if isinstance(given, str) else given.model_dump())
            except ValidationError as error:
                raise Problem(422, f"scalings.{key}: {explained(error.errors(include_url=False)[0])}") from None
        unused = [key for key in scalings if key in self.removed]
        if unused:
            raise Problem(422, f"{unused[0]} is to be taken out, and to have another scaling: ask for one of them")
        exchange = Exchange(self.added, tuple(dict.fromkeys(self.removed)), scalings, self.windows)
        return Numbers(self.dimensions, self.signals, self.lines, exchange)


class WhatIfRequest(NumbersAsked):
    """Other numbers in a scorecard, and of which day."""

    scorecard: str | None = Field(default=None, description="Its name; the one for everyone else, if not given.")
    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")


class FlowThen(Told):
    """Accounts of a tier that would be in a tier."""

    tier: str
    tier_then: str
    accounts: int


class MovedThen(Told):
    """An account whose tier would be another."""

    account_id: str
    score: float | None
    score_then: float | None
    tier: str
    tier_then: str


class WhatIfAnswer(Told):
    """A day scored with the scorecard as it is and as it might be: raw tiers, without hysteresis and overrides."""

    as_of: dt.date
    version: str = Field(description="The version that the changed scorecard would have.")
    accounts: int
    tiers: dict[str, int]
    tiers_then: dict[str, int]
    flows: list[FlowThen]
    distribution: list[int] = Field(description="Accounts in bins of 5 points from 0.")
    distribution_then: list[int]
    mean_change: float | None
    moved: list[MovedThen] = Field(description="Accounts that would change tier, the largest moves first.")


@router.post("/what-if")
def ask_what_if(service: Serving, _: Reader, asked: WhatIfRequest) -> WhatIfAnswer:
    """What other numbers of a scorecard would do to the tiers of all accounts. Nothing is kept."""
    project = service.live.project
    name = asked.scorecard or project.scorecards[-1].name
    then = asked.numbers()
    lines = None if then.lines is None else list(then.lines)
    other = what_if.changed(project, name, then.dimensions, then.signals, lines, then.exchange)
    card = next(one for one in other.scorecards if one.name == name)
    found = service.live.read(lambda store: what_if.what_if(store, project, other, asked.as_of))
    flows = [FlowThen(tier=before, tier_then=then, accounts=count) for (before, then), count in found.flows.items()]
    facts = {
        name: getattr(found, name)
        for name in ("as_of", "accounts", "tiers", "tiers_then", "distribution", "distribution_then", "mean_change")
    }
    moved = [MovedThen.model_validate(one) for one in found.moved]
    return WhatIfAnswer(**facts, version=other.version(card), flows=flows, moved=moved)
