"""Accounts like another: the nearest in size among those of the same segment and plan, and its place among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from weatherglass.jobs.views.standing import Standing

Row = dict[str, Any]
SHOWN = 5


@dataclass(frozen=True)
class Peers:
    """How an account stands among accounts like it."""

    alike: str
    """What they have in common, in words."""
    accounts: int
    below: int
    """How many of them have a lower score."""
    median: float | None
    nearest: list[Row]
    """account_id, name, score, tier, revenue."""


def peers(standing: Standing, account_id: str) -> Peers | None:
    """The peers of a scored account; None where there are none."""
    engine = standing.store.engine
    everyone = f"({standing.relation(standing.day())})"
    mine = engine.rows(f"SELECT segment, plan, score, revenue FROM {everyone} WHERE account_id = ?", [account_id])
    if not mine or mine[0][2] is None:
        return None
    segment, plan, score, revenue = mine[0]
    alike = ""
    for condition, common in ((_BOTH, f"{segment}, {plan}"), (_SEGMENT, str(segment)), ("true", "all accounts")):
        alike = common
        facts = {"id": account_id, "score": score, "segment": segment, "plan": plan}
        used = {name: value for name, value in facts.items() if name in {"id", "score"} or f"${name}" in condition}
        where = f"account_id <> $id AND score IS NOT NULL AND {condition}"
        count, below, median = engine.row(
            f"SELECT count(*), count(*) FILTER (WHERE score < $score), median(score) FROM {everyone} WHERE {where}",
            used,
        )
        if count >= SHOWN or condition == "true":
            break
    if not count:
        return None
    used.pop("score")
    nearest = engine.arrow(
        f"SELECT account_id, name, score, tier_shown AS tier, revenue FROM {everyone} WHERE {where} "
        f"ORDER BY abs(coalesce(revenue, 0) - $revenue), account_id LIMIT {SHOWN}",
        {**used, "revenue": float(revenue or 0)},
    ).to_pylist()
    return Peers(alike, count, below, median, nearest)


_SEGMENT = "segment = $segment"
_BOTH = f"{_SEGMENT} AND plan = $plan"
