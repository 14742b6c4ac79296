"""Why accounts need someone: what moved their scores in four weeks, or else what costs them the most, in words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from weatherglass.jobs.scoring.run import evaluate
from weatherglass.rollups import calendar
from weatherglass.scores.change import by_signal, parts, split
from weatherglass.scores.rows import signal_rows
from weatherglass.scores.words import compared, sentence

if TYPE_CHECKING:
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.scoring.kept_days import KeptDays
    from weatherglass.store import Store

Row = dict[str, Any]
FELL = 3.0
"""Points in four weeks from which the fall is the reason, and not the level."""
SAID = 2
GONE_DAYS, USUAL_DAYS = 14, 28


@dataclass(frozen=True)
class Reason:
    """What to read before calling: sentences without full stops, and the signal behind the first of them."""

    fell: float | None
    """Points lost in four weeks, where that is the reason."""
    sentences: tuple[str, ...]
    dimension: str
    signal: str


def reasons(
    store: Store, account_ids: Sequence[str], day: dt.date, before: dt.date, at_hand: KeptDays | None = None
) -> dict[str, Reason]:
    """A reason for each account that has a score on the day. at_hand: what is at hand of the store."""
    wanted = list(account_ids)
    if not wanted:
        return {}
    now, then = signals_of(store, wanted, day, before, at_hand)
    when = f"{(day - before).days // 7} weeks ago"
    return {
        account: _reason(one.rows, one.card, then[account].rows if account in then else [], when)
        for account, one in now.items()
    }


@dataclass(frozen=True)
class Stood:
    """How an account stood on a day, and what made its score."""

    score: float | None
    card: Scorecard
    version: str
    rows: list[Row] = field(default_factory=list)
    """Of its signals."""


Signals = dict[str, Stood]


def signals_of(
    store: Store, account_ids: list[str], day: dt.date, before: dt.date, at_hand: KeptDays | None = None
) -> tuple[Signals, Signals]:
    """How accounts stood on two days, by account, in one go over the days between. at_hand: as for `reasons`."""
    found: dict[dt.date, Signals] = {day: {}, before: {}}
    for scored in evaluate(store, before, day, account_ids, at_hand=at_hand):
        card, whose, scores = scored.part.block.card, scored.whose, scored.result.scores.score
        place = {account: number for number, account in enumerate(whose.account_ids)}
        for asked, signals in found.items():
            column = calendar.number(asked) - whose.first_day
            for row in signal_rows(scored.result, whose, scored.days_between(asked, asked)).to_pylist():
                account = row["account_id"]
                if account not in signals:
                    score = float(scores[place[account], column])
                    signals[account] = Stood(None if math.isnan(score) else score, card, whose.version)
                signals[account].rows.append(row)
    return found[day], found[before]


def _reason(rows: list[Row], card: Scorecard, before: list[Row], when: str) -> Reason:
    by_key, then = by_signal(rows), by_signal(before)
    if before:
        change = split(parts(before), parts(rows))
        lost = [one for one in change.moves if one.points < -0.05 and one.signal and one.key in by_key]
        lost.sort(key=lambda one: one.points)
        if change.total <= -FELL and lost:
            first = lost[0]
            worst = [one.key for one in lost[:SAID]]
            told = tuple(_began(compared(by_key[key], then.get(key), card, when)) for key in worst)
            return Reason(-change.total, told, first.dimension, first.signal)
    costly = [row for row in rows if row["score"] is not None and row["weight"]]
    costly.sort(key=lambda row: -(100.0 - row["score"]) * row["weight"])
    if not costly:
        return Reason(None, ("nothing is known of it but that it is there",), "", "")
    worth = [row for row in costly[:SAID] if row["score"] < 90] or costly[:1]
    told = tuple(_began(sentence(row, card)) for row in worth)
    return Reason(None, told, costly[0]["dimension"], costly[0]["signal"])


def _began(text: str) -> str:
    return text[:1].upper() + text[1:]


def silent_users(store: Store, account_ids: Sequence[str], day: dt.date) -> dict[str, tuple[int, int]]:
    """Of the users who were active in the four weeks before the last two: how many are gone since, and of how many."""
    number = calendar.number(day)
    rows = store.engine.rows(
        "SELECT n.account_id, count(*) FILTER (WHERE lately = 0), count(*) FROM ("
        'SELECT account, member, count(*) FILTER (WHERE "day" > $gone) AS lately, '
        'count(*) FILTER (WHERE "day" <= $gone) AS usual FROM user_days '
        'WHERE "day" > $since AND "day" <= $day AND member >= 0 AND events > 0 '
        "AND account IN (SELECT account FROM account_ids WHERE list_contains($ids, account_id)) GROUP BY ALL"
        ") AS u INNER JOIN account_ids AS n ON n.account = u.account WHERE usual >= 3 GROUP BY n.account_id",
        {
            "ids": list(account_ids),
            "day": number,
            "gone": number - GONE_DAYS,
            "since": number - GONE_DAYS - USUAL_DAYS,
        },
    )
    return {account: (gone, usual) for account, gone, usual in rows}
