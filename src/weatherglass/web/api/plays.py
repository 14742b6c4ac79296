"""What plays did, audiences, and renewals with two opinions."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from weatherglass.actions.uplift import Effect
from weatherglass.jobs.acting.audiences import resend
from weatherglass.jobs.acting.effects import effect
from weatherglass.jobs.acting.renewing import opinion, renewals
from weatherglass.jobs.errors import JobError, UnknownAccount
from weatherglass.jobs.views import account as one_account
from weatherglass.state import NotFound, Unfit
from weatherglass.web.api.access import Admin, Reader, Writer
from weatherglass.web.api.paths import AccountId
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["plays"])
Name = Annotated[str, Path(min_length=1, max_length=200)]


class EffectTold(Told):
    """A difference with its 95 % interval."""

    how: str = Field(description="holdout; or matched, which is weaker.")
    value: float
    low: float
    high: float
    treated: int
    compared: int
    sure: bool = Field(description="Whether the interval leaves out zero.")


class PlayEffect(Told):
    """What a play did; null where nothing can be said."""

    play: str
    began: int
    held_out: int
    wanted: int = Field(description="Accounts to be seen before anything is said, set beforehand.")
    told: str
    score_30: EffectTold | None = Field(description="Points of the score 30 days after the beginning.")
    score_60: EffectTold | None
    renewal: EffectTold | None = Field(description="The share that renewed.")


@router.get("/plays/{play}/effect")
def get_effect(service: Serving, _: Reader, play: Name) -> PlayEffect:
    """What a play did: against accounts it was withheld from at random, else, weaker, against those that look alike."""
    project = service.live.project
    if play not in project.plays:
        raise NotFound(f"there is no play {play!r}")
    found = service.live.read(lambda store: effect(store, service.state, project, play))
    return PlayEffect(
        play=play,
        began=found.began,
        held_out=found.held_out,
        wanted=found.wanted,
        told=found.told,
        score_30=_effect(found.score[30]),
        score_60=_effect(found.score[60]),
        renewal=_effect(found.renewal),
    )


def _effect(one: Effect | None) -> EffectTold | None:
    return None if one is None else EffectTold.model_validate(one)


class AudienceTold(Told):
    """An audience."""

    name: str
    accounts: int


class Audiences(Told):
    """The audiences of the project."""

    audiences: list[AudienceTold]


@router.get("/audiences")
def list_audiences(service: Serving, _: Reader) -> Audiences:
    """The audiences, and how many accounts are in each."""
    found = [(one.name, len(service.state.plays.members(one.name))) for one in service.live.project.audiences]
    return Audiences(audiences=[AudienceTold(name=name, accounts=count) for name, count in found])


_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/audiences/{audience}", response_class=Response, responses=_CSV)
def get_audience(service: Serving, _: Reader, audience: Name) -> Response:
    """Who is in an audience, and since when, as CSV."""
    if audience not in {one.name for one in service.live.project.audiences}:
        raise NotFound(f"there is no audience {audience!r}")
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(["account_id", "since"])
    written.writerows(service.state.plays.members(audience).items())
    return Response(text.getvalue().encode("utf-8", "replace"), media_type="text/csv")


class ResentTold(Told):
    """A whole audience told again."""

    members: int
    left: int = Field(description="Accounts that had left it, of which the outside has not been told.")
    replaced: int = Field(description="Dead letters whose place this takes.")
    messages: int


@router.post("/audiences/{audience}/resend", status_code=200)
def resend_audience(service: Serving, by: Admin, audience: Name) -> ResentTold:
    """Tell the outside of everybody in an audience anew, and of who left where that never arrived."""
    project = service.live.project
    found = service.live.read(lambda store: resend(store, service.state, project, by, audience))
    return ResentTold.model_validate(found, from_attributes=True)


class Opinion(Told):
    """What a person thinks of a renewal, beside what was computed on that day."""

    id: int
    account_id: str
    renewal_day: dt.date
    tier: str
    computed_tier: str
    computed_score: float | None
    note: str
    author: str
    made_at: Moment


class OpinionRequest(Asked):
    """How a person sees an account's renewal."""

    tier: str = Field(min_length=1, max_length=64, description="One of the tiers of the account's scorecard.")
    note: str = Field(default="", max_length=2000)


@router.post("/accounts/{account_id}/opinions", status_code=201)
def give_opinion(service: Serving, by: Writer, account_id: AccountId, asked: OpinionRequest) -> Opinion:
    """Say how you see an account's renewal; both opinions are kept, to be held against what happens."""
    try:
        row = service.look(lambda standing: opinion(standing, account_id, asked.tier, asked.note))
    except UnknownAccount:
        raise
    except JobError as error:
        raise Unfit(str(error)) from None
    return Opinion.model_validate(service.state.plays.think(by, row))


class Opinions(Told):
    """The first given first."""

    opinions: list[Opinion]


@router.get("/accounts/{account_id}/opinions", responses={404: {}})
def list_opinions(service: Serving, _: Reader, account_id: AccountId) -> Opinions:
    """What people thought of an account's renewals, each beside what was computed on that day."""
    service.live.read(lambda store: one_account.account(store, account_id))
    mine = [one for one in service.state.plays.opinions() if one.account_id == account_id]
    return Opinions(opinions=[Opinion.model_validate(one) for one in mine])


class Renewal(Told):
    """A renewal ahead, as computed and as a person sees it."""

    account_id: str
    name: str | None
    owner: str | None
    renewal_day: dt.date
    revenue: float | None
    score: float | None
    tier: str
    opinion: str | None = Field(description="The tier that a person last gave for this renewal.")
    opinion_by: str | None
    note: str | None
    agree: bool | None = Field(description="Whether the two are the same; null without an opinion.")


class Disagreement(Told):
    """A renewal that is decided, of which a person thought otherwise than the score."""

    account_id: str
    renewal_day: dt.date
    opinion: str = Field(description="The last tier that a person gave before the outcome.")
    opinion_by: str
    given_on: dt.date
    computed_tier: str = Field(description="On the day of the opinion.")
    computed_score: float | None
    outcome: Literal["renewed", "churned"]
    right: Literal["person", "score"]


class Renewals(Told):
    """The soonest first; and who was right of those that disagreed before, the latest first."""

    as_of: dt.date
    renewals: list[Renewal]
    disagreements: list[Disagreement]
    opinions_right: int = Field(description="Of these, those where the person had the better tier for it.")
    scores_right: int = Field(description="Of these, those where the score had.")


@router.get("/renewals", responses={404: {}})
def list_renewals(
    service: Serving, _: Reader, days: Annotated[int, Query(ge=1, le=730, description="Days ahead.")] = 120
) -> Renewals:
    """Renewals ahead with the computed tier and the person's, and who was right of those that disagreed before."""
    opinions = service.state.plays.opinions()
    return Renewals.model_validate(service.look(lambda standing: renewals(standing, opinions, days)))
