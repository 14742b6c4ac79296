"""Replaying history: what each account's score was on snapshot days, and what became of the account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.foresight.following import Followed, Word, reading, words
from weatherglass.jobs.replacing import replacing
from weatherglass.jobs.scoring.blocks import Blocks, Part
from weatherglass.jobs.scoring.feeding import Feeder
from weatherglass.jobs.scoring.roster import last_fact_day, roster
from weatherglass.jobs.scoring.run import Progress, roll_up
from weatherglass.outcomes.fates import Facts, Reading, eligible, outcomes_of
from weatherglass.outcomes.findings import Findings
from weatherglass.outcomes.labels import CHURNED, KINDS, NO, YES, Following, Labels, Outcomes, days_until
from weatherglass.outcomes.leading import Tiers, leads
from weatherglass.outcomes.panel import HORIZONS, LOOK_BACK, Leads, Panel, Piece, joined
from weatherglass.reports.backtest import render_backtest
from weatherglass.rollups import calendar
from weatherglass.rollups.steps import step
from weatherglass.scores import methods, tiers
from weatherglass.scores.weighted import Scores
from weatherglass.signals.block import Block
from weatherglass.signals.sparse import NEVER
from weatherglass.signals.windows import Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

EVERY = 28
"""Days between snapshots."""
WARM_UP = 84
"""Days of the workspace's history before the first snapshot."""

Extras = Callable[[Block, Ints], Mapping[str, Floats]]
"""Given a block and places among its days asked for: further columns by name, each `[accounts, places]`."""

Marks = Mapping[tuple[int, int], Labels]


@dataclass(frozen=True)
class Replay:
    """Which days are looked back from, and what is asked of them; days are None for the whole history."""

    every: int = EVERY
    horizons: tuple[int, ...] = HORIZONS
    since: dt.date | None = None
    """The first snapshot; else `WARM_UP` days after the workspace's first day."""
    until: dt.date | None = None
    """No snapshot after this day; else the last day with facts."""
    extras: Extras | None = None
    signals: bool = True
    """Whether the panel has the scores and values of all signals."""


def panel(store: Store, project: Project, replay: Replay | None = None, progress: Progress | None = None) -> Panel:
    """The panel of a store under a project's cards as they are now, whatever its history was scored with.

    Features are as of each day's end; labels come from the facts after it.
    Errors: NothingToScore when no account has a dated fact, or no snapshot falls within the history.
    """
    asked = replay or Replay()
    roll_up(store, project, progress)
    with store.engine.transaction():
        store.engine.execute(step("account_numbers"))
        store.engine.execute(step("account_spans"))
    known_to = _known_to(store, project)
    everyone = roster(store.engine, project, known_to)
    snapshots = _snapshots(asked, everyone.workspace_day, known_to)
    blocks = Blocks(Feeder(store, project, known_to), project, everyone, known_to)
    source = reading(store.engine, project, known_to)
    start = max(everyone.workspace_day, int(snapshots[0]) - LOOK_BACK - source.rules.silence_days)
    fleet = blocks.fleet(start)
    followed = Followed.read(store.engine, project, known_to)
    taking = _Taking(followed, source, snapshots, asked, words(store, project))
    pieces, done = [], 0
    for piece, accounts in blocks.each(everyone, fleet, start, taking.piece):
        pieces.append(piece)
        done += accounts
        if progress is not None:
            progress("looking back", done, len(everyone))
    names = project.scorecards[0].tiers.names
    learned = tuple(card.name for card in project.scorecards if card.fitted is not None)
    return joined(pieces, tuple(snapshots.tolist()), asked.horizons, source, names, learned)


def _known_to(store: Store, project: Project) -> int:
    last = last_fact_day(store.engine)
    if last is None:
        raise NothingToScore("there is no dated fact of any account to look back at: load events or other facts first")
    yesterday = dt.datetime.now(project.zone).date() - dt.timedelta(days=1)
    return min(last, calendar.number(yesterday))


