"""Overrides applied where rows are read: the tier shown is the person's word, everything else stays as computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.state.overrides import Override

DAYS = pa.schema([("account_id", pa.string()), ("day", pa.int32()), ("tier", pa.string()), ("override", pa.int64())])


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
    accounts = pa.array(sorted({one.account_id for one in overrides}), pa.string())
    for table in tables:
        concerned = bool(overrides) and pc.any(pc.is_in(table["account_id"], accounts)).as_py()
        yield _overridden(table, overrides) if concerned else table


def _overridden(table: pa.Table, overrides: Sequence[Override]) -> pa.Table:
    tiers = table["tier_shown"]
    for one in overrides:
        mine = pc.equal(table["account_id"], one.account_id)
        since, until = (pa.scalar(day, pa.date32()) for day in (one.first_day, one.until))
        held = pc.and_(pc.greater_equal(table["as_of"], since), pc.less_equal(table["as_of"], until))
        tiers = pc.if_else(pc.and_(mine, held), one.tier, tiers)
    return table.set_column(table.column_names.index("tier_shown"), "tier_shown", tiers)
