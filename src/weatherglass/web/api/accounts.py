"""Accounts: the list, one of them, and the history of its scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.foresight.probabilities import Kept
from weatherglass.jobs.views import account as one_account
from weatherglass.jobs.views import listing
from weatherglass.jobs.views.standing import ATTRIBUTES, Standing
from weatherglass.web.api import paging
from weatherglass.web.api.access import Reader
from weatherglass.web.api.choice import ChoiceQuery
from weatherglass.web.api.paths import AccountId
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Day, Moment, Score, Told, score

router = APIRouter(tags=["accounts"])
Row = dict[str, Any]


class Attributes(Told):
    """What an account is, as it is now."""

    name: str | None
    plan: str | None
    segment: str | None
    industry: str | None
    region: str | None
    owner: str | None
    parent_account_id: str | None
    acquisition_source: str | None
    acquisition_campaign: str | None
    seats: int | None
    arr: float | None
    mrr: float | None
    created_at: Moment | None
    renewal_date: Moment | None


class AccountRow(Told):
    """An account in a list."""

    account_id: str
    attributes: Attributes
    revenue: float | None = Field(description="A year's: ARR, else 12 times MRR.")
    score: Score
    score_before: float | None = Field(default=None, description="On the day of `versus`.")
    tier_before: str | None = None
    change: float | None = None


class AccountPage(paging.Paged[AccountRow]):
    """A page of accounts as they stand on a day."""

    as_of: dt.date
    total: int = Field(description="How many accounts were chosen in all.")


class AccountsQuery(ChoiceQuery):
    """A page of accounts."""

    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")
    versus: Day | None = Field(default=None, description="An earlier day to compare with.")
    sort: Literal[tuple(listing.SORTS)] = "account_id"  # type: ignore[valid-type]
    order: Literal["asc", "desc"] = "asc"
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=40_000, description="`next` of the page before.")

    def asked(self) -> listing.Asked:
        after = None
        day = self.as_of
        if self.cursor is not None:
            text, value, account_id = paging.read(self.cursor, 3)
            day, after = _day(text), (_sorted_value(self.sort, value), str(account_id))
        return listing.Asked(day, self.versus, self.choice(), self.sort, self.order == "desc", self.limit, after)


def _day(text: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise paging.refused() from None


def _sorted_value(sort: str, value: Any) -> Any:
    """A sorted value as it was before it was written into a cursor."""
    if value is None:
        return None
    if sort in {"renewal_date", "created_at"}:
        try:
            return dt.datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise paging.refused() from None
    wanted = str if sort in {"account_id", "name", "owner"} else (int, float)
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise paging.refused()
    return value


@router.get("/accounts")
def list_accounts(service: Serving, _: Reader, query: Annotated[AccountsQuery, Query()]) -> AccountPage:
    """Accounts with a row on a day, chosen, sorted and page by page. A cursor keeps the day of the first page."""
    asked = query.asked()

    page = service.look(lambda standing: listing.page(standing, asked))
    after = None if page.after is None else paging.written(page.as_of, *page.after)
    known = service.chances()
    return AccountPage(items=[_row(row, known) for row in page.rows], next=after, as_of=page.as_of, total=page.total)


def _row(row: Row, known: Mapping[str, Kept]) -> AccountRow:
    return AccountRow(
        account_id=row["account_id"],
        attributes=Attributes(**{name: row[name] for name in ATTRIBUTES}),
        score=score(row, known),
        **{name: row.get(name) for name in ("revenue", "score_before", "tier_before", "change")},
    )


class Account(Told):
    """One account."""

    account_id: str
    attributes: Attributes
    entitled_features: str | None
    traits: dict[str, Any] = Field(description="What came with it and has no column of its own.")
    first_day: dt.date | None = Field(description="The day of its first dated fact.")
    last_day: dt.date | None
    users: int
    tickets_open: int
    scorecard: str | None
    tiers: list[str] = Field(description="The tiers of its scorecard, lowest first.")
    as_of: dt.date | None = Field(description="The last scored day; null before the first.")
    score: Score | None


@router.get("/accounts/{account_id}")
def get_account(service: Serving, _: Reader, account_id: AccountId) -> Account:
    """One account as it is now, with its last score."""
    known = service.chances()

    def read(standing: Standing) -> Account:
        found = one_account.account(standing.store, account_id)
        attributes = dict(found.attributes)
        entitled = attributes.pop("entitled_features")
        row = _last(standing, account_id)
        facts = {name: getattr(found, name) for name in _PLAIN}
        return Account(
            **facts,
            tiers=list(found.tiers),
            attributes=Attributes(**attributes),
            entitled_features=entitled,
            as_of=None if row is None else row["as_of"],
            score=None if row is None else score(row, known),
        )

    return service.look(read)


_PLAIN = ("account_id", "traits", "first_day", "last_day", "users", "tickets_open", "scorecard")


def _last(standing: Standing, account_id: str) -> Row | None:
    try:
        day = standing.day()
    except UnknownAccount:
        return None
    rows = one_account.history(standing, account_id, day, day)
    return rows[0] if rows else None


class ScoreOfDay(Score):
    """How an account stood on a day."""

    as_of: dt.date


class HistoryQuery(Asked):
    """A stretch of days."""

    since: Day | None = Field(default=None, description="A year before `as_of`, if not given.")
    as_of: Day | None = Field(default=None, description="The last scored day, if not given.")


class ScoreHistory(Told):
    """An account's scores, oldest first, points as they are kept: to hundredths."""

    account_id: str
    days: list[ScoreOfDay]


@router.get("/accounts/{account_id}/scores")
def get_scores(
    service: Serving, _: Reader, account_id: AccountId, query: Annotated[HistoryQuery, Query()]
) -> ScoreHistory:
    """The history of an account's score, with the overrides that held."""
    rows = service.look(lambda standing: one_account.history(standing, account_id, query.since, query.as_of))
    known = service.chances()
    days = [ScoreOfDay(as_of=row["as_of"], **score(row, known).model_dump()) for row in rows]
    return ScoreHistory(account_id=account_id, days=days)
