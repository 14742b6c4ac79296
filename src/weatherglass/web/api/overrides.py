"""Overrides: a person's word on the tier that is shown."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from pydantic import Field

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views import account as one_account
from weatherglass.jobs.views.standing import Standing
from weatherglass.state import Unfit
from weatherglass.web.api.access import Reader, Writer
from weatherglass.web.api.paths import AccountId, Number
from weatherglass.web.api.service import Service, Serving
from weatherglass.web.api.values import Asked, Day, Moment, Told

router = APIRouter(tags=["overrides"])


class Override(Told):
    """The tier that a person had shown for an account."""

    id: int
    account_id: str
    tier: str
    reason: str
    author: str
    made_at: Moment
    first_day: dt.date
    last_day: dt.date = Field(description="The day it expires on, itself included.")
    ended_at: Moment | None = Field(description="When someone ended it before that.")
    ended_by: str | None
    until: dt.date = Field(description="The last day it holds for.")


class OverrideRequest(Asked):
    """An override from the last scored day on."""

    tier: str = Field(min_length=1, max_length=64, description="One of the tiers of the account's scorecard.")
    reason: str = Field(min_length=1, max_length=2000)
    last_day: Day = Field(description="The day it expires on, within a year.")


class Overrides(Told):
    """The last made first."""

    overrides: list[Override]


@router.get("/accounts/{account_id}/overrides")
def list_overrides(service: Serving, _: Reader, account_id: AccountId) -> Overrides:
    """All overrides of an account, also those that are over."""
    service.live.read(lambda store: one_account.account(store, account_id))
    found = service.state.overrides.of(account_id)
    return Overrides(overrides=[Override.model_validate(one) for one in found])


@router.post("/accounts/{account_id}/overrides", status_code=201)
def make_override(service: Serving, by: Writer, account_id: AccountId, asked: OverrideRequest) -> Override:
    """Show a tier for an account from the last scored day on, in place of the override that holds now, if one does.

    Score, raw tier, contributions and backtests know nothing of it.
    """
    found = service.live.read(lambda store: one_account.account(store, account_id))
    if asked.tier not in found.tiers:
        there = ", ".join(found.tiers) or "none before it is scored"
        raise Unfit(f"{asked.tier!r} is no tier of this account's scorecard; there is {there}")
    days = _day(service), asked.last_day
    made = service.state.overrides.make(by, account_id, asked.tier, asked.reason, days)
    return Override.model_validate(made)


@router.get("/overrides/{override}")
def get_override(service: Serving, _: Reader, override: Number) -> Override:
    """One override."""
    return Override.model_validate(service.state.overrides.get(override))


@router.delete("/overrides/{override}")
def end_override(service: Serving, by: Writer, override: Number) -> Override:
    """End an override from the last scored day on; the days before stay as they were shown."""
    return Override.model_validate(service.state.overrides.end(by, override, _day(service)))


def _day(service: Service) -> dt.date:
    """The day that people look at: the last scored one, else today."""

    def read(standing: Standing) -> dt.date:
        try:
            return standing.day()
        except UnknownAccount:
            return dt.datetime.now(service.live.project.zone).date()

    return service.look(read)
