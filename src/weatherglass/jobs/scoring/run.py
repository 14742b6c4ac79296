"""Scoring a store: roll-ups and history up to date, then the rows of the days asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.jobs.epochs import ALWAYS, Epoch, Epochs
from weatherglass.jobs.errors import NothingToScore
from weatherglass.jobs.incoming.catching_up import catch_up
from weatherglass.jobs.scoring.blocks import Blocks, Part
from weatherglass.jobs.scoring.feeding import Feeder
from weatherglass.jobs.scoring.history import SCORED_TO, History, Update
from weatherglass.jobs.scoring.keeping import Keeper, reach
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.scoring.kept_days import changed as history_changed
from weatherglass.jobs.scoring.roster import last_fact_day, roster
from weatherglass.jobs.scoring.settled import tidy
from weatherglass.rollups import calendar
from weatherglass.rollups.rolling import RollUp, RollUps
from weatherglass.rollups.steps import step
from weatherglass.scores.result import Result, result
from weatherglass.scores.rows import Whose
from weatherglass.signals.windows import Bools

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

ROLLUP_VERSION = "rollup_version"
ALL_AGAIN = "all_again"
"""The setting that is there while the history has yet to follow roll-ups made anew."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is, and how much there is."""


@dataclass(frozen=True)
class Run:
    """What a scoring run did; days are calendar days of the workspace's zone."""

    as_of: dt.date
    rolled_up: RollUp
    update: Update
    card_changed: bool
    """Whether the configuration decides other numbers than that of the day before."""
    again_from: dt.date | None = None
    """The first day that a changed configuration holds for; None when the whole history was made again with it."""


@dataclass(frozen=True)
class Scored:
    """A block with its result, and whose it is."""

    result: Result
    whose: Whose
    part: Part
    project: Project

    def days_between(self, first: dt.date, last: dt.date) -> Bools:
        """The rows of some days."""
        day = self.whose.first_day + np.arange(self.result.rows.shape[1])
        asked = (day >= calendar.number(first)) & (day <= calendar.number(last))
        return np.asarray(self.result.rows & asked[None, :])


def bring_up_to_date(
    store: Store,
    project: Project,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
    progress: Progress | None = None,
) -> Run:
    """Roll up new facts and bring the history up to a day.

    as_of: the day to score up to; the last day with a fact, at most yesterday, when it is not given.
    since: score all days from this one on again, with the configuration as it is now.
    Errors: NothingToScore when no account has a dated fact by that day.
    """
    rolled_up = roll_up(store, project, progress)
    with store.engine.transaction():
        store.engine.execute(step("account_numbers"))
        with store.engine.dense_groups():
            store.engine.execute(step("account_spans"))
        day = _day(store, project, as_of)
        scored_to = store.setting(SCORED_TO)
        last = max(day, int(scored_to)) if scored_to else day
        epochs, changed, again = _epochs(store, project, day, since)
        touched = store.engine.row("SELECT count(*) > 0 FROM touched")[0]
        update = History(store, epochs, last).update(again, _named(progress, "scoring"))
        if update.rows or touched or changed:
            history_changed(store)
        epochs.write(store)
        store.forget(ALL_AGAIN)
    tidy(store)
    again_from = None if again in (None, ALWAYS) else calendar.date(again)
    return Run(calendar.date(day), rolled_up, update, changed, again_from)


def roll_up(store: Store, project: Project, progress: Progress | None) -> RollUp:
    """Roll up new events, or all of them when they mean something else now."""
    catch_up(store, project)
    rollups = rollups_of(store, project)
    version = project.rollup_version()
    if store.setting(ROLLUP_VERSION) != version:
        with store.engine.transaction():
            if store.setting(ROLLUP_VERSION) is not None:
                rollups.clear()
                store.remember(ALL_AGAIN, "yes")
                history_changed(store)
            store.remember(ROLLUP_VERSION, version)
    return rollups.refresh(_named(progress, "rolling up events"))


def rollups_of(store: Store, project: Project) -> RollUps:
    """The roll-ups of a store, by its connection; where there is a history they note whose facts change."""
    scored = store.setting(SCORED_TO) is not None
    return RollUps(store.engine, project, store.events_folder, noting=scored)


def _named(progress: Progress | None, doing: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(doing, done, total)


def _day(store: Store, project: Project, as_of: dt.date | None) -> int:
    last = last_fact_day(store.engine)
    if last is None:
        raise NothingToScore(
            "there is no dated fact of any account to score: load events, tickets, invoices, subscriptions, surveys, "
            "interactions or milestones first (`weatherglass doctor` says what is there)"
        )
    if as_of is not None:
        return calendar.number(as_of)
    yesterday = dt.datetime.now(project.zone).date() - dt.timedelta(days=1)
    return min(last, calendar.number(yesterday))


def _epochs(store: Store, project: Project, day: int, since: dt.date | None) -> tuple[Epochs, bool, int | None]:
    """The configurations in force, whether the newest is new, and from which day on to score again because of it."""
    known = Epochs.read(store)
    first = None if since is None else calendar.number(since)
    if not known or store.setting(ALL_AGAIN):
        return Epochs([]).started(project, day), bool(known), ALWAYS if known else first
    changed = known.differs(project)
    if changed:
        start = day if first is None else first
        return known.started(project, start), True, start
    if first is not None:
        return known.started(project, first), False, first
    return known, False, None


def evaluate(
    store: Store,
    first: dt.date,
    last: dt.date,
    account_ids: list[str] | None = None,
    epochs: Epochs | None = None,
    at_hand: KeptDays | None = None,
) -> Iterator[Scored]:
    """Scores of some days of the history again, with every signal: as they were kept, and not rounded.

    Days after the history have no rows.

    epochs: configurations to score with in place of those that were in force.
    at_hand: what is at hand of the store, so that little has to be looked for.
    """
    kept, scored_to = epochs or Epochs.read(store), store.setting(SCORED_TO)
    start, end = calendar.number(first), calendar.number(last)
    # of days after the history nobody has looked at what all accounts have in common
    end = min(end, int(scored_to)) if scored_to is not None else start - 1
    for epoch in kept.within(start, end) if start <= end else ():
        yield from _evaluate(store, epoch, account_ids, at_hand or KeptDays(), as_kept=epochs is None)


def _evaluate(
    store: Store, epoch: Epoch, account_ids: list[str] | None, at_hand: KeptDays, *, as_kept: bool
) -> Iterator[Scored]:
    engine, project = store.engine, epoch.project
    calendar.define(engine, project.timezone)
    kept = as_kept and not any(card.ranked for card in project.scorecards)
    # what all accounts have in common is kept: nobody but these has to be looked at
    everyone = roster(engine, project, epoch.last, account_ids if kept else None)
    group = everyone if account_ids is None or kept else everyone.only(account_ids)
    if not len(group):
        return
    start = epoch.first
    only = group.account if kept and account_ids is not None else None
    gathered, past = at_hand.made(store, project)
    feeder = Feeder(store, project, epoch.last, only, gathered=gathered)
    blocks = Blocks(feeder, project, everyone, epoch.last)
    keeper = Keeper(engine)
    fleet = keeper.fleet(everyone.workspace_day, epoch.last) if kept else blocks.fleet(start)
    before = keeper.before(group, start, reach(project), past)

    def finished(part: Part) -> Scored:
        card = part.block.card
        scored = result(part.block, before.of(part.roster, card.tiers, part.first_day))
        return Scored(scored, Whose(part.roster.account_id, part.first_day, project.version(card)), part, project)

    yield from blocks.each(group, fleet, start, finished)
