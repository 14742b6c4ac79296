"""The material of a report, gathered from the history, and the report written from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from weatherglass.arrays import nothing
from weatherglass.jobs.data_health.checking import check
from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.foresight.probabilities import beside
from weatherglass.jobs.replacing import replacing
from weatherglass.jobs.scoring.run import Scored, evaluate
from weatherglass.jobs.views.explaining import last_day
from weatherglass.jobs.views.overriding import on_days, shown
from weatherglass.reports.material import AccountDetail, Card, Driver, Material, Mover
from weatherglass.reports.page import render
from weatherglass.reports.roster import LIMIT as SHOWN
from weatherglass.rollups import calendar
from weatherglass.scores.change import Parts, parts, split
from weatherglass.scores.rows import SCORE_COLUMNS, SIGNAL_COLUMNS, score_rows, signal_rows
from weatherglass.scores.words import sentence

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.foresight.probabilities import Kept
    from weatherglass.state.overrides import Override
    from weatherglass.store import Store

WORST = 20
MOVERS = 10
"""Of each direction."""
REASONS = 3
YEAR = 364
QUARTER = 84
MONTH = 28
EARLIER = (7, MONTH)
"""Days ago that the page compares today with."""

Row = dict[str, Any]


def write_report(
    store: Store,
    project: Project,
    out: Path,
    as_of: dt.date | None = None,
    overrides: Sequence[Override] = (),
    known: Mapping[str, Kept] | None = None,
) -> Path:
    """Write the report of a scored day as one HTML file. Errors: UnknownAccount when the day is not scored."""
    text = render(material(store, project, as_of, overrides, known))
    with replacing(out) as file:
        file.write(text.encode())
    return out


def material(
    store: Store,
    project: Project,
    as_of: dt.date | None = None,
    overrides: Sequence[Override] = (),
    known: Mapping[str, Kept] | None = None,
) -> Material:
    """Everything that the report of a day shows. known: the chances of churn by scorecard version."""
    day = as_of or last_day(store)
    days = _days(store, [day - dt.timedelta(days=back) for back in (0, *EARLIER)], overrides)
    today = days[day]
    if not today.rows.num_rows:
        raise UnknownAccount(f"nothing is scored on {day}: run `weatherglass score --as-of {day}` first")
    month_ago = days[day - dt.timedelta(days=MONTH)]
    accounts = _accounts(store)
    horizon, chances = _chances(today.rows, known or {})
    worst, moved, low = _worst(today, accounts, _used(store, day)), _moved(today, month_ago), _lowest(today)
    for one in (today, month_ago):
        one.look_at([*worst, *moved, *low])
    return Material(
        workspace=project.name,
        as_of=day,
        generated_at=dt.datetime.now(dt.UTC),
        accounts=accounts,
        today=today.rows,
        tiers=tuple(dict.fromkeys(name for card in project.scorecards for name in card.tiers.names)),
        earlier={back: days[day - dt.timedelta(days=back)].rows for back in EARLIER},
        tier_trend=_trend(store, day, overrides),
        worst=tuple(_details(store, worst, day, today, month_ago)),
        movers=tuple(_movers(moved, today, month_ago)),
        drivers=_drivers(low, today, month_ago),
        chances=chances,
        chance_days=horizon,
        cards=tuple(Card(card.name, project.version(card), card.tiers.lines) for card in project.scorecards),
        data_notes=tuple(_notes(store, project)),
        timezone=project.timezone,
    )


class _Day:
    """Score rows of a day, and signal rows of the accounts that are looked at."""

    def __init__(self, scored: list[Scored], day: dt.date, overrides: Sequence[Override]) -> None:
        made = (score_rows(one.result, one.whose, one.days_between(day, day)) for one in scored)
        tables = list(shown(made, overrides))
        self.rows = pa.concat_tables(tables) if tables else nothing(SCORE_COLUMNS)
        self.cards = {account: one.part.block.card for one in scored for account in one.whose.account_ids}
        self.scores: dict[str, float] = {
            row["account_id"]: row["score"]
            for row in self.rows.select(["account_id", "score"]).to_pylist()
            if row["score"] is not None
        }
        """The accounts with a score."""
        self._day = day
        self._scored = scored
        self._signals: dict[str, list[Row]] = {}

    def look_at(self, accounts: Iterable[str]) -> None:
        """Have the signal rows of some accounts at hand: all together, for those of everyone fill the memory."""
        wanted = set(accounts) - self._signals.keys()
        for one in self._scored:
            mine = np.array([account in wanted for account in one.whose.account_ids])
            chosen = one.days_between(self._day, self._day) & mine[:, None]
            for row in signal_rows(one.result, one.whose, chosen).to_pylist() if mine.any() else ():
                self._signals.setdefault(row["account_id"], []).append(row)

    def of(self, account_id: str) -> list[Row]:
        """The signal rows of an account that was looked at."""
        return self._signals.get(account_id, [])

    def left(self) -> set[str]:
        """The accounts that had a contract and have none any more."""
        found = set()
        for one in self._scored:
            chosen = one.days_between(self._day, self._day)
            for dimension in one.result.scores.dimensions.values():
                if (contract := dimension.measures.get("contract")) is not None:
                    gone = (chosen & (contract.score == 0)).any(axis=1)
                    found |= {one.whose.account_ids[place] for place in np.flatnonzero(gone)}
        return found

    def parts(self, account_id: str) -> Parts:
        return parts(self.of(account_id))


def _days(store: Store, days: list[dt.date], overrides: Sequence[Override]) -> dict[dt.date, _Day]:
    return {day: _Day(list(evaluate(store, day, day)), day, overrides) for day in days}


def _chances(rows: pa.Table, known: Mapping[str, Kept]) -> tuple[int, dict[str, float]]:
    """The furthest horizon that chances of churn are known for, and those of accounts; 0 without any."""
    horizon = max((one.horizon for kept in known.values() for one in kept.horizons), default=0)
    if not horizon:
        return 0, {}
    cells = beside(rows, known).select(["account_id", f"churn_{horizon}"]).to_pydict()
    pairs = zip(*cells.values(), strict=True)
    return horizon, {account: chance for account, chance in pairs if chance is not None}


def _accounts(store: Store) -> pa.Table:
    return store.engine.arrow(
        "SELECT n.account_id, a.* EXCLUDE (account_id, traits) FROM account_ids AS n "
        "LEFT JOIN accounts AS a ON a.account_id = n.account_id ORDER BY n.account_id"
    )


def _trend(store: Store, day: dt.date, overrides: Sequence[Override]) -> pa.Table:
    """Weekly totals by shown tier over a year."""
    last = calendar.number(day)
    names = _tier_names(store)
    weeks = [calendar.date(number) for number in range(last - YEAR, last + 1, 7)]
    store.engine.register("trend_overrides", on_days(overrides, weeks))
    rows = store.engine.rows(
        'SELECT s."day", s.version, s.tier_shown, count(*), sum(coalesce(a.arr, 12 * a.mrr, 0)), '
        "o.tier FROM scores AS s "
        "INNER JOIN account_ids AS n ON n.account = s.account LEFT JOIN accounts AS a ON a.account_id = n.account_id "
        'LEFT JOIN trend_overrides AS o ON o.account_id = n.account_id AND o."day" = s."day" '
        'WHERE s."day" BETWEEN ? AND ? AND (? - s."day") % 7 = 0 GROUP BY ALL ORDER BY 1, 2, 3',
        [last - YEAR, last, last],
    )
    return pa.table(
        {
            "as_of": pa.array([calendar.date(row[0]) for row in rows], pa.date32()),
            "tier_shown": pa.array([row[5] or names[row[1]][row[2]] for row in rows], pa.string()),
            "accounts": pa.array([row[3] for row in rows], pa.int64()),
            "revenue": pa.array([float(row[4] or 0) for row in rows], pa.float64()),
        }
    )


def _tier_names(store: Store) -> dict[int, tuple[str, ...]]:
    """The tier names of each version, so that code -1 finds `unscored`."""
    from weatherglass.config.scorecard import Scorecard

    cards = store.engine.rows("SELECT version, card FROM scorecards")
    return {version: (*Scorecard.model_validate_json(card).tiers.names, "unscored") for version, card in cards}


def _used(store: Store, day: dt.date) -> dict[str, int]:
    """The number of the last day with an event of each account, by the day of the report."""
    last = 'SELECT account, max("day") AS last_day FROM account_days WHERE "day" <= ? GROUP BY account'
    rows = f"SELECT a.account_id, d.last_day FROM account_ids AS a INNER JOIN ({last}) AS d ON d.account = a.account"
    return dict(store.engine.rows(rows, [calendar.number(day)]))


def _worst(today: _Day, accounts: pa.Table, used: Mapping[str, int]) -> list[str]:
    """The lowest shown tier first, in it the most revenue at risk: what is missing to 100, times ARR.

    Where that is the same, as it is without revenue, the lowest score comes first, and of equal ones the account that
    was active last: those who left years ago are not what to look at.

    Customers whose last contract has ended are left out: what they need is no longer a matter of health.
    """
    worth = {
        row["account_id"]: row["arr"] or 12 * (row["mrr"] or 0)
        for row in accounts.select(["account_id", "arr", "mrr"]).to_pylist()
    }
    ranked, left = [], today.left()
    for row in today.rows.select(["account_id", "score", "tier_shown"]).to_pylist():
        if row["score"] is not None and row["account_id"] not in left:
            names = today.cards[row["account_id"]].tiers.names
            rank = names.index(row["tier_shown"]) if row["tier_shown"] in names else 0
            risk = (100.0 - row["score"]) * (worth.get(row["account_id"]) or 0.0)
            ranked.append((rank, -risk, row["score"], -used.get(row["account_id"], 0), row["account_id"]))
    return [entry[-1] for entry in sorted(ranked)[:WORST]]


def _details(store: Store, worst: list[str], day: dt.date, today: _Day, before: _Day) -> Iterable[AccountDetail]:
    first = day - dt.timedelta(days=YEAR - 1)
    found: dict[str, list[tuple[Scored, int]]] = {}
    for scored in evaluate(store, first, day, worst) if worst else ():
        for place, account in enumerate(scored.whose.account_ids):
            found.setdefault(account, []).append((scored, place))
    for account in worst:
        yield _detail(account, found[account], (first, day), today, before)


def _detail(
    account: str, parts: list[tuple[Scored, int]], span: tuple[dt.date, dt.date], today: _Day, before: _Day
) -> AccountDetail:
    length = (span[1] - span[0]).days + 1
    scores = np.full(length, np.nan)
    tiers, versions = [""] * length, [""] * length
    history: dict[str, np.ndarray[Any, np.dtype[np.float64]]] = {}
    for scored, place in parts:
        start = scored.whose.first_day - calendar.number(span[0])
        names = (*scored.part.block.card.tiers.names, "unscored")
        for column in np.flatnonzero(scored.result.rows[place]):
            tiers[start + column] = names[scored.result.tier_shown[place, column]]
            versions[start + column] = scored.whose.version
        width = scored.result.rows.shape[1]
        there = slice(start, start + width)
        scores[there] = np.where(scored.result.rows[place], scored.result.scores.score[place], np.nan)
        for dimension in scored.result.scores.dimensions.values():
            for name, measured in dimension.measures.items():
                line = history.setdefault(name, np.full(length, np.nan))
                line[there] = np.where(scored.result.rows[place], measured.score[place], np.nan)
    return AccountDetail(
        account_id=account,
        scores=scores,
        tiers=tuple(tiers),
        signals=_table(today.of(account)),
        signals_before=_table(before.of(account)),
        signal_history={name: line[-QUARTER:] for name, line in history.items() if not np.isnan(line[-QUARTER:]).all()},
        sentences=tuple(_reasons(today.of(account), today.cards[account])),
        versions=tuple(versions),
    )


def _table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist(rows, SIGNAL_COLUMNS)


def _reasons(rows: list[Row], card: Any) -> list[str]:
    """What costs the most points, in words."""
    lost = [row for row in rows if row["score"] is not None and row["value"] is not None and row["weight"]]
    lost.sort(key=lambda row: -(100.0 - row["score"]) * row["weight"])
    said = [sentence(row, card) for row in lost[:REASONS] if row["score"] < 75]
    return [f"{text[0].upper()}{text[1:]}." for text in said]


def _lowest(today: _Day) -> list[str]:
    """The accounts that the table can show."""
    return sorted(today.scores, key=lambda account: today.scores[account])[:SHOWN]


def _drivers(accounts: Iterable[str], today: _Day, before: _Day) -> dict[str, Driver]:
    """What moved each account's score most over the month."""
    return {account: lines[0] for account in accounts if (lines := _lines(account, today, before))}


