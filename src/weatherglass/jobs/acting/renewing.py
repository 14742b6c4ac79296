"""Renewals with two opinions: the computed tier and a person's, both kept, and held against what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from weatherglass.jobs.errors import JobError
from weatherglass.jobs.views import account as one_account
from weatherglass.jobs.views.choosing import LEFT
from weatherglass.jobs.views.standing import tiers_of

if TYPE_CHECKING:
    from weatherglass.jobs.views.standing import Standing
    from weatherglass.state.plays import Opinion
    from weatherglass.store import Store

MOST = 10_000
NEAR = 45
"""Days around a renewal in which its outcome is looked for."""


@dataclass(frozen=True)
class Ahead:
    """A renewal ahead, as computed and as a person sees it."""

    account_id: str
    name: str | None
    owner: str | None
    renewal_day: dt.date
    revenue: float | None
    score: float | None
    tier: str
    opinion: str | None
    """The tier that a person last gave for this renewal."""
    opinion_by: str | None
    note: str | None
    agree: bool | None
    """Whether the two are the same; None without an opinion."""


@dataclass(frozen=True)
class Disagreement:
    """A renewal that is decided, of which a person thought otherwise than the score."""

    account_id: str
    renewal_day: dt.date
    opinion: str
    opinion_by: str
    given_on: dt.date
    computed_tier: str
    computed_score: float | None
    outcome: Literal["renewed", "churned"]
    right: Literal["person", "score"]
    """Who had the better tier for what renewed, or the worse one for what did not."""


@dataclass(frozen=True)
class Renewals:
    """Those ahead, the soonest first, and who was right of those that disagreed before, the latest first."""

    as_of: dt.date
    renewals: list[Ahead]
    disagreements: list[Disagreement]

    @property
    def opinions_right(self) -> int:
        return sum(one.right == "person" for one in self.disagreements)

    @property
    def scores_right(self) -> int:
        return sum(one.right == "score" for one in self.disagreements)


def renewals(standing: Standing, opinions: Sequence[Opinion], days: int) -> Renewals:
    """The renewals of the next days, and the decided ones. Errors: UnknownAccount when nothing is scored yet."""
    day = standing.day()
    last = {(one.account_id, one.renewal_day): one for one in opinions}
    rows = standing.store.engine.rows(
        "SELECT account_id, name, owner, CAST(renewal_date AS DATE), revenue, score, tier_shown "
        f"FROM ({standing.relation(day)}) WHERE CAST(renewal_date AS DATE) BETWEEN ? AND ? AND NOT {LEFT} "
        f"ORDER BY 4, 1 LIMIT {MOST}",
        [day, day + dt.timedelta(days=days)],
    )
    ahead = [_ahead(row, last.get((row[0], row[3]))) for row in rows]
    return Renewals(day, ahead, disagreements(standing.store, opinions))


def _ahead(row: tuple[Any, ...], mine: Opinion | None) -> Ahead:
    account, name, owner, due, revenue, score, tier = row
    if mine is None:
        return Ahead(account, name, owner, due, revenue, score, tier, None, None, None, None)
    said = (mine.tier, mine.author, mine.note or None)
    return Ahead(account, name, owner, due, revenue, score, tier, *said, agree=mine.tier == tier)


def disagreements(store: Store, opinions: Sequence[Opinion]) -> list[Disagreement]:
    """The decided renewals of which somebody thought otherwise than the score.

    Of several opinions on a renewal the last counts that was given before its outcome: afterwards everybody knows.
    """
    fates = _fates(store)
    orders = [tiers_of(card) for (card,) in store.engine.rows("SELECT card FROM scorecards ORDER BY version DESC")]
    found: dict[tuple[str, dt.date], Disagreement | None] = {}
    for one in opinions:
        fate = _fate(fates.get(one.account_id, ()), one.renewal_day)
        if fate is not None and one.made_at.date() < fate[0]:
            found[one.account_id, one.renewal_day] = _judged(one, fate[1], orders)
    return sorted(
        (one for one in found.values() if one is not None),
        key=lambda one: (one.renewal_day, one.account_id),
        reverse=True,
    )


def _fates(store: Store) -> Mapping[str, list[tuple[dt.date, str]]]:
    found: dict[str, list[tuple[dt.date, str]]] = {}
    rows = store.engine.rows(
        "SELECT account_id, CAST(occurred_at AS DATE), lower(kind) FROM outcomes "
        "WHERE lower(kind) IN ('renewed', 'churned') ORDER BY 2"
    )
    for account, day, kind in rows:
        found.setdefault(account, []).append((day, kind))
    return found


def _fate(fates: Sequence[tuple[dt.date, str]], due: dt.date) -> tuple[dt.date, Literal["renewed", "churned"]] | None:
    """What became of a renewal, and the first day on which it was known; who left around it did not renew."""
    near = [(day, kind) for day, kind in fates if abs((day - due).days) <= NEAR]
    if not near:
        return None
    return near[0][0], "churned" if any(kind == "churned" for _, kind in near) else "renewed"


def _judged(
    one: Opinion, outcome: Literal["renewed", "churned"], orders: Sequence[Sequence[str]]
) -> Disagreement | None:
    """None where the two were of one mind, or no scorecard ranks both tiers."""
    order = next((tiers for tiers in orders if one.tier in tiers and one.computed_tier in tiers), None)
    if order is None or one.tier == one.computed_tier:
        return None
    brighter = order.index(one.tier) > order.index(one.computed_tier)
    return Disagreement(
        account_id=one.account_id,
        renewal_day=one.renewal_day,
        opinion=one.tier,
        opinion_by=one.author,
        given_on=one.made_at.date(),
        computed_tier=one.computed_tier,
        computed_score=one.computed_score,
        outcome=outcome,
        right="person" if brighter == (outcome == "renewed") else "score",
    )


def opinion(standing: Standing, account_id: str, tier: str, note: str) -> dict[str, Any]:
    """An opinion on an account's next renewal beside what is computed now, to be kept.

    Errors: UnknownAccount; JobError for a tier that its scorecard has not, and without a renewal date.
    """
    found = one_account.account(standing.store, account_id)
    if tier not in found.tiers:
        there = ", ".join(found.tiers) or "none"
        raise JobError(f"{tier!r} is no tier of this account's scorecard; there is {there}")
    renewal = found.attributes["renewal_date"]
    if renewal is None:
        raise JobError("the account has no renewal date: load it with the table accounts first")
    last = one_account.history(standing, account_id)[-1]
    return {
        "account_id": account_id,
        "renewal_day": renewal.date() if isinstance(renewal, dt.datetime) else renewal,
        "tier": tier,
        "computed_tier": last["tier"],
        "computed_score": last["score"],
        "note": note,
    }
