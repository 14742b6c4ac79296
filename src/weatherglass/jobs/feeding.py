"""From roll-ups to grids: what the signals of some accounts need, as arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.engine import DuckDB
from weatherglass.jobs.adopting import Adopting
from weatherglass.jobs.roster import Roster
from weatherglass.rollups import calendar
from weatherglass.rollups.steps import step
from weatherglass.signals.grid import Grid, Workspace
from weatherglass.signals.sparse import NEVER, Sparse

if TYPE_CHECKING:
    from weatherglass.config.project import Project

Columns = dict[str, npt.NDArray[Any]]

GRID_CELLS = 20_000_000
"""Account-days held at a time, of about 24 bytes each."""
STREAM_ROWS = 2_000_000
"""User-days read at a time."""

FACTS = ("tickets", "invoices", "subscriptions", "surveys", "interactions", "champions")


class Feeder:
    """Reads the roll-ups of one store as known by the end of one day."""

    def __init__(self, engine: DuckDB, project: Project, day: int) -> None:
        self._engine = engine
        self._project = project
        self._day = day
        self._adopting = Adopting(engine, project, day)
        self._facts = {name: rows for name in FACTS if (rows := engine.numpy(step(name)))["account"].size}
        if "champions" in self._facts:
            self._facts["champion_days"] = engine.numpy(step("champion_days", champions=step("champions")))
        if project.milestones:
            self._facts["milestone_rows"] = engine.numpy(step("milestones"))
        if self._adopting.keys:
            self._facts["key_uses"] = engine.numpy(
                'SELECT account, "day" AS used_day, feature, uses FROM key_feature_days'
            )
        tickets = self._facts.get("tickets")
        self._first_ticket = int(np.min(tickets["opened_day"])) if tickets is not None else int(NEVER)

    def grids(self, roster: Roster) -> Iterator[Grid]:
        """Grids of all accounts of a roster of one card, in its order, each small enough to hold."""
        low = 0
        while low < len(roster):
            days = self._day - int(roster.begin[low]) + 1
            high = min(len(roster), low + max(1, GRID_CELLS // days))
            yield self.grid(roster.take(np.arange(low, high)), whole=high - low == len(roster) and len(roster) > 1000)
            low = high

    def grid(self, roster: Roster, *, whole: bool = False) -> Grid:
        """One grid; `whole` says that a scan of all roll-ups is cheaper than choosing these accounts."""
        first = int(roster.begin.min())
        days = self._day - first + 1
        place = np.full(int(self._engine.row("SELECT coalesce(max(account), 0) + 1 FROM account_ids")[0]), -1)
        place[roster.account] = np.arange(len(roster))
        source = _Source(self._engine, self._day, first, None if whole else roster.account)
        grid = self._empty(roster, first, days)
        _fill_account_days(grid, source, place)
        _fill_features(grid, source, place)
        _fill_users(grid, source, place, self._window(roster))
        source.close()
        self._add_facts(grid, place)
        self._add_milestones(grid, roster)
        return grid

    def common(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """A number a day that changes when something changes that all accounts look at."""
        window = max(card.windows.availability for card in self._project.scorecards)
        days = np.arange(first, last + 1)
        return 2 * self._adopting.available(first, len(days), window) + (days >= self._first_ticket)

    def _window(self, roster: Roster) -> int:
        return self._project.scorecards[int(roster.card[0])].windows.usage

    def _empty(self, roster: Roster, first: int, days: int) -> Grid:
        card = self._project.scorecards[int(roster.card[0])]
        shape = (len(roster), days)
        return Grid(
            accounts=roster.account,
            first_day=first,
            days=days,
            begin=roster.begin - first,
            created=roster.created - first,
            core=np.zeros(shape, np.uint32),
            events=np.zeros(shape, np.uint32),
            sessions=np.zeros(shape, np.uint32),
            joins=np.zeros(shape, np.int32),
            features=[np.zeros(shape, np.uint64) for _ in range(self._adopting.words)],
            first_activity=np.full(len(roster), NEVER),
            seats=roster.seats,
            entitlements=self._adopting.entitlements(roster),
            workspace=Workspace(
                day_ends=calendar.ends(self._project.zone, first, days),
                available=self._adopting.available(first, days, card.windows.availability),
                first_ticket_day=self._first_ticket - first,
            ),
            cohorts={name: _codes(values) for name, values in roster.attributes.items()},
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

    def _add_milestones(self, grid: Grid, roster: Roster) -> None:
        if not self._project.milestones:
            return
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
                day = np.minimum(day, _DERIVED[milestone.derived](grid))
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


class _Source:
    """Roll-up rows of some accounts, or of all, up to a day."""

    def __init__(self, engine: DuckDB, day: int, first: int, accounts: npt.NDArray[np.int64] | None) -> None:
        self.engine = engine
        self.first = first
        self.day = day
        self._chosen = ""
        if accounts is not None and len(accounts) <= 50:
            self._chosen = f"AND account IN ({', '.join(map(str, accounts.tolist()))})"
        elif accounts is not None:
            import pyarrow as pa

            engine.register("chosen", pa.table({"account": accounts.astype(np.int32)}))
            self._chosen = "AND account IN (SELECT account FROM chosen)"
        self._registered = "chosen" in self._chosen

    def rows(self, table: str, columns: str, condition: str = "true") -> Iterator[Columns]:
        """Batches of arrays."""
        sql = f'SELECT {columns} FROM {table} WHERE "day" <= {self.day} AND {condition} {self._chosen}'
        for batch in self.engine.batches(sql, STREAM_ROWS):
            yield {name: batch[name].to_numpy(zero_copy_only=False) for name in batch.schema.names}

    def stretches(self) -> list[tuple[int, int]]:
        """Stretches of days that hold a readable number of user-days each."""
        counted = self.engine.numpy(
            f'SELECT "day", count(*) AS n FROM user_days WHERE "day" <= {self.day} {self._chosen} GROUP BY '
            '"day" ORDER BY "day"'
        )
        if not counted["day"].size:
            return []
        part = np.cumsum(counted["n"]) // STREAM_ROWS
        edges = np.flatnonzero(np.r_[True, np.diff(part) > 0])
        firsts = counted["day"][edges]
        lasts = np.r_[firsts[1:] - 1, counted["day"][-1]]
        return [(int(low), int(high)) for low, high in zip(firsts, lasts, strict=True)]

    def close(self) -> None:
        if self._registered:
            self.engine.unregister("chosen")


def _fill_account_days(grid: Grid, source: _Source, place: npt.NDArray[np.int64]) -> None:
    for rows in source.rows("account_days", 'account, "day", activity, events, core, sessions'):
        cell, row = _cells(grid, rows, place)
        there = row >= 0
        for name in ("core", "events", "sessions"):
            getattr(grid, name).reshape(-1)[cell[there]] = rows[name][there]
        active = np.flatnonzero((rows["activity"] > 0) & (row >= 0))
        np.minimum.at(grid.first_activity, row[active], rows["day"][active].astype(np.int64) - grid.first_day)


def _cells(
    grid: Grid, rows: Columns, place: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    row = place[rows["account"]]
    return row * grid.days + (rows["day"].astype(np.int64) - grid.first_day), row


def _fill_features(grid: Grid, source: _Source, place: npt.NDArray[np.int64]) -> None:
    for rows in source.rows("feature_days", 'account, "day", word, bits'):
        cell, row = _cells(grid, rows, place)
        for word, features in enumerate(grid.features):
            chosen = np.flatnonzero((rows["word"] == word) & (row >= 0))
            features.reshape(-1)[cell[chosen]] = rows["bits"][chosen]


def _fill_users(grid: Grid, source: _Source, place: npt.NDArray[np.int64], window: int) -> None:
    """Count distinct users by the gaps between their active days, and note the day each was first active."""
    members = int(source.engine.row("SELECT coalesce(max(member), -1) + 1 FROM members")[0])
    last = np.full(members, -1, dtype=np.int32)
    home = np.full(members, -1, dtype=np.int32)
    joined: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    for low, high in source.stretches():
        member, row, days = _stretch(source, place, low, high)
        edges = np.flatnonzero(np.r_[True, days[1:] != days[:-1], True])
        for start, end in itertools.pairwise(edges) if len(days) else ():
            column = int(days[start]) - grid.first_day
            there = row[start:end] >= 0
            _advance(grid, column, member[start:end][there], row[start:end][there], (last, home), joined, window)
    _leave(grid, last, home, window)
    if joined:
        rows_of, day = (np.concatenate(part) for part in zip(*joined, strict=True))
        grid.facts["newcomers"] = Sparse.of(rows_of, {"joined_day": day})


def _stretch(
    source: _Source, place: npt.NDArray[np.int64], low: int, high: int
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Active users of a stretch of days, by day: member, row of the grid, day."""
    condition = f'"day" BETWEEN {low} AND {high} AND member >= 0 AND events > 0'
    # the batches come in any order of days, so all of them are needed before the first day is
    batches = list(source.rows("user_days", 'account, member, "day"', condition))
    if not batches:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    account, member, day = (np.concatenate([rows[name] for rows in batches]) for name in ("account", "member", "day"))
    order = np.argsort(day, kind="stable")
    return member[order], place[account[order]], day[order]


