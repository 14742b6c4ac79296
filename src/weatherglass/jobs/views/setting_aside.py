"""Accounts that somebody has put aside: who they are, and who is back because something new has happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weatherglass.config.tiers import UNSCORED
from weatherglass.jobs.views.account import history
from weatherglass.jobs.views.attention import FALL
from weatherglass.jobs.views.standing import Standing
from weatherglass.state.decisions import REST, Decision, Seen

Row = dict[str, Any]

RULE = (
    "An account that is snoozed is back on its day, one that is done after four weeks; both at once when an alert "
    f"opens on it, when its tier falls, or when its score falls {FALL:g} points below where it stood."
)


@dataclass(frozen=True)
class Aside:
    """What decisions make of the list. Both by account."""

    hidden: dict[str, Decision]
    back: dict[str, str]
    """Put aside once, and why it is on the list again."""


def seen(standing: Standing, account_id: str) -> Seen:
    """How an account stands when somebody decides."""
    day = standing.day()
    row = next(iter(history(standing, account_id, day, day)), None)
    return Seen(day, None, UNSCORED) if row is None else Seen(day, row["score"], row["tier_shown"])


def set_aside(
    standing: Standing, decisions: Sequence[Decision], alerts: Mapping[str, dt.date], today: dt.date
) -> Aside:
    """Who is kept from the list. alerts: the day on which the last open alert of an account was opened.

    Errors: UnknownAccount where nothing is scored.
    """
    put = {one.account_id: one for one in decisions if one.until is not None and today < one.until + REST}
    hidden: dict[str, Decision] = {}
    back: dict[str, str] = {}
    rows = _now(standing, list(put.values())) if put else {}
    for account, one in put.items():
        why = _news(one, rows.get(account), alerts.get(account), today)
        if why:
            back[account] = why
        else:
            hidden[account] = one
    return Aside(hidden, back)


def _news(one: Decision, row: Row | None, alert: dt.date | None, today: dt.date) -> str:
    """Why an account is back; empty where it is not."""
    if not one.hides(today):
        return "its day has come" if one.kind == "snoozed" else "four weeks are over"
    if alert is not None and alert > one.day:
        return "an alert was opened on it"
    if row is None:
        return ""
    if row["rank"] < row["rank_then"]:
        return f"it fell from {one.tier} to {row['tier']}"
    if one.score is not None and row["score"] is not None and row["score"] <= one.score - FALL:
        return f"it fell {one.score - row['score']:.1f} points more"
    return ""


def _now(standing: Standing, put: Sequence[Decision]) -> dict[str, Row]:
    """Account -> its score, its tier with the rank of it, and the rank of the tier that it was in."""
    now = standing.relation(standing.day())
    rows = standing.store.engine.arrow(
        "SELECT s.account_id, s.score, s.tier_shown AS tier, s.tier_rank AS rank, coalesce(t.rank, -1) AS rank_then "
        f"FROM ({now}) AS s INNER JOIN (SELECT unnest($accounts::VARCHAR[]) AS account_id, "
        "unnest($tiers::VARCHAR[]) AS tier) AS p ON p.account_id = s.account_id "
        "LEFT JOIN tier_names AS t ON t.version = s.version AND t.tier = p.tier",
        {"accounts": [one.account_id for one in put], "tiers": [one.tier for one in put]},
    ).to_pylist()
    return {row["account_id"]: row for row in rows}
