"""Values that several resources ask for and tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from weatherglass.jobs.foresight.probabilities import Kept, chances
from weatherglass.signals.catalogue import DIMENSIONS

FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
"""The days that are believed."""


def _believed(day: dt.date) -> dt.date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a day is between {FIRST_DAY} and {LAST_DAY}")
    return day


def _utc(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat() + "Z"


Day = Annotated[dt.date, AfterValidator(_believed)]
Moment = Annotated[dt.datetime, PlainSerializer(_utc, return_type=str)]
"""A time in UTC; inside times have no zone."""
Future = AwareDatetime


class Told(BaseModel):
    """What an answer is made of."""

    model_config = ConfigDict(from_attributes=True)


class Asked(BaseModel):
    """What a request is made of; what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Score(Told):
    """How an account stands on a day."""

    score: float | None = Field(description="0 to 100; null while unscored.")
    tier: str = Field(description="The tier of the score.")
    tier_shown: str = Field(description="The tier that does not flap, or the one that a person has put in its place.")
    override: int | None = Field(description="The override that holds, if one does.")
    grade: str | None
    lifecycle: str
    coverage: float
    confidence: float
    scorecard_version: str
    dimensions: dict[str, float | None]
    churn: dict[int, float] = Field(
        description="The chance of churn by days ahead, as `calibrate` found it; empty where it found none."
    )


def score(row: dict[str, Any], known: Mapping[str, Kept]) -> Score:
    """A score from a row with its columns; `dim_` columns become `dimensions`. known: chances by scorecard version."""
    return Score(**row, dimensions={name: row[f"dim_{name}"] for name in DIMENSIONS}, churn=chances(row, known))
