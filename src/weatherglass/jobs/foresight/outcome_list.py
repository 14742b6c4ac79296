"""What became of accounts, as it was told: the rows of the table `outcomes`, newest first, page by page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weatherglass.store import Store

Row = dict[str, Any]
Place = tuple[dt.datetime, str, str]
"""When, whose and which: where a page ends."""


def outcomes(
    store: Store, limit: int, after: Place | None = None, account_id: str | None = None, kind: str | None = None
) -> tuple[list[Row], Place | None]:
    """A page of outcomes and where the next one begins; None after the last."""
    conditions, values = ["true"], list[Any]()
    if after is not None:
        conditions.append("(o.occurred_at, o.account_id, o.kind) < (?, ?, ?)")
        values += after
    if account_id is not None:
        conditions.append("o.account_id = ?")
        values.append(account_id)
    if kind is not None:
        conditions.append("lower(o.kind) = ?")
        values.append(kind)
    rows = store.engine.arrow(
        "SELECT o.account_id, a.name, lower(o.kind) AS kind, o.kind AS written, o.occurred_at, o.amount, o.reason "
        "FROM outcomes AS o LEFT JOIN accounts AS a ON a.account_id = o.account_id "
        f"WHERE {' AND '.join(conditions)} ORDER BY o.occurred_at DESC, o.account_id DESC, o.kind DESC "
        f"LIMIT {limit + 1}",
        values,
    ).to_pylist()
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], None if last is None else (last["occurred_at"], last["account_id"], last["written"])
