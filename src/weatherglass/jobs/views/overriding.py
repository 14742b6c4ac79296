"""Overrides applied where rows are read: the tier shown is the person's word, everything else stays as computed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from weatherglass.arrays import texts
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.state.overrides import Override

STATE_FILE, STATE_URL = "state.db", "WEATHERGLASS_STATE_URL"
"""As in the state's room, which takes long to import: most projects have no state."""

DAYS = pa.schema([("account_id", pa.string()), ("day", pa.int32()), ("tier", pa.string()), ("override", pa.int64())])


def kept(folder: Path) -> list[Override]:
    """The overrides in the state of a store's folder, in the order in which they were made; none without a state."""
    if not (folder / STATE_FILE).exists() and not os.environ.get(STATE_URL):
        return []
    from weatherglass.state import State

    with State.open(folder) as state:
        return state.overrides.all()


def on_row(row: dict[str, Any], overrides: Sequence[Override]) -> None:
    """Have a score row show the tier that a person has put in its place."""
    for one in overrides:
        if one.account_id == row["account_id"] and one.holds(row["as_of"]):
            row["tier_shown"] = one.tier


def on_days(overrides: Iterable[Override], days: Iterable[dt.date]) -> pa.Table:
    """The overrides in force on some days, one row an account and day: of several the one made last."""
    found = {}
    for day in days:
        for one in overrides:
            if one.holds(day):
                row = {"account_id": one.account_id, "day": calendar.number(day), "tier": one.tier, "override": one.id}
                found[one.account_id, day] = row
    return pa.Table.from_pylist(list(found.values()), DAYS)


def shown(tables: Iterable[pa.Table], overrides: Sequence[Override]) -> Iterator[pa.Table]:
    """Score rows with the tiers that people have put in the place of `tier_shown`."""
    if not overrides:
        yield from tables
        return
    import pyarrow.compute as pc

    accounts = texts(sorted({one.account_id for one in overrides}))
    for table in tables:
        concerned = pc.any(pc.is_in(table["account_id"], accounts)).as_py()
        yield _overridden(table, overrides) if concerned else table


def _overridden(table: pa.Table, overrides: Sequence[Override]) -> pa.Table:
    import pyarrow.compute as pc

    tiers = table["tier_shown"]
    for one in overrides:
        mine = pc.equal(table["account_id"], one.account_id)
        since, until = (pa.scalar(day, pa.date32()) for day in (one.first_day, one.until))
        held = pc.and_(pc.greater_equal(table["as_of"], since), pc.less_equal(table["as_of"], until))
        tiers = pc.if_else(pc.and_(mine, held), one.tier, tiers)
    return table.set_column(table.column_names.index("tier_shown"), "tier_shown", tiers)


def seen_on(overrides: Iterable[Override], day: dt.date, today: dt.date) -> list[Override]:
    """The overrides as they stand today, to be shown with the scores of an earlier day.

    One that was made since then holds on that day, one that was ended since then does not.
    """
    found = []
    for one in overrides:
        seen = one
        if seen.ended_day is not None and day < seen.ended_day <= today:
            seen = replace(seen, ended_day=day)
        if day < seen.first_day <= today:
            seen = replace(seen, first_day=day)
        found.append(seen)
    return found
