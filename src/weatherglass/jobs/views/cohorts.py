"""Health of cohorts: by what accounts have in common, and thirty, sixty and ninety days after they came."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.standing import TEXTS, Standing
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
AGES = (30, 60, 90)
MOST = 40
SIZES = ("1-9", "10-49", "50-249", "250 and more", "not known")
WAYS = (*TEXTS, "size", "signup_month")
"""What accounts can be grouped by."""

_VALUES = {
    "size": (
        "CASE WHEN seats >= 250 THEN '250 and more' WHEN seats >= 50 THEN '50-249' WHEN seats >= 10 THEN '10-49' "
        "WHEN seats >= 1 THEN '1-9' ELSE 'not known' END"
    ),
    "signup_month": "strftime(created_at, '%Y-%m')",
}


def cohorts(standing: Standing, by: str, zone: str) -> tuple[dt.date, list[Row]]:
    """Each group as it stands, the largest first: value, accounts, revenue, mean, quarter points, and at 30/60/90 days.

    `d30`, `d60` and `d90` are the mean scores of those accounts of the group that had a score at that age, `n30`, ...
    how many they are. zone: the workspace's, in which an account's first day is counted.
    """
    if by not in WAYS:
        raise ValueError(by)
    engine, day = standing.store.engine, standing.day()
    value = _VALUES.get(by, identifier(by))
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE grouped AS SELECT account_id, score, tier_rank, revenue, {value} AS value "
        f"FROM ({standing.relation(day)})"
    )
    calendar.define(engine, zone)
    engine.register("aged", _aged(standing, calendar.number(day)))
    ages = ", ".join(
        f"avg(g.score) FILTER (WHERE g.age = {age}) AS d{age}, count(g.score) FILTER (WHERE g.age = {age}) AS n{age}"
        for age in AGES
    )
    rows = engine.arrow(
        f"WITH a AS (SELECT n.value, {ages} FROM grouped AS n INNER JOIN aged AS g ON g.account_id = n.account_id "
        "GROUP BY n.value) "
        "SELECT n.*, a.* EXCLUDE (value) FROM ("
        "SELECT value, count(*) AS accounts, coalesce(sum(revenue), 0)::DOUBLE AS revenue, avg(score) AS mean_score, "
        "quantile_cont(score, 0.25) AS low, quantile_cont(score, 0.75) AS high, "
        "count(*) FILTER (WHERE tier_rank = 0) AS lowest, count(*) FILTER (WHERE score IS NULL) AS unscored "
        "FROM grouped GROUP BY value) AS n LEFT JOIN a ON a.value IS NOT DISTINCT FROM n.value "
        f"ORDER BY {'n.value DESC NULLS LAST' if by == 'signup_month' else 'n.accounts DESC, n.value NULLS LAST'} "
        f"LIMIT {MOST}"
    ).to_pylist()
    return day, rows


def _aged(standing: Standing, day: int) -> pa.Table:
    """The score of each account at each age, the same for every way of grouping. Days are those of the zone."""
    engine = standing.store.engine
    return standing.at_hand.rows(standing.store, ("aged", day), lambda: engine.arrow(_AGED, {"day": day}))


_AGED = f"""
    SELECT c.account_id, c.age, s.score / 100.0 AS score FROM (
        SELECT g.account_id, a.age, local_day(g.created_at) + a.age AS "day"
        FROM accounts AS g CROSS JOIN (SELECT unnest([{", ".join(map(str, AGES))}]) AS age) AS a
        WHERE g.created_at IS NOT NULL
    ) AS c
    INNER JOIN account_ids AS n ON n.account_id = c.account_id
    INNER JOIN scores AS s ON s.account = n.account AND s."day" = c."day"
    WHERE c."day" <= $day AND s.score IS NOT NULL
"""
