"""From roll-ups to grids: what the signals of some accounts need, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.jobs.scoring.activity import NOBODY, Activity, Beginnings, Filling, Source, Users
from weatherglass.jobs.scoring.adopting import Adopting
from weatherglass.jobs.scoring.attending import add_user_days, attended
from weatherglass.jobs.scoring.fact_reader import FactReader
from weatherglass.jobs.scoring.facts import KINDS, Columns
from weatherglass.jobs.scoring.roster import Roster, account_numbers
from weatherglass.jobs.scoring.settled import Settled, Settling
from weatherglass.rollups import calendar
from weatherglass.signals.grid import Counts, Grid, Workspace
from weatherglass.signals.sparse import NEVER, Sparse
from weatherglass.signals.stacked import Stacked

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.scoring.gathered import Gathered
    from weatherglass.store import Store

GRID_CELLS = 20_000_000
"""Account-days held at a time, of about 24 bytes each."""

FEW = 5000
"""So many accounts are sooner read one by one than found among all."""
_TABLES = {"champions": "users"}
"""The table that a fact is of, where it has another name."""


class Feeder:
    """Reads the roll-ups of one store as known by the end of one day, and what of them has settled."""

    def __init__(
        self,
        store: Store,
        project: Project,
        day: int,
        only: npt.NDArray[np.int64] | None = None,
        empty: frozenset[str] | None = None,
        gathered: Gathered | None = None,
    ) -> None:
        """only: the accounts whose grids are wanted; facts are read for these alone.

        empty: says that the store is a cut, of a few accounts of all, and which tables of it hold nothing.
        gathered: the facts of all accounts, where they are at hand.
        """
        self._store = store
        self._is_cut = empty is not None
        self._engine = engine = store.engine
        self._project = project
        self._day = day
        self._adopting = Adopting(engine, project, day)
        self._few = only is not None
        self._read = FactReader(engine, only, gathered)
        self._facts = {
            name: rows
            for name in KINDS
            if _TABLES.get(name, name) not in (empty or ())
            and ((rows := self._read.rows(name))["account"].size or self._is(name))
        }
        if "champions" in self._facts:
            self._facts["champion_days"] = self._read.rows("champion_days")
        if project.milestones:
            self._facts["milestone_rows"] = self._read.rows("milestone_rows")
        if self._adopting.keys:
            self._facts["key_uses"] = self._read.rows("key_uses")
        self._first_ticket = self._first_ticket_of_all() if "tickets" in self._facts else int(NEVER)
        self._settling: Settling | None = None
        self._found: dict[tuple[int, int], Settled | None] = {}

    def _is(self, name: str) -> bool:
        """Whether the workspace has a kind of fact, be it of other accounts: none of mine is not none at all."""
        return self._few and self._read.some(name)

    def _first_ticket_of_all(self) -> int:
        if not self._few:
            return int(np.min(self._facts["tickets"]["opened_day"]))
        return int(self._engine.row("SELECT local_day(min(opened_at)) FROM tickets")[0])

    def settle(self, everyone: Roster) -> None:
        """Write what has settled out of the grids of all accounts, which come next; `settled` ends it."""
        windows = {card.windows.usage for card in self._project.scorecards}
        if len(windows) == 1:
            about = (everyone.workspace_day, self._day, windows.pop(), self._adopting.words)
            self._settling = Settling.due(self._store, *about)

    def settled(self) -> None:
        """All grids have been seen."""
        if self._settling is not None:
            self._settling.finish()
        self._settling = None
        self._found.clear()

    def grids(self, roster: Roster) -> Iterator[Grid]:
        """Grids of all accounts of a roster of one card, in its order, each small enough to hold."""
        low = 0
        while low < len(roster):
            days = self._day - int(roster.begin[low]) + 1
            high = min(len(roster), low + max(1, GRID_CELLS // days))
            whole = high - low == len(roster) and (len(roster) > 1000 or self._is_cut)
            yield self.grid(roster.take(np.arange(low, high)), whole=whole)
            low = high

    def grid(self, roster: Roster, *, whole: bool = False) -> Grid:
        """One grid; `whole` says that a scan of all roll-ups is cheaper than choosing these accounts."""
        first, window = int(roster.begin.min()), self._window(roster)
        place = np.full(account_numbers(self._engine), -1)
        place[roster.account] = np.arange(len(roster))
        settled = self._settled(roster, window)
        chosen = None if whole else roster.account
        source = Source(self._engine, first if settled is None else settled.to + 1, self._day, chosen)
        words = self._adopting.words
        members = self._members()
        filling = Filling(source, place, len(roster), window, members)
        before = Beginnings.none(len(roster), words) if settled is None else settled.begun(roster.account)
        then = self._day if self._settling is None else self._settling.shape.to
        activity = filling.fill(before, Users.none(0) if settled is None else settled.known(members), then)
        source.close()
        grid = self._with_activity(roster, activity, settled, min(first, source.first))
        grid.facts["newcomers"] = _newcomers(grid, activity.users, place)
        if self._settling is not None:
            self._settling.put(grid, activity, before)
        self._add_facts(grid, place)
        self._add_milestones(grid, roster, activity)
        if attended(self._project.scorecards[int(roster.card[0])]):
            source = Source(self._engine, grid.first_day, self._day, chosen)
            add_user_days(grid, source, place)
            source.close()
        return grid

    def _members(self) -> npt.NDArray[np.int64] | None:
        """The users of the wanted accounts; None when they are all there are."""
        if not self._few and not self._is_cut:
            return None
        found = self._read.rows("members")["member"].astype(np.int64)
        return np.sort(found)

    def _settled(self, roster: Roster, window: int) -> Settled | None:
        key = (roster.workspace_day, window)
        if key not in self._found:
            self._found[key] = Settled.of(self._store, roster.workspace_day, self._day, window, self._adopting.words)
        return self._found[key]

    def common(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """A number a day that changes when something changes that all accounts look at."""
        window = max(card.windows.availability for card in self._project.scorecards)
        days = np.arange(first, last + 1)
        return 2 * self._adopting.available(first, len(days), window) + (days >= self._first_ticket)

    def _window(self, roster: Roster) -> int:
        return self._project.scorecards[int(roster.card[0])].windows.usage

    def _with_activity(self, roster: Roster, activity: Activity, settled: Settled | None, first: int) -> Grid:
        card = self._project.scorecards[int(roster.card[0])]
        days = self._day - first + 1

        def counts(kind: str, recent: npt.NDArray[Any]) -> Counts:
            if settled is None:
                return recent
            if self._is_cut and len(roster) <= FEW:
                return Stacked(settled.some(kind, first, roster.account), np.arange(len(roster)), recent)
            return Stacked(settled.daily(kind, first), settled.places(roster.account), recent)

        return Grid(
            accounts=roster.account,
            first_day=first,
            days=days,
            begin=roster.begin - first,
            created=roster.created - first,
            core=counts("core", activity.core),
            events=counts("events", activity.events),
            sessions=counts("sessions", activity.sessions),
            joins=counts("joins", activity.joins),
            features=[counts(f"features-{number}", word) for number, word in enumerate(activity.features)],
            first_activity=activity.beginnings.activity - first,
            seats=roster.seats,
            entitlements=self._adopting.entitlements(roster),
            workspace=Workspace(
                day_ends=calendar.ends(self._project.zone, first, days),
                available=self._adopting.available(first, days, card.windows.availability),
                first_ticket_day=self._first_ticket - first,
            ),
            cohorts=roster.attributes,
        )

    def _add_facts(self, grid: Grid, place: npt.NDArray[np.int64]) -> None:
        for name, rows in self._facts.items():
            if name == "milestone_rows":
                continue
            columns = {
                column: _unmasked(values).astype(np.int64) - grid.first_day
                if column.endswith("_day")
                else _unmasked(values)
                for column, values in rows.items()
                if column not in ("account", "user_id")
            }
            rows_of = place[_unmasked(rows["account"]).astype(np.int64)]
            if name == "key_uses":
                rows_of = np.where(self._adopting.counts(grid, rows_of, columns["feature"]), rows_of, -1)
            grid.facts[name] = Sparse.of(rows_of, columns)

    def _add_milestones(self, grid: Grid, roster: Roster, activity: Activity) -> None:
        if not self._project.milestones:
            return
        derived: dict[str, Callable[[], npt.NDArray[np.int64]]] = {
            "first_core_action": lambda: activity.beginnings.core - grid.first_day,
            "second_feature": lambda: activity.beginnings.second_feature - grid.first_day,
            "third_active_user": lambda: _third_user(grid),
        }
        rows = self._facts["milestone_rows"]
        accounts = np.arange(len(roster))
        parts: list[Columns] = []
        for number, milestone in enumerate(self._project.milestones):
            reached = np.full(int(rows["account"].max(initial=0)) + 1, NEVER)
            same = rows["milestone"] == milestone.name
            reached[rows["account"][same].astype(np.int64)] = (
                rows["reached_day"][same].astype(np.int64) - grid.first_day
            )
            known = roster.account < len(reached)
            day = np.where(known, reached[np.where(known, roster.account, 0)], NEVER)
            if milestone.derived is not None:
                day = np.minimum(day, derived[milestone.derived]())
            parts.append(
                {
                    "row": accounts,
                    "milestone": np.full(len(accounts), number),
                    "reached_day": day,
                    "due_age": np.full(len(accounts), milestone.due_day),
                    "weight": np.full(len(accounts), milestone.weight),
                }
            )
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        grid.facts["milestones"] = Sparse.of(joined.pop("row"), joined)


def _third_user(grid: Grid) -> npt.NDArray[np.int64]:
    newcomers = grid.facts["newcomers"]
    result = np.full(len(grid), NEVER)
    order = np.lexsort((newcomers["joined_day"], newcomers.row))
    row, day = newcomers.row[order], newcomers["joined_day"][order]
    third = np.flatnonzero(row[2:] == row[:-2])
    third = third[np.r_[True, row[third[1:]] != row[third[:-1]]]] if len(third) else third
    result[row[third]] = day[third + 2]
    return result


def _newcomers(grid: Grid, users: Users, place: npt.NDArray[np.int64]) -> Sparse:
    """Every user of the grid's accounts who was ever active, with the day of the first activity."""
    known = np.flatnonzero(users.home != NOBODY)
    return Sparse.of(place[users.home[known]], {"joined_day": users.joined[known].astype(np.int64) - grid.first_day})


def _unmasked(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ma.getdata(values)
