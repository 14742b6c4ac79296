"""Who needs someone today: accounts that are not well or fall, by risk, revenue and how near the renewal is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from weatherglass.jobs.views.choosing import EVERYONE, Choice
from weatherglass.jobs.views.standing import Standing

Row = dict[str, Any]
WEEKS = 4
NEAR_DAYS = 90
FALL = 10.0
"""Points in four weeks that bring an account of the best tier onto the list."""
FORMULA = (
    "(100 \N{MINUS SIGN} score) / 100 \N{MULTIPLICATION SIGN} yearly revenue \N{MULTIPLICATION SIGN} nearness; "
    f"nearness is 2 on the renewal day and falls to 1 at {NEAR_DAYS} days"
)


@dataclass(frozen=True)
class Attention:
    """A page of the list, and what all of the list adds up to."""

    as_of: dt.date
    versus: dt.date
    accounts: int
    revenue: float
    renewing: int
    """Of the accounts on the list, those that renew within ninety days."""
    renewing_revenue: float
    watched: int
    """All accounts that were chosen from, well or not."""
    median_revenue: float | None
    """Stands for a revenue that is not known; None where none is."""
    rows: list[Row]
    """Account, attributes, score, tier and `change`, with `risk`, `counted`, `nearness` and `priority`."""


@dataclass(frozen=True)
class Ranking:
    """All of a list in its order, whoever puts accounts aside."""

    as_of: dt.date
    versus: dt.date
    watched: int
    median_revenue: float | None
    table: pa.Table

    def page(self, page: int = 1, size: int = 20, aside: Collection[str] = ()) -> Attention:
        """A page of it without the accounts that somebody has put off or done with."""
        table = self.table
        if aside:
            table = table.filter(pc.invert(pc.is_in(table["account_id"], pa.array(list(aside), pa.string()))))
        days = table["renewal_in"]
        soon = table.filter(pc.fill_null(pc.and_(pc.greater_equal(days, 0), pc.less_equal(days, NEAR_DAYS)), False))
        return Attention(
            as_of=self.as_of,
            versus=self.versus,
            accounts=table.num_rows,
            revenue=_sum(table),
            renewing=soon.num_rows,
            renewing_revenue=_sum(soon),
            watched=self.watched,
            median_revenue=self.median_revenue,
            rows=table.slice((page - 1) * size, size).to_pylist(),
        )


def _sum(table: pa.Table) -> float:
    return float(pc.sum(table["revenue"]).as_py() or 0.0)


def attention(
    standing: Standing, choice: Choice = EVERYONE, page: int = 1, size: int = 20, aside: Collection[str] = ()
) -> Attention:
    """The accounts that need someone, the most urgent first. Errors: UnknownAccount where nothing is scored.

    aside: accounts that somebody has put off or done with. Not on the list: these, unscored accounts, those of the best
    tier that do not fall, and customers who have left.
    """
    return ranking(standing, choice).page(page, size, aside)


def ranking(standing: Standing, choice: Choice = EVERYONE) -> Ranking:
    """The same for all pages and whatever is put aside. Errors: UnknownAccount where nothing is scored."""
    engine, day = standing.store.engine, standing.day()
    earlier = day - dt.timedelta(days=7 * WEEKS)
    now = standing.compared(day, earlier)
    condition, values = choice.sql()
    engine.execute(f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {_SEEN} FROM ({now}) WHERE {condition}", values)
    watched, median = engine.row("SELECT count(*), median(revenue) FILTER (WHERE revenue > 0) FROM seen")
    table = engine.arrow(
        f"SELECT *, risk * counted * nearness AS priority FROM ({_NEEDING}) ORDER BY priority DESC, account_id",
        {"day": day, "end": day + dt.timedelta(days=1)},
    )
    return Ranking(day, earlier, watched, median, table)


_SEEN = (
    "account_id, name, owner, segment, plan, renewal_date, score, tier_shown, tier_rank, version, revenue, override, "
    "lifecycle, confidence, ended, score_before, tier_before"
)
_NEEDING = f"""
    SELECT s.account_id, s.name, s.owner, s.segment, s.plan, s.renewal_date, s.score, s.tier_shown AS tier, s.revenue,
        s.override, s.lifecycle, s.confidence, s.score_before, s.tier_before,
        round(s.score - s.score_before, 2) AS change,
        date_diff('day', $day, CAST(s.renewal_date AS DATE)) AS renewal_in,
        (100 - s.score) / 100 AS risk,
        coalesce(nullif(s.revenue, 0), m.middle, 1) AS counted,
        CASE WHEN date_diff('day', $day, CAST(s.renewal_date AS DATE)) BETWEEN 0 AND {NEAR_DAYS}
            THEN 2 - date_diff('day', $day, CAST(s.renewal_date AS DATE)) / {NEAR_DAYS}.0 ELSE 1 END AS nearness
    FROM seen AS s
    CROSS JOIN (SELECT median(revenue) FILTER (WHERE revenue > 0) AS middle FROM seen) AS m
    LEFT JOIN (SELECT version, max(rank) AS best FROM tier_names GROUP BY version) AS t ON t.version = s.version
    WHERE s.score IS NOT NULL AND (s.ended IS NULL OR s.ended >= $end)
        AND (s.tier_rank < t.best OR (s.score - s.score_before <= {-FALL} AND s.override IS NULL))
"""
