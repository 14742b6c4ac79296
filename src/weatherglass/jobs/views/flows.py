"""How the chosen accounts stood on past days: their tiers week by week, and the flow between two of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.arrays import numbers
from weatherglass.engine.dialect import identifier
from weatherglass.jobs.scoring.past import NO_ROW, NO_SCORE, Kind, Past
from weatherglass.jobs.views.choosing import Choice
from weatherglass.jobs.views.overriding import on_days
from weatherglass.jobs.views.portfolio import portfolio
from weatherglass.jobs.views.portfolio import trend as searched
from weatherglass.jobs.views.standing import ATTRIBUTES, ENDED, Standing, tiers_by_version
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.state.overrides import Override

Row = dict[str, Any]
Kinds = npt.NDArray[np.unsignedinteger[Any]]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Flows:
    """Where the accounts of two days were and are."""

    as_of: dt.date
    versus: dt.date
    accounts: int
    """Of the later day."""
    flows: list[Row]
    """tier_before, tier, accounts, revenue."""


def flows(standing: Standing, choice: Choice, as_of: dt.date, versus: dt.date) -> Flows:
    """The flow of the chosen accounts between two days; a choice is of the later one. Errors: UnknownAccount."""
    day = standing.day(as_of)
    stood = _Stood.of(standing, choice, (day, versus))
    if stood is None:
        found = portfolio(standing, choice, day, versus)
        return Flows(day, versus, found.accounts, found.flows)
    return Flows(day, versus, *stood.flow(day, versus))


def trend(standing: Standing, choice: Choice, days: Sequence[dt.date]) -> list[Row]:
    """day, tier, rank, accounts, revenue and mean score of each tier on some days; attributes are as they are now."""
    open_days = [day for day in (standing.open_day,) if day in days and day is not None]
    finished = sorted(set(days) - set(open_days))
    stood = _Stood.of(standing, choice, finished)
    if stood is None:
        return searched(standing, choice, sorted(set(days)))
    rows = [row for day in finished for row in stood.tiers(day)]
    # the open day is not in the history yet, and comes after all that are
    return [*rows, *searched(standing, choice, open_days)] if open_days else rows


@dataclass
class _Stood:
    """The accounts that have the chosen attributes, over the past."""

    past: Past
    choice: Choice
    """What of the choice is of a day, and not of today."""
    accounts: npt.NDArray[np.int64]
    revenue: npt.NDArray[np.float64]
    """0 where it is unknown."""
    ended: npt.NDArray[np.int64]
    """The day on which the last contract ended, NEVER of those that have one without an end."""
    overrides: Sequence[Override]
    numbers: dict[str, int]
    """Of the accounts with an override."""
    days: Sequence[dt.date]
    kinds: list[Kind | None] = field(init=False)
    """Those of the past, and after them those that overrides make."""

    def __post_init__(self) -> None:
        self.kinds = list(self.past.kinds)
        days = [calendar.number(day) for day in self.days]
        self._kind = dict(zip(self.days, self.past.kinds_on(days, self.accounts), strict=True))
        self._score = dict(zip(self.days, self.past.scores_on(days, self.accounts), strict=True))

    @classmethod
    def of(cls, standing: Standing, choice: Choice, days: Sequence[dt.date]) -> _Stood | None:
        """None where the past does not say: of days that it does not hold, and of scores of dimensions."""
        by_dimension = choice.dimension and (choice.dimension_from, choice.dimension_below) != (None, None)
        if by_dimension or standing.open_day in days:
            return None
        past = standing.at_hand.past(standing.store, lambda: tiers_by_version(standing.store))
        if past is None or not all(past.has(calendar.number(day)) for day in days):
            return None
        found, engine = _chosen_now(standing, replace(choice, **_OF_A_DAY)), standing.store.engine
        held = [one.account_id for one in standing.overrides]
        known = engine.rows("SELECT account_id, account FROM account_ids WHERE list_contains(?, account_id)", [held])
        accounts, ended = (found[name].astype(np.int64) for name in ("account", "ended"))
        return cls(
            past, choice, accounts, found["revenue"], ended, standing.overrides, dict(known), tuple(dict.fromkeys(days))
        )

    def flow(self, day: dt.date, versus: dt.date) -> tuple[int, list[Row]]:
        """How many were chosen on the day, and rows of where they were on the earlier one."""
        before, _ = self._on(versus)
        now, there = self._chosen(day)
        counted: dict[tuple[str, str], list[float]] = {}
        both = there & (before != NO_ROW)
        pairs = before[both].astype(np.int64) * len(self.kinds) + now[both]
        accounts, revenue = np.bincount(pairs), np.bincount(pairs, self.revenue[both])
        for pair in np.flatnonzero(accounts).tolist():
            was, then = (self.kinds[one] for one in divmod(pair, len(self.kinds)))
            assert was is not None and then is not None
            sums = counted.setdefault((was.tier, then.tier), [0, 0.0])
            sums[0] += int(accounts[pair])
            sums[1] += float(revenue[pair])
        rows = [
            {"tier_before": was, "tier": then, "accounts": many, "revenue": worth}
            for (was, then), (many, worth) in sorted(counted.items())
        ]
        return int(there.sum()), rows

    def tiers(self, day: dt.date) -> list[Row]:
        """Accounts, revenue and mean score of each tier on a day, the highest first."""
        kind, there = self._chosen(day)
        kind, score = kind[there], self._score[day][there]
        accounts, revenue = np.bincount(kind), np.bincount(kind, self.revenue[there])
        scored = score != NO_SCORE
        points = np.bincount(kind, np.where(scored, score, 0), len(accounts))
        scores = np.bincount(kind, scored, len(accounts))
        rows: dict[str, Row] = {}
        for place in np.flatnonzero(accounts).tolist():
            one = self.kinds[place]
            assert one is not None
            empty = {"day": day, "tier": one.tier, "rank": -1, "accounts": 0, "revenue": 0.0, "scored": 0, "points": 0}
            row = rows.setdefault(one.tier, empty)
            row["rank"] = max(row["rank"], one.rank)
            row["accounts"] += int(accounts[place])
            row["revenue"] += float(revenue[place])
            row["scored"] += int(scores[place])
            row["points"] += float(points[place]) / 100
        for row in rows.values():
            many, sum_of = row.pop("scored"), row.pop("points")
            row["mean_score"] = sum_of / many if many else None
        return sorted(rows.values(), key=lambda row: (-row["rank"], row["tier"]))

    def _chosen(self, day: dt.date) -> tuple[Kinds, Bools]:
        """The kind of each account on a day, and which of them are chosen."""
        kind, overridden = self._on(day)
        there, choice = kind != NO_ROW, self.choice
        if choice.tier or choice.lifecycle:
            fitting = [
                one is not None
                and (not choice.tier or one.tier in choice.tier)
                and (not choice.lifecycle or one.lifecycle in choice.lifecycle)
                for one in self.kinds
            ]
            there &= np.array(fitting)[kind]
        if choice.score_from is not None or choice.score_below is not None:
            score = np.where(self._score[day] == NO_SCORE, np.nan, self._score[day] / 100.0)
            there &= score >= (-np.inf if choice.score_from is None else choice.score_from)
            there &= score < (np.inf if choice.score_below is None else choice.score_below)
        if choice.overridden is not None:
            there &= overridden == choice.overridden
        if choice.left is not None:
            there &= (self.ended <= calendar.number(day)) == choice.left
        return kind, there

    def _on(self, day: dt.date) -> tuple[Kinds, Bools]:
        """The kind of each account on a day, and whether a person has put its tier in place of the computed one."""
        kind, overridden = self._kind[day], np.zeros(len(self.accounts), bool)
        held_on_day = on_days(self.overrides, (day,)).to_pylist() if self.overrides else []
        if held_on_day:
            # there may be more kinds by these than the past has room for
            kind = kind.astype(np.uint32)
        for held in held_on_day:
            for place in np.flatnonzero(self.accounts == self.numbers.get(held["account_id"], -1)).tolist():
                computed = self.kinds[kind[place]]
                if computed is not None:
                    kind[place], overridden[place] = self._overridden(computed, held["tier"]), True
        return kind, overridden

    def _overridden(self, computed: Kind, tier: str) -> int:
        """The place of a kind of another tier; -1 is the rank of a tier that its card does not know."""
        names = self.past.tiers[computed.version]
        made = replace(computed, tier=tier, rank=names.index(tier) if tier in names else -1)
        if made not in self.kinds:
            self.kinds.append(made)
        return self.kinds.index(made)


def _chosen_now(standing: Standing, choice: Choice) -> dict[str, npt.NDArray[Any]]:
    """The numbers, the revenue and the end of the accounts that a choice fits that asks nothing of a day."""
    condition, values = choice.sql()
    attributes, engine = ", ".join(f"a.{identifier(name)}" for name in ATTRIBUTES), standing.store.engine
    sql = (
        "SELECT account, coalesce(revenue, 0)::DOUBLE AS revenue, "
        f"coalesce(floor(epoch(ended) / 86400), {NEVER})::BIGINT AS ended FROM (SELECT n.account, n.account_id, "
        f"{attributes}, coalesce(a.arr, 12 * a.mrr) AS revenue, c.ended FROM account_ids AS n "
        "LEFT JOIN accounts AS a ON a.account_id = n.account_id "
        f"LEFT JOIN ({ENDED}) AS c ON c.account_id = n.account_id) WHERE {condition}"
    )
    asked = ("chosen now", condition, repr(values))
    found = standing.at_hand.rows(standing.store, asked, lambda: engine.arrow(sql, values)).combine_chunks()
    return {name: numbers(found[name].chunk(0)) if found.num_rows else np.zeros(0) for name in found.column_names}


NEVER = 2**40
"""After every day number."""
_OF_A_DAY: dict[str, Any] = {
    "tier": (),
    "lifecycle": (),
    "score_from": None,
    "score_below": None,
    "overridden": None,
    "left": None,
    "dimension": "",
    "dimension_from": None,
    "dimension_below": None,
}
"""What a choice asks of a day; all else is asked of accounts as they are now."""