def _snapshots(asked: Replay, workspace_day: int, known_to: int) -> Ints:
    first = workspace_day + WARM_UP if asked.since is None else calendar.number(asked.since)
    last = known_to if asked.until is None else min(known_to, calendar.number(asked.until))
    days = np.arange(first, last + 1, asked.every, dtype=np.int64)
    days = days[days >= workspace_day]
    if not len(days):
        raise NothingToScore(
            f"no snapshot day from {calendar.date(first)} to {calendar.date(last)}: a backtest begins {WARM_UP} days "
            "after the first fact, or on the day that --since names"
        )
    return days


class _Taking:
    """Takes the rows of a panel out of blocks, one at a time: of all days only the snapshots are kept."""

    def __init__(self, followed: Followed, source: Reading, snapshots: Ints, asked: Replay, said: list[Word]) -> None:
        self._followed = followed
        self._said = said
        self._source = source
        self._snapshots = snapshots
        self._asked = asked

    def piece(self, part: Part) -> tuple[Piece, int]:
        """The rows of a block's accounts, and how many accounts they are."""
        seen = _Seen(part, methods.score(part.block), self._snapshots)
        facts = self._followed.facts(part)
        outcomes = outcomes_of(facts, self._source)
        begun = facts.begin[:, None] <= seen.days[None, :]
        may = eligible(facts, outcomes, seen.days, self._source)
        scored = ~np.isnan(seen.score)
        rows, columns = np.nonzero(may & scored)
        following = Following(rows, seen.days[columns])
        labels = {
            (kind, horizon): self._source.labels(outcomes, kind, following, horizon)
            for kind in range(len(KINDS))
            for horizon in self._asked.horizons
        }
        counted = {
            "begun": int(begun.sum()),
            "eligible": int(may.sum()),
            "unscored": int((may & ~scored).sum()),
        }
        piece = Piece(
            columns=self._columns(seen, facts, outcomes, (rows, columns)),
            tables={
                **self._signals(seen, rows, columns),
                "extras": self._extras(seen, rows, columns),
                "labels": labels,
            },
            leads=self._leads(seen, outcomes.only(CHURNED), following, labels),
            stayed=self._stayed(seen, following, labels),
            counted=counted,
        )
        return piece, len(part.roster)

    def _columns(
        self, seen: _Seen, facts: Facts, outcomes: Outcomes, cells: tuple[Ints, Ints]
    ) -> dict[str, npt.NDArray[Any]]:
        rows, columns = cells
        store, days = seen.part.roster, seen.days
        account = store.account[rows]
        cents = facts.contracts.revenue(facts.accounts, days)[rows, columns]
        return {
            "account": account,
            "account_id": store.account_id[rows],
            "day": days[columns],
            "score": seen.score[rows, columns],
            "tier": seen.tier[rows, seen.places[columns]],
            "tiers": np.full(len(rows), seen.top + 1, dtype=np.int8),
            "card": store.card[rows].astype(np.int8),
            "tenure": days[columns] - store.created[rows],
            "segment": self._followed.segment[account],
            "revenue": np.where(cents > 0, cents / 100.0, self._followed.revenue[account]),
            "days_silent": _silent(facts, days)[rows, columns],
            "activity_28": seen.activity(core=self._followed.core)[rows, columns],
            "override": self._overridden(seen)[rows, columns],
            "days_to_churn": days_until(outcomes.only(CHURNED), Following(rows, days[columns])),
        }

    def _signals(self, seen: _Seen, rows: Ints, columns: Ints) -> dict[str, dict[str, Floats]]:
        return seen.signals(rows, columns) if self._asked.signals else {"signals": {}, "values": {}}

    def _overridden(self, seen: _Seen) -> Floats:
        """The tier that a person had set on each day, by its place; NaN where nobody had."""
        found = np.full((len(seen.part.roster), len(seen.days)), np.nan)
        places = {account: place for place, account in enumerate(seen.part.roster.account_id)} if self._said else {}
        names = seen.part.block.card.tiers.names
        for one in self._said:
            if one.account_id in places and one.tier in names:
                held = (seen.days >= one.first) & (seen.days <= one.last)
                found[places[one.account_id], held] = names.index(one.tier)
        return found

    def _extras(self, seen: _Seen, rows: Ints, columns: Ints) -> dict[str, Floats]:
        if self._asked.extras is None or not len(seen.places):
            return {}
        found = self._asked.extras(seen.part.block, seen.places)
        return {name: np.asarray(values, dtype=np.float64)[rows, columns] for name, values in found.items()}

    def _leads(self, seen: _Seen, churns: Outcomes, following: Following, labels: Marks) -> Leads:
        """Warnings before the churns that rows are about: the next one, or the one that the account is gone by."""
        furthest = max(self._asked.horizons)
        after = following.last_by(churns, furthest) if self._source.gone_at_end else following.next_after(churns)
        about = np.unique(after[labels[CHURNED, furthest] == YES])
        found = leads(seen.tiers, churns.account[about], churns.day[about], churns.since[about])
        return replace(found, account=seen.part.roster.account[found.account])

    def _stayed(self, seen: _Seen, following: Following, labels: Marks) -> Leads:
        """The same as of the middle one of the snapshots after which an account stayed."""
        rows = np.flatnonzero(labels[CHURNED, max(self._asked.horizons)] == NO)
        account = following.account[rows]
        low, high = np.searchsorted(account, np.unique(account)), np.searchsorted(account, np.unique(account), "right")
        middle = rows[(low + high) // 2] if len(rows) else rows
        day = following.day[middle]
        found = leads(seen.tiers, following.account[middle], day, day)
        return replace(found, account=seen.part.roster.account[found.account])


class _Seen:
    """What a block shows on the snapshot days that it covers."""

    def __init__(self, part: Part, scores: Scores, snapshots: Ints) -> None:
        self.part = part
        self.scores = scores
        self.places = snapshots[snapshots >= part.first_day] - part.first_day
        """Where the snapshots are among the days asked for."""
        self.days = self.places + part.first_day
        lines = part.block.card.tiers.lines
        self.top = len(lines)
        rows = scores.history >= 1
        self.tier = np.where(rows, tiers.beyond(scores.score, lines), tiers.NO_ROW).astype(np.int8)
        self.tiers = Tiers(self.tier, self.top, part.first_day)
        self.score = np.where(rows, scores.score, np.nan)[:, self.places]

    def signals(self, rows: Ints, columns: Ints) -> dict[str, dict[str, Floats]]:
        """Scores and values of every signal that has a source."""
        found: dict[str, dict[str, Floats]] = {"signals": {}, "values": {}}
        places = self.places[columns]
        for dimension in self.scores.dimensions.values():
            for name, measure in dimension.measures.items():
                if not measure.absent:
                    score = measure.score[rows, places]
                    found["signals"][name] = score
                    # what a null signal holds besides depends on facts that were not there yet
                    found["values"][name] = np.where(np.isnan(score), np.nan, measure.value[rows, places])
        return found

    def activity(self, *, core: bool) -> Floats:
        series = self.part.block.core if core else self.part.block.events
        return series.total(28)[:, self.places].astype(np.float64)


def _silent(facts: Facts, days: Ints) -> Floats:
    if not len(days):
        return np.zeros((facts.accounts, 0))
    last = facts.activity.last_by(days)
    return (days[None, :] - np.where(last > -NEVER, last, facts.begin[:, None] - 1)).astype(np.float64)


def write_findings(findings: Findings, project: Project, out: Path) -> Path:
    """Write what a backtest found as one HTML file."""
    text = render_backtest(findings, project.name, dt.datetime.now(dt.UTC), project.timezone)
    with replacing(out) as file:
        file.write(text.encode())
    return out
