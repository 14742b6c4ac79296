"""The portfolio on a day: tiers, revenue, movement since an earlier day, renewals ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.choosing import LEFT, Choice
from weatherglass.jobs.views.standing import TEXTS, Standing
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.store import Store

Row = dict[str, Any]
BIN = 5
"""Points of the score."""
MOVERS = 10
MONTHS_AHEAD = 12


@dataclass(frozen=True)
class Portfolio:
    """Revenue is a year's: ARR, else 12 times MRR."""

    as_of: dt.date
    versus: dt.date
    accounts: int
    left: int
    """Of these, customers whose contracts have all ended."""
    revenue: float
    mean_score: float | None
    tiers: list[Row]
    """tier, rank, accounts, revenue; highest first, unscored last."""
    distribution: list[Row]
    """`from`, `below`, accounts: bins of 5 points."""
    flows: list[Row]
    """tier_before, tier, accounts, revenue: where the accounts of both days were and are."""
    risers: list[Row]
    fallers: list[Row]
    """account_id, name, score, score_before, change, tier, tier_before, revenue."""
    renewals: list[Row]
    """month, tier, accounts, revenue, of twelve months ahead."""


def portfolio(
    standing: Standing, choice: Choice, as_of: dt.date | None = None, versus: dt.date | None = None
) -> Portfolio:
    """The portfolio of the chosen accounts.

    versus: the day to compare with; 28 days before when it is not given.
    Errors: UnknownAccount where nothing is scored.
    """
    store, day = standing.store, standing.day(as_of)
    earlier = versus or day - dt.timedelta(days=28)
    condition, values = choice.sql()
    engine, source = store.engine, standing.compared(day, earlier)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS SELECT {_CHOSEN} FROM ({source}) WHERE {condition}", values)
    accounts, left, revenue, mean = engine.row(
        "SELECT count(*), count(*) FILTER (gone), coalesce(sum(revenue), 0), avg(score) FROM chosen"
    )
    return Portfolio(
        as_of=day,
        versus=earlier,
        accounts=accounts,
        left=left,
        revenue=float(revenue),
        mean_score=mean,
        tiers=_rows(store, _TIERS),
        distribution=_rows(store, _DISTRIBUTION),
        flows=_rows(store, _FLOWS),
        risers=_rows(store, _MOVERS.format(direction="DESC", compared=">")),
        fallers=_rows(store, _MOVERS.format(direction="ASC", compared="<")),
        renewals=_rows(store, _RENEWALS, [day, day + dt.timedelta(days=30 * MONTHS_AHEAD)]),
    )


def departed(standing: Standing, choice: Choice, as_of: dt.date | None = None, versus: dt.date | None = None) -> int:
    """How many of the chosen customers, gone or not, have left between the two days of `portfolio`."""
    day = standing.day(as_of)
    since = (versus or day - dt.timedelta(days=28)) + dt.timedelta(days=1)
    condition, values = replace(choice, left=True).sql()
    query = f"SELECT count(*) FROM ({standing.relation(day)}) WHERE {condition} AND ended >= $since"
    return int(standing.store.engine.row(query, {**values, "since": since})[0])


def trend(standing: Standing, choice: Choice, days: Sequence[dt.date]) -> list[Row]:
    """day, tier, accounts, revenue and mean score of each tier on some days; attributes are as they are now."""
    condition, values = choice.sql()
    source = f"SELECT * FROM ({standing.relation(*days)}) WHERE {condition}"
    rows = _rows(
        standing.store,
        f'SELECT "day", {_TIERS_OF} ({source}) GROUP BY "day", tier_shown ORDER BY 1, rank DESC',
        values,
    )
    return [{**row, "day": calendar.date(row["day"])} for row in rows]


def segments(standing: Standing, choice: Choice, by: str, as_of: dt.date | None = None) -> tuple[dt.date, list[Row]]:
    """Value, accounts, revenue, mean score and accounts by tier of each value of an attribute."""
    if by not in TEXTS:
        raise ValueError(by)
    day = standing.day(as_of)
    condition, values = choice.sql()
    source = f"SELECT * FROM ({standing.relation(day)}) WHERE {condition}"
    return day, _rows(
        standing.store,
        f"WITH t AS (SELECT {identifier(by)} AS value, tier_shown, count(*) AS accounts, sum(revenue) AS revenue, "
        f"sum(score) AS points, count(score) AS scored FROM ({source}) GROUP BY ALL) "
        "SELECT value, sum(accounts)::BIGINT AS accounts, coalesce(sum(revenue), 0)::DOUBLE AS revenue, "
        "sum(points) / nullif(sum(scored), 0) AS mean_score, "
        "list({'tier': tier_shown, 'accounts': accounts} ORDER BY tier_shown) AS tiers "
        "FROM t GROUP BY value ORDER BY accounts DESC, value NULLS LAST",
        values,
    )


_CHOSEN = (
    f"account_id, name, revenue, score, tier_shown, tier_rank, renewal_date, score_before, tier_before, {LEFT} AS gone"
)
_TIERS_OF = (
    "tier_shown AS tier, max(tier_rank) AS rank, count(*) AS accounts, "
    "coalesce(sum(revenue), 0)::DOUBLE AS revenue, avg(score) AS mean_score FROM"
)
_GROUPED = "GROUP BY tier_shown ORDER BY rank DESC, tier"
_TIERS = f"SELECT {_TIERS_OF} chosen {_GROUPED}"
_DISTRIBUTION = (
    f'SELECT least(floor(score / {BIN}), {100 // BIN - 1}) * {BIN} AS "from", count(*) AS accounts FROM chosen '
    "WHERE score IS NOT NULL GROUP BY 1 ORDER BY 1"
)
_FLOWS = (
    "SELECT tier_before, tier_shown AS tier, count(*) AS accounts, coalesce(sum(revenue), 0)::DOUBLE AS revenue "
    "FROM chosen WHERE tier_before IS NOT NULL GROUP BY ALL ORDER BY 1, 2"
)
_MOVERS = (
    "SELECT account_id, name, score, score_before, round(score - score_before, 2) AS change, tier_shown AS tier, "
    "tier_before, revenue FROM chosen WHERE score - score_before {compared} 0 "
    f"ORDER BY score - score_before {{direction}}, account_id LIMIT {MOVERS}"
)
_RENEWALS = (
    "SELECT strftime(renewal_date, '%Y-%m') AS month, tier_shown AS tier, count(*) AS accounts, "
    "coalesce(sum(revenue), 0)::DOUBLE AS revenue FROM chosen WHERE renewal_date BETWEEN ? AND ? "
    "GROUP BY ALL ORDER BY 1, 2"
)


def _rows(store: Store, sql: str, values: Any = None) -> list[Row]:
    return store.engine.arrow(sql, values).to_pylist()  # type: ignore[no-any-return]
