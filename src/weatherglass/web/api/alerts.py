"""Alerts, what people think of them, and the messages that told of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from weatherglass.actions.channels.result import Failed
from weatherglass.jobs.acting.alerting import LOOK_BACK, dry_run
from weatherglass.jobs.acting.effects import worth
from weatherglass.jobs.acting.sending import try_channel
from weatherglass.state import NotFound
from weatherglass.web.api import paging
from weatherglass.web.api.access import Admin, Reader, Writer
from weatherglass.web.api.paths import Number
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["alerts"])
ChannelName = Annotated[str, Path(min_length=1, max_length=200)]
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


class RuleTold(Told):
    """A rule, and what its alerts were worth to who judged them."""

    name: str
    kind: str
    enabled: bool
    problem: str
    severity: str
    play: str | None
    useful: int
    not_useful: int
    known: int
    precision: float | None = Field(description="Useful ones of those judged useful or not.")
    annoying: bool = Field(description="Whether it mostly annoys, by five judgements or more.")


class Rules(Told):
    """The rules of the project."""

    rules: list[RuleTold]


@router.get("/alerts/rules")
def list_rules(service: Serving, _: Reader) -> Rules:
    """The alert rules, with what people said of their alerts."""
    worths = worth(service.state)
    found = []
    for name, rule in service.live.project.alerts.rules.items():
        judged = worths.get(name)
        said = (judged.useful, judged.not_useful, judged.known) if judged else (0, 0, 0)
        found.append(
            RuleTold(
                name=name,
                kind=rule.kind,
                enabled=rule.enabled,
                problem=rule.about,
                severity=rule.severity,
                play=rule.play,
                useful=said[0],
                not_useful=said[1],
                known=said[2],
                precision=judged.precision if judged else None,
                annoying=bool(judged and judged.annoying),
            )
        )
    return Rules(rules=found)


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


class ChannelTold(Told):
    """A channel; no address and no secret is told."""

    name: str
    kind: str
    severity: str
    owners: list[str]
    segments: list[str]
    types: list[str]
    disabled: str | None = Field(description="Why nothing is sent there.")


class Channels(Told):
    """The channels of the project."""

    channels: list[ChannelTold]


@router.get("/channels")
def list_channels(service: Serving, _: Reader) -> Channels:
    """Where messages go."""
    off = service.state.outbox.disabled()
    return Channels(
        channels=[
            ChannelTold(
                name=one.name,
                kind=one.kind,
                severity=one.severity,
                owners=list(one.owners),
                segments=list(one.segments),
                types=list(one.types),
                disabled=off.get(one.name),
            )
            for one in service.live.project.channels
        ]
    )


def _known(service: Serving, channel: str) -> str:
    if channel not in {one.name for one in service.live.project.channels}:
        raise NotFound(f"there is no channel {channel!r}")
    return channel


class Tried(Told):
    """What came of a test message."""

    sent: bool
    why: str = Field(description="Why it was not.")


@router.post("/channels/{channel}/test", status_code=200)
def send_test(service: Serving, _: Admin, channel: ChannelName) -> Tried:
    """Send a message that says it is a test."""
    folder = service.live.read(lambda store: store.folder.parent)
    try:
        try_channel(service.live.project, _known(service, channel), folder)
    except Failed as failed:
        return Tried(sent=False, why=str(failed))
    return Tried(sent=True, why="")


@router.post("/channels/{channel}/enable", status_code=200)
def enable_channel(service: Serving, by: Admin, channel: ChannelName) -> Channels:
    """Send there again, what has waited first."""
    service.state.outbox.enable(by, _known(service, channel))
    return list_channels(service, by)


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
