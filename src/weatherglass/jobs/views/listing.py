"""Accounts as a list: chosen, sorted, and page by page however the scores move in between."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.choosing import EVERYONE, Choice
from weatherglass.jobs.views.standing import ATTRIBUTES, SCORES, Standing
from weatherglass.signals.catalogue import DIMENSIONS

Row = dict[str, Any]

SORTS = {
    "account_id": "account_id",
    "name": "lower(name)",
    "score": "score",
    "tier": "tier_rank",
    "confidence": "confidence",
    "revenue": "revenue",
    "risk": "(100 - score) / 100 * revenue",
    "change": "score - score_before",
    "seats": "seats",
    "owner": "lower(owner)",
    "renewal_date": "renewal_date",
    "created_at": "created_at",
    **{f"dim_{name}": f"dim_{name}" for name in DIMENSIONS},
}
"""What a list can be sorted by. `risk` is the revenue in proportion to what the score lacks to 100."""


@dataclass(frozen=True)
class Asked:
    """A page of a list of accounts."""

    as_of: dt.date | None = None
    versus: dt.date | None = None
    """An earlier day: rows also have `score_before`, `tier_before` and `change`."""
    choice: Choice = EVERYONE
    sort: str = "account_id"
    descending: bool = False
    limit: int = 50
    after: tuple[Any, str] | None = None
    """The sorted value and the id of the last row of the page before."""


@dataclass(frozen=True)
class Page:
    """Rows of a day; `after` is where the next page begins, None after the last row."""

    as_of: dt.date
    total: int
    rows: list[Row]
    after: tuple[Any, str] | None


def page(standing: Standing, asked: Asked) -> Page:
    """One page. Rows without a value to sort by come last. Errors: UnknownAccount where nothing is scored."""
    store, day = standing.store, standing.day(asked.as_of)
    source = _source(standing, asked, day)
    condition, values = asked.choice.sql()
    total = store.engine.row(f"SELECT count(*) FROM ({source}) WHERE {condition}", values)[0]
    names = ["account_id", *ATTRIBUTES, "revenue", *SCORES, *(_BEFORE if asked.versus else ())]
    sorted_by, direction = SORTS[asked.sort], "DESC" if asked.descending else "ASC"
    beyond, more = _beyond(asked)
    columns = ", ".join(map(identifier, names))
    rows = store.engine.rows(
        f"SELECT {columns}, _by FROM (SELECT *, {sorted_by} AS _by FROM ({source}) WHERE {condition}) "
        f"WHERE {beyond} ORDER BY _by {direction} NULLS LAST, account_id LIMIT {asked.limit + 1}",
        {**values, **more},
    )
    shown = [dict(zip(names, row, strict=False)) for row in rows[: asked.limit]]
    last = rows[asked.limit - 1] if len(rows) > asked.limit else None
    return Page(day, total, shown, None if last is None else (last[-1], last[0]))


_BEFORE = ("score_before", "tier_before", "change")


def _source(standing: Standing, asked: Asked, day: dt.date) -> str:
    if asked.versus is None:
        return f"SELECT *, NULL::DOUBLE AS score_before FROM ({standing.relation(day)})"
    return f"SELECT *, round(score - score_before, 2) AS change FROM ({standing.compared(day, asked.versus)})"


def _beyond(asked: Asked) -> tuple[str, dict[str, Any]]:
    """The rows after the last one of the page before."""
    if asked.after is None:
        return "true", {}
    value, account_id = asked.after
    if value is None:
        return "_by IS NULL AND account_id > $after_id", {"after_id": account_id}
    compared = "<" if asked.descending else ">"
    return (
        f"(_by {compared} $after OR (_by = $after AND account_id > $after_id) OR _by IS NULL)",
        {"after": value, "after_id": account_id},
    )
