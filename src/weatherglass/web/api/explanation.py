"""Why: the signals behind a score, what moved it, and how each signal went."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.scoring.run import evaluate
from weatherglass.jobs.views import explaining
from weatherglass.jobs.views.account import account as one_account
from weatherglass.scores.rows import signal_rows
from weatherglass.scores.words import arithmetic, sentence
from weatherglass.web.api.access import Reader
from weatherglass.web.api.paths import AccountId
from weatherglass.web.api.problems import Problem
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Score, Told, score

router = APIRouter(tags=["explanation"])
LONGEST = 731
"""Days of signals in one answer."""


class SignalLine(Told):
    """A signal's part in a score, at full precision: contributions add up to the score."""

    dimension: str
    signal: str
    value: float | None
    baseline: float | None
    score: float | None
    weight: float | None = Field(description="Its share of this score, after what has no data left its weight.")
    contribution: float | None
    sentence: str
    arithmetic: str


class Explanation(Told):
    """Why a score is what it is."""

    account_id: str
    as_of: dt.date
    score: Score
    scorecard: str
    signals: list[SignalLine]


class ExplanationQuery(Asked):
    """A day."""

    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")


@router.get("/accounts/{account_id}/explanation")
def get_explanation(
    service: Serving, _: Reader, account_id: AccountId, query: Annotated[ExplanationQuery, Query()]
) -> Explanation:
    """Every signal of an account's score on a day, with its arithmetic."""
    found = service.live.read(lambda store: explaining.explain(store, account_id, query.as_of, at_hand=service.at_hand))
    return _explanation(service, account_id, found.day)


def _explanation(service: Serving, account_id: str, day: explaining.Day) -> Explanation:
    as_of = day.row["as_of"]
    lines = [
        SignalLine(**line, sentence=sentence(line, day.card), arithmetic=arithmetic(line, day.card))
        for line in day.signals
    ]
    held = next((one for one in service.state.overrides.of(account_id) if one.holds(as_of)), None)
    row = {**day.row, "override": None if held is None else held.id}
    row["tier_shown"] = row["tier_shown"] if held is None else held.tier
    now = score(row, service.chances())
    return Explanation(account_id=account_id, as_of=as_of, score=now, scorecard=day.card.name, signals=lines)


class Move(Told):
    """A signal's own part of a change, in points of the score."""

    dimension: str
    signal: str
    points: float


class Change(Told):
    """What moved a score between two days: scorecard + moves + weights = change."""

    account_id: str
    since: dt.date
    as_of: dt.date
    before: Explanation
    after: Explanation
    change: float | None = Field(description="Null where one of the two days is unscored.")
    scorecard: float | None = Field(description="What another scorecard alone did; null where it is the same.")
    moves: list[Move] = Field(description="The largest first.")
    weights: float | None = Field(description="What moved because weights did.")
    unscored: str = Field(description="Which day is unscored, and why; else empty.")


class ChangeQuery(Asked):
    """Two days."""

    since: Day
    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")


@router.get("/accounts/{account_id}/change")
def get_change(service: Serving, _: Reader, account_id: AccountId, query: Annotated[ChangeQuery, Query()]) -> Change:
    """Why a score moved between two days: lines that add up to the change."""
    found = service.live.read(
        lambda store: explaining.explain(store, account_id, query.as_of, query.since, service.at_hand)
    )
    versus = found.versus
    assert versus is not None
    before, after = (_explanation(service, account_id, day) for day in (versus.before, found.day))
    split = versus.change
    both = before.score.score is not None and after.score.score is not None
    return Change(
        account_id=account_id,
        since=before.as_of,
        as_of=after.as_of,
        before=before,
        after=after,
        change=(after.score.score or 0.0) - (before.score.score or 0.0) if both else None,
        scorecard=versus.card_points,
        moves=[] if split is None else [Move.model_validate(move) for move in split.moves],
        weights=None if split is None else split.weights,
        unscored=versus.unscored,
    )


class SignalOfDay(Told):
    """A signal on a day."""

    as_of: dt.date
    dimension: str
    signal: str
    value: float | None
    baseline: float | None
    score: float | None
    weight: float | None
    contribution: float | None


class SignalHistory(Told):
    """An account's signals, by day and in the order of the catalogue."""

    account_id: str
    signals: list[SignalOfDay]


class SignalsQuery(Asked):
    """A stretch of days, and which signals."""

    since: Day | None = Field(default=None, description="`as_of`, if not given.")
    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")
    signal: list[str] = Field(default_factory=list, max_length=100, description="Only these signals.")


@router.get("/accounts/{account_id}/signals")
def get_signals(
    service: Serving, _: Reader, account_id: AccountId, query: Annotated[SignalsQuery, Query()]
) -> SignalHistory:
    """Every signal of an account on each day of a stretch, at most two years."""

    def read(store: Any) -> list[dict[str, Any]]:
        last = query.as_of or explaining.last_day(store)
        first = query.since or last
        if (last - first).days >= LONGEST:
            raise Problem(422, f"ask for at most {LONGEST} days at once")
        rows: list[dict[str, Any]] = []
        for scored in evaluate(store, first, last, [account_id], at_hand=service.at_hand):
            rows += signal_rows(scored.result, scored.whose, scored.days_between(first, last)).to_pylist()
        if not rows:
            one_account(store, account_id)
        return [row for row in rows if not query.signal or row["signal"] in query.signal]

    return SignalHistory(account_id=account_id, signals=[SignalOfDay(**row) for row in service.live.read(read)])
