"""Why an account's score is what it is, and why it moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.rollups import calendar
from weatherglass.scores.change import Change, Parts, parts, split
from weatherglass.scores.rows import score_rows, signal_rows

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.scoring.kept_days import KeptDays
    from weatherglass.store import Store

Row = dict[str, Any]


@dataclass(frozen=True)
class Day:
    """One account on one day: its score row, its signal rows, and the card that made them."""

    row: Row
    signals: list[Row]
    card: Scorecard
    project: Project

    @property
    def score(self) -> float | None:
        value = self.row["score"]
        return None if value is None else float(value)

    @property
    def parts(self) -> Parts:
        return parts(self.signals)


@dataclass(frozen=True)
class Versus:
    """What moved the score since an earlier day; `change` is None when one of the two is unscored."""

    before: Day
    change: Change | None
    card_points: float | None
    """What the change of card alone did to the earlier day's score; None when the card is the same."""
    unscored: str = ""
    """Which day is unscored, and why."""


@dataclass(frozen=True)
class Explanation:
    """An account on a day, and against another."""

    account_id: str
    day: Day
    versus: Versus | None


def explain(
    store: Store,
    account_id: str,
    as_of: dt.date | None = None,
    versus: dt.date | None = None,
    at_hand: KeptDays | None = None,
) -> Explanation:
    """Explain a score of the history.

    as_of: the day; the last that was scored, when it is not given.
    versus: an earlier day, to split the change since.
    at_hand: what is at hand of the store.
    Errors: UnknownAccount when the account has no row on a day.
    """
    day = as_of or last_day(store)
    if versus is None:
        return Explanation(account_id, _days(store, account_id, (day,), at_hand=at_hand)[0], None)
    now, before = _days(store, account_id, (day, versus), at_hand=at_hand)
    return Explanation(account_id, now, _versus(store, account_id, before, now))


def last_day(store: Store) -> dt.date:
    """The last day of the history. Errors: UnknownAccount when nothing was scored yet."""
    scored_to = store.setting("scored_to")
    if scored_to is None:
        raise UnknownAccount("nothing is scored yet: run `weatherglass score` first")
    return calendar.date(int(scored_to))


def account_day(store: Store, account_id: str, day: dt.date) -> Day:
    """One account on one day of the history, with every signal."""
    return _days(store, account_id, (day,))[0]


def _days(
    store: Store,
    account_id: str,
    days: tuple[dt.date, ...],
    epochs: Epochs | None = None,
    at_hand: KeptDays | None = None,
) -> list[Day]:
    """One account on some days, in one go over them. Errors: UnknownAccount."""
    found: dict[dt.date, Day] = {}
    for scored in evaluate(store, min(days), max(days), [account_id], epochs, at_hand):
        chosen = np.logical_or.reduce([scored.days_between(day, day) for day in days])
        card = scored.part.block.card
        signals = signal_rows(scored.result, scored.whose, chosen).to_pylist()
        for row in score_rows(scored.result, scored.whose, chosen).to_pylist():
            mine = [one for one in signals if one["as_of"] == row["as_of"]]
            found[row["as_of"]] = Day(row, mine, card, scored.project)
    for day in days:
        if day not in found:
            raise UnknownAccount(_unknown(store, account_id, day))
    return [found[day] for day in days]


def _unknown(store: Store, account_id: str, day: dt.date) -> str:
    import difflib

    known = [name for (name,) in store.engine.rows("SELECT account_id FROM account_ids")]
    if account_id in known:
        return f"{account_id} has no row on {day}: its first comes later, or {day} is not scored yet"
    meant = difflib.get_close_matches(account_id, known, 1) or [
        found for (found,) in store.engine.rows("SELECT account_id FROM accounts WHERE name = ?", [account_id])
    ]
    hint = f"; did you mean {meant[0]}?" if meant else ""
    return f"there is no account {account_id!r}{hint}"


def _versus(store: Store, account_id: str, before: Day, now: Day) -> Versus:
    day: dt.date = before.row["as_of"]
    if before.score is None or now.score is None:
        return Versus(
            before, None, None, " and ".join(_why_unscored(one) for one in (before, now) if one.score is None)
        )
    if before.row["scorecard_version"] == now.row["scorecard_version"]:
        return Versus(before, split(before.parts, now.parts), None)
    # the old day scored with the card of the new one: what is between the two is the card's doing
    rescored = _with_card(store, account_id, day, now)
    if rescored is None or rescored.score is None:
        return Versus(before, None, None, f"{day} is unscored under the card of {now.row['as_of']}")
    return Versus(before, split(rescored.parts, now.parts), rescored.score - before.score)


def _with_card(store: Store, account_id: str, day: dt.date, now: Day) -> Day | None:
    try:
        return _days(store, account_id, (day,), Epochs.read(store).only(now.project))[0]
    except UnknownAccount:
        return None


def _why_unscored(day: Day) -> str:
    row = day.row
    missing = sorted(
        name for name, dimension in day.card.dimensions.items() if dimension.weight > 0 and row[f"dim_{name}"] is None
    )
    why = f"its dimensions with data carry {row['coverage']:.0%} of the weight, {day.card.min_coverage:.0%} are needed"
    if row["lifecycle"] == "new":
        why = "the account is new: nothing is due or done yet"
    lacking = f" (no data: {', '.join(missing)})" if missing else ""
    return f"{row['as_of']} is unscored: {why}{lacking}"
