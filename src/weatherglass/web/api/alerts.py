"""Alerts, what people think of them, and the messages that told of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.acting.alerting import LOOK_BACK, dry_run
from weatherglass.web.api import paging
from weatherglass.web.api.access import Admin, Reader, Writer
from weatherglass.web.api.paths import Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["alerts"])
Severity = Literal["low", "normal", "high", "critical"]


class Reason(Told):
    """What a rule saw."""

    rule: str
    severity: str
    line: str


class Alert(Told):
    """A problem of an account, from the day it was seen until it is over."""

    id: int
    account_id: str = Field(description="Empty for a problem of the data.")
    problem: str
    state: str
    severity: str
    opened_day: dt.date
    changed_day: dt.date
    closed_day: dt.date | None
    left: bool = Field(description="Whether it ended because the customer did.")
    rules: list[Reason]
    facts: dict[str, Any] = Field(description="The account's numbers and what drove the score, where it was told.")
    owner: str
    feedback: str | None
    feedback_by: str | None


class AlertsQuery(Asked):
    """Which alerts."""

    state: Literal["open", "closed"] | None = None
    account_id: str | None = Field(default=None, max_length=10_000)
    owner: str | None = Field(default=None, max_length=1000)
    problem: str | None = Field(default=None, max_length=64)
    severity: Severity | None = None
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


@router.get("/alerts")
def list_alerts(service: Serving, _: Reader, query: Annotated[AlertsQuery, Query()]) -> paging.Paged[Alert]:
    """Alerts, the newest first."""
    only = {name: getattr(query, name) for name in ("state", "account_id", "owner", "problem", "severity")}
    if query.account_id is not None:
        only["account_id"] = service.known_as(query.account_id)
    found = service.state.episodes.page(paging.number(query.cursor), query.limit + 1, **only)
    return paging.of_ids(found, query.limit, Alert.model_validate)


class OfData(Told):
    """What would have been told of the data."""

    day: dt.date
    line: str


class DryRun(Told):
    """What the rules would have told."""

    first: dt.date
    last: dt.date
    accounts: int
    alerts: int
    rules: dict[str, int]
    severities: dict[str, int]
    updated: int = Field(description="Alerts that would have been told of again, because they got worse.")
    owners: dict[str, float] = Field(description="Alerts a week.")
    data: list[OfData]


@router.get("/alerts/dry-run", responses={404: {}})
def get_dry_run(
    service: Serving,
    _: Reader,
    days: Annotated[int, Query(ge=1, le=730, description="Days back.")] = LOOK_BACK,
    as_of: Annotated[Day | None, Query(description="The last of them; else the last that is scored.")] = None,
) -> DryRun:
    """What the rules would have told of the last days, had they been on; nothing is kept or sent."""
    found = service.live.read(lambda store: dry_run(store, service.live.project, days, as_of))
    data = [{"day": day, "line": line} for day, line in found.data]
    return DryRun.model_validate({**found.__dict__, "alerts": found.alerts, "data": data})


@router.get("/alerts/{alert}")
def get_alert(service: Serving, _: Reader, alert: Number) -> Alert:
    """One alert."""
    return Alert.model_validate(service.state.episodes.get(alert))


class Judgement(Asked):
    """What somebody thinks of an alert."""

    feedback: Literal["useful", "not", "known"]


@router.put("/alerts/{alert}/feedback")
def judge_alert(service: Serving, by: Writer, alert: Number, asked: Judgement) -> Alert:
    """Say whether an alert was useful, was not, or was known already."""
    return Alert.model_validate(service.state.episodes.judge(by, alert, asked.feedback))


class Letter(Told):
    """A message to one channel."""

    id: int
    message_id: str
    channel: str
    type: str
    severity: str
    title: str
    state: str
    made_at: Moment
    due_at: Moment
    attempts: int
    error: str | None
    sent_at: Moment | None


class LettersQuery(Asked):
    """Which messages."""

    state: Literal["waiting", "sent", "dead"] | None = None
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the page before.")


@router.get("/messages")
def list_messages(service: Serving, _: Reader, query: Annotated[LettersQuery, Query()]) -> paging.Paged[Letter]:
    """What waits to be sent, was sent in the last 30 days, or is a dead letter; the newest first."""
    found = service.state.outbox.letters(query.state, paging.number(query.cursor), query.limit + 1)
    return paging.of_ids(found, query.limit, _letter)


@router.post("/messages/{message}/replay", status_code=200)
def replay_message(service: Serving, by: Admin, message: Number) -> Letter:
    """Send a message again that was sent or is a dead letter, under the same message id."""
    return _letter(service.state.outbox.replay(by, message))


def _letter(one: Any) -> Letter:
    return Letter.model_validate({**one.__dict__, "title": one.body["title"]})