def _moved(today: _Day, before: _Day) -> list[str]:
    """The accounts whose scores fell most over the month, then those that rose most."""
    now, then = today.scores, before.scores
    change = {account: now[account] - then[account] for account in now.keys() & then.keys()}
    ranked = sorted(change, key=lambda account: (change[account], account))
    far = dict.fromkeys([*ranked[:MOVERS], *ranked[-MOVERS:]])
    return [account for account in far if abs(change[account]) >= 1e-9]


def _movers(accounts: Iterable[str], today: _Day, before: _Day) -> Iterable[Mover]:
    tiers = [
        dict(zip(*day.rows.select(["account_id", "tier_shown"]).to_pydict().values(), strict=True))
        for day in (before, today)
    ]
    for account in accounts:
        lines = _lines(account, today, before)
        yield Mover(
            account,
            before.scores[account],
            today.scores[account],
            tiers[0][account],
            tiers[1][account],
            lines[0] if lines else None,
            tuple(lines[1:4]),
        )


def _lines(account: str, today: _Day, before: _Day) -> list[Driver]:
    if account not in today.scores or account not in before.scores:
        return []
    moved = split(before.parts(account), today.parts(account))
    lines = [Driver(move.dimension, move.signal, move.points) for move in moved.moves]
    lines.append(Driver("", "moved weights", moved.weights))
    return sorted((line for line in lines if abs(line.points) > 1e-9), key=lambda line: -abs(line.points))


def _notes(store: Store, project: Project) -> list[str]:
    return [
        f"{finding.what}: {finding.mend}" if finding.mend else finding.what
        for finding in check(store, project).findings
        if finding.state != "good"
    ]
