"""Outcomes: what became of accounts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from weatherglass.jobs.foresight import outcome_list
from weatherglass.web.api import paging
from weatherglass.web.api.access import Reader
from weatherglass.web.api.service import Serving
from weatherglass.web.api.values import Asked, Moment, Told

router = APIRouter(tags=["outcomes"])


class Outcome(Told):
    """What became of an account."""

    account_id: str
    name: str | None
    kind: str
    occurred_at: Moment
    amount: float | None
    reason: str | None


class OutcomesQuery(Asked):
    """Which outcomes."""

    account_id: str | None = None
    kind: Literal["churned", "renewed", "expanded", "contracted"] | None = None
    limit: int = Field(default=50, ge=1, le=500, description="Rows of a page.")
    cursor: str | None = Field(default=None, max_length=40_000, description="`next` of the page before.")


@router.get("/outcomes")
def list_outcomes(service: Serving, _: Reader, query: Annotated[OutcomesQuery, Query()]) -> paging.Paged[Outcome]:
    """What became of accounts, as it was told; the newest first."""
    after = None if query.cursor is None else _place(query.cursor)
    account_id = None if query.account_id is None else service.known_as(query.account_id)
    rows, place = service.live.read(
        lambda store: outcome_list.outcomes(store, query.limit, after, account_id, query.kind)
    )
    items = [Outcome(**row) for row in rows]
    return paging.Paged(items=items, next=None if place is None else paging.written(*place))


def _place(cursor: str) -> outcome_list.Place:
    moment, account_id, kind = paging.read(cursor, 3)
    try:
        return dt.datetime.fromisoformat(moment), str(account_id), str(kind)
    except (TypeError, ValueError):
        raise paging.refused() from None
