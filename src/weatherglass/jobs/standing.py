"""How all accounts stand on a day: their attributes, scores and shown tiers as one relation to filter and sort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from weatherglass.config.scorecard import Scorecard
from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.explaining import last_day
from weatherglass.jobs.overriding import on_days
from weatherglass.rollups import calendar
from weatherglass.scores.lifecycle import LIFECYCLES
from weatherglass.scores.tiers import GRADES
from weatherglass.signals.catalogue import DIMENSIONS

if TYPE_CHECKING:
    from weatherglass.engine import DuckDB
    from weatherglass.state.overrides import Override
    from weatherglass.store import Store

ATTRIBUTES = (
    "name",
    "plan",
    "segment",
    "industry",
    "region",
    "owner",
    "parent_account_id",
    "acquisition_source",
    "acquisition_campaign",
    "seats",
    "arr",
    "mrr",
    "created_at",
    "renewal_date",
)
TEXTS = ("owner", "segment", "plan", "region", "industry", "acquisition_source", "acquisition_campaign")
"""Attributes that accounts are grouped and chosen by."""

SCORES = (
    "score",
    "tier",
    "tier_shown",
    "override",
    "grade",
    "lifecycle",
    "coverage",
    "confidence",
    "scorecard_version",
    *(f"dim_{name}" for name in DIMENSIONS),
)

_RELATION = """
    SELECT n.account_id, s."day", {attributes}, coalesce(a.arr, 12 * a.mrr) AS revenue,
        s.score / 100.0 AS score, r.tier, coalesce(o.tier, h.tier) AS tier_shown, o.override,
        coalesce(x.rank, h.rank) AS tier_rank, {grades}[s.grade + 1] AS grade,
        {lifecycles}[s.lifecycle + 1] AS lifecycle,
        s.coverage / 10000.0 AS coverage, s.confidence / 10000.0 AS confidence, c.scorecard_version, {dimensions}
    FROM scores AS s
    INNER JOIN account_ids AS n ON n.account = s.account
    INNER JOIN scorecards AS c ON c.version = s.version
    INNER JOIN tier_names AS r ON r.version = s.version AND r.code = s.tier
    INNER JOIN tier_names AS h ON h.version = s.version AND h.code = s.tier_shown
    LEFT JOIN accounts AS a ON a.account_id = n.account_id
    LEFT JOIN {overridden} AS o ON o.account_id = n.account_id AND o."day" = s."day"
    LEFT JOIN tier_names AS x ON x.version = s.version AND x.tier = o.tier
    WHERE s."day" IN ({days})
"""


def day_or_last(store: Store, day: dt.date | None) -> dt.date:
    """A day of the history; the last that was scored when none is given. Errors: UnknownAccount."""
    last = last_day(store)
    if day is not None and day > last:
        raise UnknownAccount(f"{day} is not scored yet; the last day that is, is {last}")
    return day or last


def relation(store: Store, overrides: Sequence[Override], *days: dt.date, name: str = "standing") -> str:
    """SQL of all accounts with a row on a day, or on one of some days: attributes, scores, tiers.

    `day` is a number, `revenue` a year's (ARR, else 12 times MRR), attributes are as they are now.

    `tier_rank` counts from 0, the lowest tier; unscored is -1. Relations of different names can stand in one statement.
    """
    engine = store.engine
    name_tiers(engine)
    engine.register(f"{name}_overridden", on_days(overrides, days))
    return _RELATION.format(
        attributes=", ".join(f'a."{column}"' for column in ATTRIBUTES),
        grades=list(GRADES),
        lifecycles=list(LIFECYCLES),
        dimensions=", ".join(f"s.dim_{dimension} / 100.0 AS dim_{dimension}" for dimension in DIMENSIONS),
        overridden=f"{name}_overridden",
        days=", ".join(str(calendar.number(day)) for day in days),
    )


def name_tiers(engine: DuckDB) -> None:
    """Show SQL the tiers of every card's version as `tier_names`: version, code, tier, rank."""
    rows: list[dict[str, Any]] = []
    for version, card in engine.rows("SELECT version, card FROM scorecards"):
        for code, tier in enumerate((UNSCORED, *tiers_of(card)), -1):
            rows.append({"version": version, "code": code, "tier": tier, "rank": code})
    columns = [("version", pa.int32()), ("code", pa.int8()), ("tier", pa.string()), ("rank", pa.int8())]
    engine.register("tier_names", pa.Table.from_pylist(rows, pa.schema(columns)))


@lru_cache(256)
def tiers_of(card: str) -> tuple[str, ...]:
    """The tiers of a kept card, lowest first."""
    return Scorecard.model_validate_json(card).tiers.names
