"""Scores of a day that is not over: made like those of any day, and measured against the last finished one.

What all accounts have in common on the open day is the growth of the last finished day, for that of a day can be told
only when it is over. Everything else is as it is known now. No such score is kept: the pass that finishes the day
scores it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from weatherglass.arrays import nothing
from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.scoring.blocks import Blocks, Part
from weatherglass.jobs.scoring.feeding import Feeder
from weatherglass.jobs.scoring.history import SCORED_TO
from weatherglass.jobs.scoring.keeping import Keeper, Past, reach
from weatherglass.jobs.scoring.roster import Roster, roster
from weatherglass.rollups import calendar
from weatherglass.rollups.steps import step
from weatherglass.scores.result import result
from weatherglass.scores.rows import SCORE_COLUMNS, Whose, score_rows
from weatherglass.signals.fleet import Fleet

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.live.cutting import Cut
    from weatherglass.store import Store


def _only(people: Roster, account_ids: list[str]) -> Roster:
    """Some of the people; by a set, for NumPy compares objects one with all."""
    wanted = set(account_ids)
    return people.take(np.array([place for place, name in enumerate(people.account_id) if name in wanted], np.int64))


def _joined(parts: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(parts) if parts else nothing(SCORE_COLUMNS)


class Provisional:
    """Scores of the open day under one project, above the finished history of one store."""

    def __init__(self, store: Store, project: Project, day: int) -> None:
        self._store = store
        self._project = project
        self.day = day
        found = store.setting(SCORED_TO)
        self._start = day if found is None else min(int(found) + 1, day)
        """The first day that is not finished."""
        epochs = Epochs.read(store).within(day, day)
        self._oldest = max(epochs[0].first if epochs else day, -(10**6))
        self._ranked = any(card.ranked for card in project.scorecards)
        self._past: Past | None = None
        """How all accounts stood before the first day that is not finished, as the last look at all of them found."""

    def everyone(self, between: Callable[[], None] | None = None) -> pa.Table:
        """The rows of all accounts, from the roll-ups of the whole store, which are up to date.

        between: called now and then, for it takes seconds; meanwhile `of` may be asked.
        """
        engine = self._store.engine
        calendar.define(engine, self._project.timezone)
        with engine.transaction():
            engine.execute(step("account_numbers"))
            engine.execute(step("account_spans"))
        people = roster(engine, self._project, self.day)
        self._past = self._before(people, max(self._start, people.workspace_day))
        parts = []
        for part in self._parts(Feeder(self._store, self._project, self.day), people, people, self._start):
            parts.append(part)
            if between is not None:
                between()
        return _joined(parts)

    def forget(self) -> None:
        """Read again how accounts stood: the history was changed."""
        self._past = None

    def of(self, cut: Cut, since: dict[str, int]) -> pa.Table:
        """The rows of some accounts, from a cut that holds them.

        since: account -> the first day on which something has changed.
        """
        part = cut.store
        people = roster(part.engine, self._project, self.day)
        late = [name for name, day in since.items() if day < self._start]
        timely = [name for name, day in since.items() if day >= self._start]
        first = self.first(since)
        feeder = Feeder(part, self._project, self.day, empty=cut.empty)
        parts = [*self._parts(feeder, people, _only(people, late), first)] if late else []
        if timely:
            parts += self._parts(feeder, people, _only(people, timely), self._start)
        return _joined(parts)

    def first(self, since: dict[str, int]) -> int:
        """The first day that has to be scored for the open day to be right."""
        return max(self._oldest, min([self._start, *since.values()]))

    @property
    def ranked(self) -> bool:
        """Whether a score may depend on what all other accounts did, so that only all of them can be scored."""
        return self._ranked

    def _before(self, people: Roster, start: int) -> Past:
        if self._past is not None and self._past.first == start:
            return self._past
        return Keeper(self._store.engine).before(people, start, reach(self._project))

    def _parts(self, feeder: Feeder, everyone: Roster, people: Roster, start: int) -> Iterator[pa.Table]:
        """The rows of some people, block by block."""
        if not len(people):
            return
        project = self._project
        start = max(start, everyone.workspace_day)
        blocks = Blocks(feeder, project, everyone, self.day)
        fleet = self._fleet(blocks, everyone.workspace_day, start)
        before = self._before(people, start)

        def rows(block: Part) -> pa.Table:
            card = block.block.card
            scored = result(block.block, before.of(block.roster, card.tiers, block.first_day))
            whose = Whose(block.roster.account_id, block.first_day, project.version(card))
            shown = scored.rows.copy()
            shown[:, : self.day - block.first_day] = False
            return score_rows(scored, whose, shown)

        yield from blocks.each(people, fleet, start, rows)

    def _fleet(self, blocks: Blocks, first: int, start: int) -> Fleet:
        kept = Keeper(self._store.engine).fleet(first, self.day)
        last = self._start - 1 - first
        if last >= 0:
            kept.growth[last + 1 :] = kept.growth[last]
        if not self._ranked:
            return kept
        # ranks within a cohort are those of the open day itself
        fleet = blocks.fleet(start)
        fleet.growth = kept.growth
        return fleet
