"""How all accounts stand on a day: their attributes, scores and shown tiers as one relation to filter and sort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from weatherglass.config.scorecard import Scorecard
from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.views.explaining import last_day
from weatherglass.jobs.views.overriding import on_days
from weatherglass.rollups import calendar
from weatherglass.scores.lifecycle import LIFECYCLES
from weatherglass.scores.rows import SCORE_COLUMNS
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

FEW = 3
"""Days that are looked for one by one, and kept at hand."""

_KEPT = """
    SELECT n.account_id, s."day", s.score / 100.0 AS score, r.tier, h.tier AS tier_shown, h.rank AS tier_rank,
        s.version, {grades}[s.grade + 1] AS grade, {lifecycles}[s.lifecycle + 1] AS lifecycle,
        s.coverage / 10000.0 AS coverage, s.confidence / 10000.0 AS confidence, c.scorecard_version, {dimensions}
    FROM scores AS s
    INNER JOIN account_ids AS n ON n.account = s.account
    INNER JOIN scorecards AS c ON c.version = s.version
    INNER JOIN tier_names AS r ON r.version = s.version AND r.code = s.tier
    INNER JOIN tier_names AS h ON h.version = s.version AND h.code = s.tier_shown
    WHERE s."day" IN ({days})
"""
_OPEN = """
    SELECT s.account_id, {day} AS "day", s.score, s.tier, s.tier_shown, coalesce(x.rank, -1) AS tier_rank, c.version,
        s.grade, s.lifecycle, s.coverage, s.confidence, s.scorecard_version, {dimensions}
    FROM open_day AS s
    LEFT JOIN scorecards AS c ON c.scorecard_version = s.scorecard_version
    LEFT JOIN tier_names AS x ON x.version = c.version AND x.tier = s.tier_shown
"""
ENDED = """
    SELECT account_id, max(ended_at) AS ended FROM subscriptions GROUP BY account_id
    HAVING bool_and(ended_at IS NOT NULL)
"""
"""Of the accounts whose contracts all have an end: that of the last."""
_STOOD = f"""
    SELECT s.*, {{attributes}}, coalesce(a.arr, 12 * a.mrr) AS revenue, c.ended
    FROM ({{rows}}) AS s
    LEFT JOIN accounts AS a ON a.account_id = s.account_id
    LEFT JOIN ({ENDED}) AS c ON c.account_id = s.account_id
"""
_PAIR = """
    SELECT s.*, b.score AS score_before, b.tier_shown AS tier_before
    FROM ({now}) AS s LEFT JOIN ({before}) AS b ON b.account_id = s.account_id
"""
_BEFORE_OVERRIDDEN = """
    SELECT s.* REPLACE (CASE WHEN s.score_before IS NULL AND s.tier_before IS NULL THEN NULL
        ELSE coalesce(o.tier, s.tier_before) END AS tier_before)
    FROM ({rows}) AS s LEFT JOIN {overridden} AS o ON o.account_id = s.account_id AND o."day" = {day}
"""
_PLAIN = "SELECT *, NULL::BIGINT AS override FROM ({rows})"
_OVERRIDDEN = """
    SELECT s.* REPLACE (
            coalesce(o.tier, s.tier_shown) AS tier_shown,
            CASE WHEN o.tier IS NULL THEN s.tier_rank ELSE coalesce(x.rank, -1) END AS tier_rank
        ), o.override
    FROM ({rows}) AS s
    LEFT JOIN {overridden} AS o ON o.account_id = s.account_id AND o."day" = s."day"
    LEFT JOIN tier_names AS x ON x.version = s.version AND x.tier = o.tier
