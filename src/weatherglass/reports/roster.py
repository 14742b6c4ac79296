"""The table of all accounts: one line each, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from weatherglass.reports import wording
from weatherglass.reports.material import ACCOUNT_COLUMNS, SCORE_COLUMNS, UNSCORED, Driver, Material
from weatherglass.reports.movers import driver_text
from weatherglass.reports.revenue import revenue_of

LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """One account. Texts are ready to be shown; the numbers beside them are what the table sorts by."""

    account_id: str
    name: str
    score: float | None
    score_text: str
    tier: str
    by_score: str
    """The tier by the score alone where that is not the one shown; else empty."""
    change: float | None
    change_text: str
    coverage: float | None
    confidence: float | None
    chance: float | None
    """Of churn, within `Material.chance_days`."""
    lifecycle: str
    owner: str
    segment: str
    revenue: float | None
    revenue_text: str
    renewal: str
    renewal_key: str
    driver: str
    driver_points: float | None


@dataclass(frozen=True, slots=True)
class Roster:
    lines: tuple[Line, ...]
    left_out: int
    left_out_unscored: int


def names_of(material: Material) -> dict[str, str]:
    """What to call each account of the day: its name, else its id; always some text."""
    given: dict[str, str | None] = {}
    if "name" in material.accounts.column_names:
        cells = material.accounts.select(["account_id", "name"]).to_pydict()
        given = dict(zip(cells["account_id"], cells["name"], strict=True))
    ids = material.today.column("account_id").to_pylist()
    return {one: wording.clean(given.get(one)) or wording.clean(one) or "(no name)" for one in ids}


def particulars(accounts: pa.Table) -> dict[str, dict[str, Any]]:
    """The columns of ACCOUNT_COLUMNS by account; those that the table lacks are missing from each."""
    there = [name for name in ACCOUNT_COLUMNS if name in accounts.column_names]
    return {row["account_id"]: row for row in accounts.select(there).to_pylist()}


def roster(material: Material, names: Mapping[str, str]) -> Roster:
    """Lowest score first, unscored last; of a large workspace the first LIMIT."""
    rows = sorted(
        material.today.select(list(SCORE_COLUMNS)).to_pylist(),
        key=lambda row: (row["score"] is None, row["score"] or 0.0, names[row["account_id"]], row["account_id"]),
    )
    shown, rest = rows[:LIMIT], rows[LIMIT:]
    before = _scores(material.earlier.get(28))
    facts, revenue, drivers = particulars(material.accounts), revenue_of(material.accounts), _drivers(material)
    return Roster(
        lines=tuple(
            _line(
                material,
                row,
                names[row["account_id"]],
                facts.get(row["account_id"], {}),
                before.get(row["account_id"]),
                revenue.get(row["account_id"]),
                drivers.get(row["account_id"]),
            )
            for row in shown
        ),
        left_out=len(rest),
        left_out_unscored=sum(row["score"] is None for row in rest),
    )


def _scores(table: pa.Table | None) -> dict[str, float | None]:
    if table is None:
        return {}
    return dict(zip(table.column("account_id").to_pylist(), table.column("score").to_pylist(), strict=True))


def _drivers(material: Material) -> dict[str, Driver]:
    moved = {mover.account_id: mover.driver for mover in material.movers if mover.driver is not None}
    return {**moved, **material.drivers}


def _line(
    material: Material,
    row: dict[str, Any],
    name: str,
    facts: dict[str, Any],
    before: float | None,
    revenue: float | None,
    driver: Driver | None,
) -> Line:
    score, tier = row["score"], row["tier_shown"]
    change = None if score is None or before is None else score - before
    due = wording.day_of(facts.get("renewal_date"), material.timezone)
    return Line(
        account_id=wording.clean(row["account_id"]),
        name=name,
        score=score,
        score_text=wording.score_beside(score, material.lines_of(row["scorecard_version"])),
        tier=tier,
        by_score=wording.label(row["tier"]) if row["tier"] not in (tier, UNSCORED) else "",
        change=change,
        change_text=wording.change(change),
        coverage=row["coverage"],
        confidence=row["confidence"],
        chance=material.chances.get(row["account_id"]),
        lifecycle=wording.label(row["lifecycle"] or ""),
        owner=wording.clean(facts.get("owner")),
        segment=wording.clean(facts.get("segment")),
        revenue=revenue,
        revenue_text=wording.money(revenue, material.currency),
        renewal=wording.day(due) if due else "",
        renewal_key=due.isoformat() if due else "",
        driver="" if driver is None else driver_text(driver),
        driver_points=None if driver is None else driver.points,
    )
