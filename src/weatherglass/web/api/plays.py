"""Plays and what they did, audiences, and renewals with two opinions."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import Field

from weatherglass.actions.uplift import Effect
from weatherglass.jobs import account as one_account
from weatherglass.jobs.effects import effect
from weatherglass.jobs.standing import Standing
from weatherglass.state import NotFound, Unfit
from weatherglass.web.api.access import Reader, Writer
from weatherglass.web.api.paths import AccountId
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["plays"])
Name = Annotated[str, Path(min_length=1, max_length=200)]


class PlayTold(Told):
    """A play, and where it is at work."""

    name: str
    enabled: bool
    when: dict[str, Any]
    steps: list[dict[str, Any]]
    holdout: float
    running: int
    begun: int
    held_out: int


class Plays(Told):
    """The plays of the project."""

    plays: list[PlayTold]


@router.get("/plays")
def list_plays(service: Serving, _: Reader) -> Plays:
    """The plays, and how many accounts each is at work for, was begun for, and was withheld from."""
    runs = service.state.plays.runs()
    return Plays(
        plays=[
            PlayTold(
                name=name,
                enabled=play.enabled,
                when=play.when.model_dump(mode="json", exclude_defaults=True),
                steps=[step.model_dump(mode="json") for step in play.steps],
                holdout=play.holdout,
                running=sum(run.play == name and not run.held_out and run.ended_day is None for run in runs),
                begun=sum(run.play == name and not run.held_out for run in runs),
                held_out=sum(run.play == name and run.held_out for run in runs),
            )
            for name, play in service.live.project.plays.items()
        ]
    )


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
    found = service.live.read(lambda store: one_account.account(store, account_id))
    if asked.tier not in found.tiers:
        raise Unfit(
            f"{asked.tier!r} is no tier of this account's scorecard; there is {', '.join(found.tiers) or 'none'}"
        )
    renewal = found.attributes["renewal_date"]
    if renewal is None:
        raise Unfit("the account has no renewal date")
    last = service.look(lambda standing: one_account.history(standing, account_id)[-1])
    row = {
        "account_id": account_id,
        "renewal_day": renewal.date() if isinstance(renewal, dt.datetime) else renewal,
        "tier": asked.tier,
        "computed_tier": last["tier"],
        "computed_score": last["score"],
        "note": asked.note,
    }
    return Opinion.model_validate(service.state.plays.think(by, row))


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
    agree: bool | None = Field(description="Whether the two are the same; null without an opinion.")


class Renewals(Told):
    """The soonest first."""

    as_of: dt.date
    renewals: list[Renewal]
    opinions_right: int = Field(description="Past renewals where only the person's tier was borne out.")
    scores_right: int = Field(description="Past renewals where only the computed tier was.")


@router.get("/renewals", responses={404: {}})
def list_renewals(
    service: Serving, _: Reader, days: Annotated[int, Query(ge=1, le=730, description="Days ahead.")] = 120
) -> Renewals:
    """Renewals ahead with the computed tier and the person's, and who was right of those that disagreed before."""
    opinions = {(one.account_id, one.renewal_day): one for one in service.state.plays.opinions()}

    def read(standing: Standing) -> tuple[dt.date, list[Any], dict[tuple[str, dt.date], str]]:
        day = standing.day()
        rows = standing.store.engine.rows(
            "SELECT account_id, name, owner, CAST(renewal_date AS DATE), revenue, score, tier_shown "
            f"FROM ({standing.relation(day)}) WHERE CAST(renewal_date AS DATE) BETWEEN ? AND ? "
            "ORDER BY 4, 1 LIMIT 10000",
            [day, day + dt.timedelta(days=days)],
        )
        outcomes = standing.store.engine.rows(
            "SELECT account_id, CAST(occurred_at AS DATE), kind FROM outcomes WHERE kind IN ('renewed', 'churned')"
        )
        return day, rows, {(account, at): kind for account, at, kind in outcomes}

    day, rows, outcomes = service.look(read)
    found = []
    for account, name, owner, due, revenue, score, tier in rows:
        mine = opinions.get((account, due))
        found.append(
            Renewal(
                account_id=account,
                name=name,
                owner=owner,
                renewal_day=due,
                revenue=revenue,
                score=score,
                tier=tier,
                opinion=mine.tier if mine else None,
                opinion_by=mine.author if mine else None,
                agree=mine.tier == tier if mine else None,
            )
        )
    people, scores = _who_was_right(list(opinions.values()), outcomes)
    return Renewals(as_of=day, renewals=found, opinions_right=people, scores_right=scores)


_GOOD = frozenset({"green", "healthy", "A", "B"})
NEAR = 45
"""Days around a renewal in which its outcome is looked for."""


def _who_was_right(opinions: list[Any], outcomes: dict[tuple[str, dt.date], str]) -> tuple[int, int]:
    """Of opinions that differed from the score about whether all is well: how often each side was right."""
    people = scores = 0
    for one in opinions:
        person, computed = one.tier in _GOOD, one.computed_tier in _GOOD
        kinds = [
            kind for (account, at), kind in outcomes.items()
            if account == one.account_id and abs((at - one.renewal_day).days) <= NEAR
        ]  # fmt: skip
        if person == computed or not kinds:
            continue
        renewed = "churned" not in kinds
        people += person == renewed
        scores += computed == renewed
    return people, scores