"""


@dataclass(frozen=True)
class Standing:
    """The scored days of a store: the kept history, and above it the open day while the store is served."""

    store: Store
    overrides: Sequence[Override] = ()
    """All there are, in the order in which they were made."""
    newest: pa.Table = field(default_factory=SCORE_COLUMNS.empty_table)
    """Score rows of the open day."""
    at_hand: KeptDays = field(default_factory=KeptDays)
    """Rows of finished days that were asked for lately."""

    @property
    def open_day(self) -> dt.date | None:
        """The day of the newest scores; None where there are none."""
        return self.newest["as_of"][0].as_py() if self.newest.num_rows else None

    def day(self, asked: dt.date | None = None) -> dt.date:
        """A day that has scores; the last one when none is asked for. Errors: UnknownAccount."""
        last = self.open_day or last_day(self.store)
        if asked is not None and asked > last:
            raise UnknownAccount(f"{asked} is not scored yet; the last day that is, is {last}")
        return asked or last

    def relation(self, *days: dt.date, name: str = "standing") -> str:
        """SQL of all accounts with a row on a day, or on one of some days: attributes, scores, tiers.

        `day` is a number, `revenue` a year's (ARR, else 12 times MRR), attributes are as they are now.
        `tier_rank` counts from 0, the lowest tier; unscored is -1. `ended` is when the last contract ended, where all
        have an end. Relations of different names can stand in one statement.
        """
        engine = self.store.engine
        name_tiers(engine)
        return self._overridden(" UNION ALL ".join(self._rows(days)), days, name)

    def compared(self, day: dt.date, versus: dt.date) -> str:
        """The relation of a day with the score and the shown tier of an earlier one: `score_before`, `tier_before`."""
        if self.open_day in (day, versus):
            return _PAIR.format(now=self.relation(day), before=self.relation(versus, name="before"))
        engine = self.store.engine
        name_tiers(engine)
        pair = (calendar.number(day), calendar.number(versus))
        sql = _PAIR.format(now=_stood(_kept(pair[:1])), before=_kept(pair[1:]))
        engine.register("pair", self.at_hand.rows(self.store, pair, lambda: engine.arrow(sql)))
        rows = self._overridden("SELECT * FROM pair", (day,), "standing")
        held = on_days(self.overrides, (versus,))
        if not held.num_rows:
            return rows
        engine.register("before_overridden", held)
        return _BEFORE_OVERRIDDEN.format(rows=rows, overridden="before_overridden", day=pair[1])

    def _overridden(self, rows: str, days: Sequence[dt.date], name: str) -> str:
        held = on_days(self.overrides, days)
        if not held.num_rows:
            return _PLAIN.format(rows=rows)
        self.store.engine.register(f"{name}_overridden", held)
        return _OVERRIDDEN.format(rows=rows, overridden=f"{name}_overridden")

    def _rows(self, days: Sequence[dt.date]) -> Iterator[str]:
        kept = [calendar.number(day) for day in days if day != self.open_day]
        if len(kept) > FEW:
            yield _stood(_kept(kept))
        for day in kept if len(kept) <= FEW else ():
            yield self._at_hand(day)
        if len(kept) < len(days):
            assert self.open_day is not None
            self.store.engine.register("open_day", self.newest)
            dimensions = ", ".join(f"s.dim_{name}" for name in DIMENSIONS)
            yield _stood(_OPEN.format(day=calendar.number(self.open_day), dimensions=dimensions))

    def _at_hand(self, day: int) -> str:
        engine = self.store.engine
        rows = self.at_hand.rows(self.store, day, lambda: engine.arrow(_stood(_kept([day]))))
        engine.register(f"day_{day}", rows)
        return f'SELECT * FROM "day_{day}"'


def _stood(rows: str) -> str:
    return _STOOD.format(attributes=", ".join(f'a."{column}"' for column in ATTRIBUTES), rows=rows)


def _kept(days: Sequence[int]) -> str:
    return _KEPT.format(
        grades=list(GRADES),
        lifecycles=list(LIFECYCLES),
        dimensions=", ".join(f"s.dim_{name} / 100.0 AS dim_{name}" for name in DIMENSIONS),
        days=", ".join(map(str, days)),
    )


def name_tiers(engine: DuckDB) -> None:
    """Show SQL the tiers of every card's version as `tier_names`: version, code, tier, rank."""
    engine.register("tier_names", _tier_names(tuple(engine.rows("SELECT version, card FROM scorecards"))))


def tiers_by_version(store: Store) -> dict[int, tuple[str, ...]]:
    """The tiers of every card's version, lowest first."""
    return {version: tiers_of(card) for version, card in store.engine.rows("SELECT version, card FROM scorecards")}


@lru_cache(16)
def _tier_names(cards: tuple[tuple[int, str], ...]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for version, card in cards:
        for code, tier in enumerate((UNSCORED, *tiers_of(card)), -1):
            rows.append({"version": version, "code": code, "tier": tier, "rank": code})
    columns = [("version", pa.int32()), ("code", pa.int8()), ("tier", pa.string()), ("rank", pa.int8())]
    return pa.Table.from_pylist(rows, pa.schema(columns))


@lru_cache(256)
def tiers_of(card: str) -> tuple[str, ...]:
    """The tiers of a kept card, lowest first."""
    return Scorecard.model_validate_json(card).tiers.names