def _advance(
    grid: Grid,
    column: int,
    member: npt.NDArray[Any],
    row: npt.NDArray[np.int64],
    seen: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
    joined: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
    window: int,
) -> None:
    last, home = seen
    before = last[member]
    new = before < 0
    last[member] = column
    if new.any():
        home[member[new]] = row[new]
        joined.append((row[new], np.full(int(new.sum()), column)))
    back = (before >= 0) & (column - before > window)
    arriving = row[new | back]
    grid.joins[:, column] += np.bincount(arriving, minlength=len(grid)).astype(np.int32)
    np.subtract.at(grid.joins, (row[back], before[back] + window), 1)


def _leave(grid: Grid, last: npt.NDArray[np.int32], home: npt.NDArray[np.int32], window: int) -> None:
    left = np.flatnonzero((last >= 0) & (last + window < grid.days))
    np.subtract.at(grid.joins, (home[left], last[left] + window), 1)


def _first_core(grid: Grid) -> npt.NDArray[np.int64]:
    return _first(grid.core > 0)


def _second_feature(grid: Grid) -> npt.NDArray[np.int64]:
    used = np.zeros(grid.core.shape, dtype=np.uint16)
    for features in grid.features:
        used += np.bitwise_count(np.bitwise_or.accumulate(features, axis=1))
    return _first(used >= 2)


def _third_user(grid: Grid) -> npt.NDArray[np.int64]:
    newcomers = grid.facts.get("newcomers")
    result = np.full(len(grid), NEVER)
    if newcomers is None:
        return result
    order = np.lexsort((newcomers["joined_day"], newcomers.row))
    row, day = newcomers.row[order], newcomers["joined_day"][order]
    third = np.flatnonzero(row[2:] == row[:-2])
    third = third[np.r_[True, row[third[1:]] != row[third[:-1]]]] if len(third) else third
    result[row[third]] = day[third + 2]
    return result


def _first(happened: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    return np.where(happened.any(axis=1), happened.argmax(axis=1), NEVER)


_DERIVED = {
    "first_core_action": _first_core,
    "second_feature": _second_feature,
    "third_active_user": _third_user,
}


def _codes(values: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    known: dict[object, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values], dtype=np.int64)


def _unmasked(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ma.getdata(values)
