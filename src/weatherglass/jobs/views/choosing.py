"""Choosing accounts by what they are and how they stand: the same words for lists, portfolios and exports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

from weatherglass.engine.dialect import identifier
from weatherglass.jobs.views.standing import TEXTS

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """Which accounts; what is empty or None chooses nothing. Several values of one attribute are alternatives."""

    text: str = ""
    """Part of the id or the name, whatever the case."""
    account_id: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    """The tier that is shown."""
    lifecycle: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    acquisition_source: tuple[str, ...] = ()
    acquisition_campaign: tuple[str, ...] = ()
    score_from: float | None = None
    score_below: float | None = None
    revenue_from: float | None = None
    """A year's: ARR, else 12 times MRR."""
    revenue_below: float | None = None
    seats_from: int | None = None
    seats_below: int | None = None
    renewal_from: dt.date | None = None
    renewal_to: dt.date | None = None
    dimension: str = ""
    """With `dimension_from` and `dimension_below`."""
    dimension_from: float | None = None
    dimension_below: float | None = None
    overridden: bool | None = None
    left: bool | None = None
    """Whether all its contracts have ended by the day that is looked at."""

    def sql(self) -> tuple[str, Parameters]:
        """A condition on the rows of a relation of `standing`, and its parameters."""
        parts = ["true"]
        values: Parameters = {}
        if self.text:
            parts.append(
                "(contains(lower(account_id), lower($text)) OR contains(lower(coalesce(name, '')), lower($text)))"
            )
            values["text"] = self.text
        for column, name in _ONE_OF.items():
            if getattr(self, name):
                parts.append(f"list_contains(${name}, {identifier(column)})")
                values[name] = list(getattr(self, name))
        for column, name, compared in self._bounds():
            value = getattr(self, name)
            if value is not None:
                parts.append(f"{identifier(column)} {compared} ${name}")
                values[name] = value
        if self.overridden is not None:
            parts.append(f"override IS {'NOT ' if self.overridden else ''}NULL")
        if self.left is not None:
            parts.append(LEFT if self.left else f"NOT {LEFT}")
        return " AND ".join(parts), values

    def written(self) -> dict[str, Any]:
        """What was chosen, as plain values."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}

    def _bounds(self) -> list[tuple[str, str, str]]:
        dimension = (
            [(f"dim_{self.dimension}", name, compared) for name, compared in _DIMENSION] if self.dimension else []
        )
        return [*_BOUNDS, *dimension]


_ONE_OF = {"account_id": "account_id", "tier_shown": "tier", "lifecycle": "lifecycle", **{name: name for name in TEXTS}}
_BOUNDS = [
    ("score", "score_from", ">="),
    ("score", "score_below", "<"),
    ("revenue", "revenue_from", ">="),
    ("revenue", "revenue_below", "<"),
    ("seats", "seats_from", ">="),
    ("seats", "seats_below", "<"),
    ("renewal_date", "renewal_from", ">="),
    ("renewal_date", "renewal_to", "<="),
]
LEFT = """coalesce(ended < DATE '1970-01-01' + CAST("day" + 1 AS INTEGER), false)"""
"""Of a row of `standing`: the customer has left."""
_DIMENSION = [("dimension_from", ">="), ("dimension_below", "<")]
EVERYONE = Choice()
