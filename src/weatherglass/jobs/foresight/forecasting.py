"""Forecasts: where each account's score is heading, and with a hazard model how long the account may stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.scoring.history import SCORED_TO
from weatherglass.learning.forecast import LAGS, Forecaster, Judged, forecaster, judged, shifted_rows
from weatherglass.learning.survival import MonthAhead, by_day, median_left, revenue_churn, survival
from weatherglass.rollups import calendar
from weatherglass.signals.windows import Bools, Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.store import Store

AHEAD = (28, 84)
"""Days: four weeks and twelve."""
STEP = 7
"""Days between the scores of the history that are learned from."""
SHARE = 0.7
MOST_ROWS = 400_000
"""Accounts are drawn where there are more."""


@dataclass(frozen=True)
class Forecast:
    """One row an account: its score, the scores to come with their 80 % intervals, and how long it may stay.

    judged: by days ahead, how such forecasts did on later days; None where too little was known to make them.
    """

    table: pa.Table
    day: int
    judged: dict[int, Judged | None]
    used: dict[int, bool]
    """Whether forecasts did better than repeating today's score; else that is what the table has."""
    months: Sequence[MonthAhead]
    """Expected revenue churn; empty without a hazard model."""


def forecast(store: Store, project: Project) -> Forecast:
    """Forecast every account with a score on the last day of the history.

    Errors: NothingToScore when nothing is scored yet.
    """
    scored_to = store.setting(SCORED_TO)
    if scored_to is None:
        raise NothingToScore("nothing is scored yet: run `weatherglass score` first")
    day = int(scored_to)
    calendar.define(store.engine, project.timezone)
    history = _History.read(store, day)
    columns, found, used = _scores(history, day)
    accounts = _accounts(store, history.account[history.day == day])
    months: list[MonthAhead] = []
    if any(card.fitted is not None and card.fitted.periods for card in project.scorecards):
        left, months = _staying(project, columns["score"], accounts, day)
        columns |= left
    named = {"account_id": pa.array(accounts["account_id"], pa.string())}
    numbers = {name: pa.array(v, pa.float64(), mask=np.isnan(v)) for name, v in columns.items()}
    return Forecast(pa.table({**named, **numbers}), day, found, used, months)


@dataclass(frozen=True)
class _History:
    """Scores of weekly days of the history that the newest card made, by account and day."""

    account: Ints
    day: Ints
    score: Floats

    @classmethod
    def read(cls, store: Store, day: int) -> _History:
        engine = store.engine
        accounts = int(engine.row('SELECT count(*) FROM scores WHERE "day" = ?', [day])[0])
        days = int(engine.row('SELECT count(DISTINCT "day") FROM scores')[0]) // STEP + 1
        every = max(1, -(-accounts * days // MOST_ROWS))
        found = engine.numpy(
            f'SELECT s.account, s."day", s.score / 100.0 AS score FROM scores AS s WHERE s.score IS NOT NULL '
            f'AND (s."day" = {day} OR (({day} - s."day") % {STEP} = 0 AND s.account % {every} = 0) '
            f'OR {day} - s."day" IN ({", ".join(map(str, LAGS))})) AND s.version IN '
            f'(SELECT version FROM scores WHERE "day" = {day}) ORDER BY s.account, s."day"'
        )
        columns = [np.ma.getdata(found[name]) for name in ("account", "day", "score")]
        return cls(columns[0].astype(np.int64), columns[1].astype(np.int64), columns[2].astype(np.float64))

    def past(self) -> Floats:
        """Scores at `LAGS` before each row: `[rows, lags]`."""
        return np.stack([shifted_rows(self.account, self.day, self.score, -lag) for lag in LAGS], axis=1)


def _scores(history: _History, day: int) -> tuple[dict[str, Floats], dict[int, Judged | None], dict[int, bool]]:
    today, past = history.day == day, history.past()
    columns: dict[str, Floats] = {"score": history.score[today]}
    found: dict[int, Judged | None] = {}
    used: dict[int, bool] = {}
    for ahead in AHEAD:
        later = shifted_rows(history.account, history.day, history.score, ahead)
        found[ahead] = _judged(history, past, later, ahead)
        made = forecaster(past, later, ahead)
        judgement = found[ahead]
        used[ahead] = made is not None and judgement is not None and judgement.better
        middle, low, high = _made(made, past[today], columns["score"], used=used[ahead])
        weeks = ahead // STEP
        columns |= {f"in_{weeks}_weeks": middle, f"in_{weeks}_weeks_low": low, f"in_{weeks}_weeks_high": high}
    return columns, found, used


def _made(made: Forecaster | None, past: Floats, score: Floats, *, used: bool) -> tuple[Floats, Floats, Floats]:
    if made is None:
        empty = np.full(len(score), np.nan)
        return score, empty, empty
    middle, low, high = made(past)
    return (middle if used else score), low, high


def _judged(history: _History, past: Floats, later: Floats, ahead: int) -> Judged | None:
    days = np.unique(history.day[~np.isnan(later)])
    if not len(days):
        return None
    first = int(days[int(len(days) * SHARE)])
    earlier: Bools = history.day + ahead <= first
    made = forecaster(past[earlier], later[earlier], ahead)
    test = history.day >= first
    return None if made is None else judged(made, past[test], later[test])


def _accounts(store: Store, numbers: Ints) -> dict[str, Any]:
    rows = store.engine.rows(
        "SELECT a.account, a.account_id, coalesce(c.mrr, c.arr / 12, 'nan'), local_day(c.renewal_date) "
        "FROM account_ids AS a LEFT JOIN accounts AS c ON c.account_id = a.account_id"
    )
    known = {number: (name, revenue, renewal) for number, name, revenue, renewal in rows}
    mine = [known[number] for number in numbers.tolist()]
    return {
        "account_id": [name for name, _, _ in mine],
        "number": numbers,
        "revenue": np.array([float(revenue) for _, revenue, _ in mine]),
        "renewal": np.array([-1 if renewal is None else int(renewal) for _, _, renewal in mine], dtype=np.int64),
    }


def _staying(
    project: Project, score: Floats, accounts: dict[str, Any], day: int
) -> tuple[dict[str, Floats], list[MonthAhead]]:
    card = _hazard(project)
    fitted = card.fitted
    assert fitted is not None
    curve = survival(fitted, score)
    renewal = accounts["renewal"]
    until = np.where(renewal >= day, renewal - day, -1)
    quarter = curve[:, min(2, curve.shape[1] - 1)]
    columns = {
        "churn_by_renewal": 1.0 - by_day(curve, until),
        "churn_in_90_days": 1.0 - quarter,
        "median_days_left": median_left(curve),
    }
    return columns, list(revenue_churn(curve, accounts["revenue"]))


def _hazard(project: Project) -> Scorecard:
    return next(card for card in project.scorecards if card.fitted is not None and card.fitted.periods)


def date_of(made: Forecast) -> str:
    """The day that a forecast was made on."""
    return calendar.date(made.day).isoformat()
