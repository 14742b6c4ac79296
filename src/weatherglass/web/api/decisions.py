"""Decisions on Today: who has taken an account, put it off, or done what there was to do."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.live.store import today
from weatherglass.jobs.views import account as one_account
from weatherglass.jobs.views.setting_aside import seen
from weatherglass.state.decisions import Kind
from weatherglass.web.api import paging
from weatherglass.web.api.access import Reader, Writer
from weatherglass.web.api.paths import AccountId, Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["decisions"])


class Decision(Told):
    """What somebody has decided about an account of Today."""

    id: int
    account_id: str
    kind: Kind
    day: dt.date = Field(description="The last finished day when it was made.")
    until: dt.date | None = Field(description="The day on which the account is back on Today; null for one taken.")
    score: float | None = Field(description="As it was then, and so the tier.")
    tier: str
    author: str
    made_at: Moment
    replaces: int | None = Field(description="The decision that it took the place of.")
    ended_at: Moment | None = Field(description="When another took its place, or it was undone.")
    ended_by: str | None


class Decisions(Told):
    """The last made first."""

    decisions: list[Decision]


class DecisionsQuery(Asked):
    """Which decisions that count."""

    kind: Kind | None = None
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


class DecisionRequest(Asked):
    """A decision about an account."""

    kind: Kind
    until: Day | None = Field(default=None, description="Of `snoozed`: a day after today, within 92 days.")


@router.get("/decisions")
def list_decisions(service: Serving, _: Reader, query: Annotated[DecisionsQuery, Query()]) -> paging.Paged[Decision]:
    """The decisions that count, of all accounts; the last made first."""
    before = paging.number(query.cursor)
    found = [
        one
        for one in service.state.decisions.current()
        if (before is None or one.id < before) and query.kind in (None, one.kind)
    ]
    return paging.of_ids(found[: query.limit + 1], query.limit, Decision.model_validate)


@router.get("/accounts/{account_id}/decisions", responses={404: {}})
def list_account_decisions(service: Serving, _: Reader, account_id: AccountId) -> Decisions:
    """All decisions about an account, also those that count no longer."""
    service.live.read(lambda store: one_account.account(store, account_id))
    found = service.state.decisions.of(account_id)
    return Decisions(decisions=[Decision.model_validate(one) for one in found])


@router.post("/accounts/{account_id}/decisions", status_code=201, responses={404: {}})
def decide(service: Serving, by: Writer, account_id: AccountId, asked: DecisionRequest) -> Decision:
    """Take an account of Today, put it off until a day, or say that it is done; in place of the decision that counts.

    By itself it is back on its day, four weeks after it was done, and at once when it gets worse.
    """
    service.live.read(lambda store: one_account.account(store, account_id))
    now = service.finished(lambda standing: seen(standing, account_id))
    day = today(service.live.project)
    made = service.state.decisions.make(by, account_id, asked.kind, now, day, asked.until)
    return Decision.model_validate(made)


@router.delete("/decisions/{decision}")
def undo_decision(service: Serving, by: Writer, decision: Number) -> Decision:
    """Take a decision back that counts: the one that it took the place of counts again."""
    return Decision.model_validate(service.state.decisions.undo(by, decision))
