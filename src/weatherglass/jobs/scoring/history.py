"""The history of scores: one row an account and day, kept up to date with the facts, and no day scored in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.epochs import Epoch, Epochs
from weatherglass.jobs.scoring.blocks import Blocks, Part
from weatherglass.jobs.scoring.feeding import Feeder
from weatherglass.jobs.scoring.keeping import Keeper, reach
from weatherglass.jobs.scoring.roster import Roster, account_numbers, roster
from weatherglass.scores.result import Result, result
from weatherglass.signals.fleet import Fleet
from weatherglass.signals.sparse import NEVER

if TYPE_CHECKING:
    from weatherglass.store import Store

SCORED_TO = "scored_to"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Update:
    """What an update did: account-days written, and the first day of them (None: nothing)."""

    rows: int
    first_day: int | None


class History:
    """The history of one store under its epochs, up to a day."""

    def __init__(self, store: Store, epochs: Epochs, day: int) -> None:
        self._store = store
        self._engine = store.engine
        self._epochs = epochs
        self._day = day
        self._keeper = Keeper(store.engine)
        found = store.setting(SCORED_TO)
        self._scored_to = int(found) if found is not None else None

    def update(self, again_from: int | None, progress: Progress | None = None) -> Update:
        """Score what is not scored, what facts have touched, and everything from `again_from` on."""
        newest = self._epochs.within(self._day, self._day)[0].project
        everyone = roster(self._engine, newest, self._day)
        touched = self._touched()
        doubtful = self._doubtful(everyone, touched, again_from)
        kept = self._keeper.begun(np.flatnonzero(doubtful))
        gone = kept["account"][~_among(everyone, len(touched))[kept["account"]]]
        if (touched < NEVER).any():
            self._keeper.forget_before(everyone, kept)
        if not len(everyone):
            self._engine.execute("DELETE FROM touched")
            return Update(0, None)
        doubtful[kept["account"]] = False
        since = self._from_days(everyone, touched, doubtful, again_from)
        # accounts that are no more had a part in what all accounts have in common
        changed = min(int(since.min()), self._day + 1, int(touched[gone].min(initial=NEVER)))
        first = max(changed, everyone.workspace_day)
        written = 0
        for epoch in self._epochs.within(first, self._day) if first <= self._day else ():
            written += self._epoch(epoch, everyone, since, (first, progress))
        self._engine.execute("DELETE FROM touched")
        self._store.remember(SCORED_TO, str(max(self._day, self._scored_to or self._day)))
        return Update(written, first if written else None)

    def _touched(self) -> npt.NDArray[np.int64]:
        """From which day on facts of each account have changed, by its number; NEVER where none have."""
        found = np.full(account_numbers(self._engine), NEVER)
        if self._scored_to is not None:
            rows = self._engine.numpy(
                'SELECT a.account, min(coalesce(t."day", local_day(t.happened_at), -1000000)) AS "day" '
                "FROM touched AS t INNER JOIN account_ids AS a ON a.account_id = t.account_id GROUP BY a.account"
            )
            found[rows["account"]] = rows["day"]
        return found

    def _doubtful(
        self, everyone: Roster, touched: npt.NDArray[np.int64], again_from: int | None
    ) -> npt.NDArray[np.bool_]:
        """Whether the history of each account, by its number, may begin on another day than it should, or not at all.

        The others have a row on the last day of the history, and no fact of a day in it has changed.
        """
        if again_from is not None or self._scored_to is None:
            return np.ones(len(touched), np.bool_)
        absent = _among(everyone, len(touched))
        absent[self._keeper.there(self._scored_to)] = False
        return absent | (touched <= self._scored_to)

    def _from_days(
        self,
        everyone: Roster,
        touched: npt.NDArray[np.int64],
        new: npt.NDArray[np.bool_],
        again_from: int | None,
    ) -> npt.NDArray[np.int64]:
        """From which day on each account is to be scored; new: whether it has no row, by account number."""
        if self._began_elsewhere(everyone) or self._scored_to is None:
            return everyone.begin.copy()
        since = np.minimum(self._scored_to + 1, touched[everyone.account])
        # an account that is not in the history yet, whatever the reason, is scored from its beginning
        since = np.where(new[everyone.account], everyone.begin, since)
        if again_from is not None:
            since = np.minimum(since, again_from)
        return np.asarray(np.maximum(since, everyone.begin))

    def _began_elsewhere(self, everyone: Roster) -> bool:
        before = self._store.setting("workspace_day")
        self._store.remember("workspace_day", str(everyone.workspace_day))
        moved = before is not None and int(before) != everyone.workspace_day
        if moved:
            self._engine.execute("DELETE FROM scores")
            self._engine.execute("DELETE FROM fleet_days")
        return moved

    def _epoch(
        self, epoch: Epoch, everyone: Roster, since: npt.NDArray[np.int64], told: tuple[int, Progress | None]
    ) -> int:
        first, progress = told
        present = everyone if epoch.last == self._day else roster(self._engine, epoch.project, epoch.last)
        if not len(present):
            return 0
        wanted = np.maximum(_by_account(everyone, since)[present.account], epoch.first)
        wanted = np.maximum(wanted, present.begin)
        feeder = Feeder(self._store, epoch.project, epoch.last)
        blocks = Blocks(feeder, epoch.project, present, epoch.last)
        start = max(first, epoch.first)
        if epoch.last == self._day:
            feeder.settle(present)
        fleet = blocks.fleet(start)
        feeder.settled()
        moved = self._keeper.keep_fleet(fleet, feeder, start, epoch.last)
        if any(card.ranked for card in epoch.project.scorecards):
            # a value of one account moves the ranks of all
            moved = start
        if moved is not None:
            wanted = np.minimum(wanted, np.maximum(moved, present.begin))
        self._keeper.begin(epoch.project)
        total = int((epoch.last - wanted + 1).clip(min=0).sum())
        written = 0
        for group, lower in _groups(present, wanted):
            written += self._write(epoch, blocks, group, fleet, lower, (written, total, progress))
        return written

    def _write(
        self,
        epoch: Epoch,
        blocks: Blocks,
        group: Roster,
        fleet: Fleet,
        wanted: npt.NDArray[np.int64],
        told: tuple[int, int, Progress | None],
    ) -> int:
        first = int(wanted.min())
        before = self._keeper.before(group, first, reach(epoch.project))
        self._keeper.clear(group, wanted, epoch.last)
        lower = _by_account(group, wanted)
        done, total, progress = told
        written = 0

        def finished(part: Part) -> tuple[Part, Result]:
            return part, result(part.block, before.of(part.roster, part.block.card.tiers, part.first_day))

        for part, scored in blocks.each(group, fleet, first, finished):
            days = part.first_day + np.arange(scored.rows.shape[1])
            asked = days[None, :] >= lower[part.roster.account, None]
            written += self._keeper.write(part, scored, scored.rows & asked)
            if progress is not None:
                progress(done + written, total)
        self._keeper.flush()
        return written


def _among(everyone: Roster, numbers: int) -> npt.NDArray[np.bool_]:
    """Whether each account, by its number, is there."""
    there = np.zeros(numbers, np.bool_)
    there[everyone.account] = True
    return there


def _by_account(group: Roster, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A value of each account, at the place of its number."""
    placed = np.zeros(int(group.account.max()) + 1, dtype=np.int64)
    placed[group.account] = values
    return placed


def _groups(present: Roster, wanted: npt.NDArray[np.int64]) -> list[tuple[Roster, npt.NDArray[np.int64]]]:
    """Accounts by how far back they are to be scored: a few late ones do not make all others go back."""
    if not len(present):
        return []
    usual = int(np.median(wanted))
    late = np.flatnonzero(wanted < usual)
    if not len(late) or len(late) > len(present) // 4 or (wanted == present.begin).all():
        return [(present, wanted)]
    others = np.setdiff1d(np.arange(len(present)), late)
    return [(present.take(places), wanted[places]) for places in (late, others)]
