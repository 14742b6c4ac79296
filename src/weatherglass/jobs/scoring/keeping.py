"""Reading and writing the rows of the history."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weatherglass.arrays import column, table
from weatherglass.engine import DuckDB
from weatherglass.jobs.scoring.blocks import Part
from weatherglass.jobs.scoring.feeding import Feeder
from weatherglass.jobs.scoring.roster import Roster
from weatherglass.scores.result import Result
from weatherglass.scores.tiers import NO_ROW, UNSCORED, Before
from weatherglass.signals.catalogue import DIMENSIONS
from weatherglass.signals.fleet import Fleet
from weatherglass.signals.sparse import NEVER

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.tiers import Tiers
    from weatherglass.jobs.scoring.past import Past as History

POINTS = 100.0
SHARES = 10_000.0
FLUSH_ROWS = 1_000_000
"""Rows put in at once: whole row groups are compressed as they come, small pieces again at every checkpoint."""


def reach(project: Project) -> int:
    """How many days before one decide its shown tiers, under the steadiest of a project's cards."""
    return max(card.tiers.hysteresis_days for card in project.scorecards) - 1


class Keeper:
    """The tables `scores`, `scorecards` and `fleet_days` of a store."""

    def __init__(self, engine: DuckDB) -> None:
        self._engine = engine
        self._versions: dict[str, int] = {}
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0

    def begin(self, project: Project) -> None:
        """Give every card of a project a number, the one it has had before if it had."""
        for card in project.scorecards:
            version = project.version(card)
            found = self._engine.rows("SELECT version FROM scorecards WHERE scorecard_version = ?", [version])
            if not found:
                number = self._engine.row("SELECT coalesce(max(version), 0) + 1 FROM scorecards")[0]
                self._engine.execute(
                    "INSERT INTO scorecards VALUES (?, ?, ?, ?, now()::TIMESTAMP)",
                    [number, version, card.model_dump_json(), project.to_json()],
                )
                found = [(number,)]
            self._versions[card.name] = int(found[0][0])

    def keep_fleet(self, fleet: Fleet, feeder: Feeder, first: int, last: int) -> int | None:
        """Keep what all accounts have in common; the first day on which it has changed, None if on no kept day."""
        days = np.arange(first, last + 1)
        growth = fleet.growth[first - fleet.first_day : last + 1 - fleet.first_day]
        known = feeder.common(first, last)
        now: dict[str, npt.NDArray[Any]] = {"day": days.astype(np.int32), "growth": growth, "common": known}
        self._engine.register("fleet_now", table(now))
        moved = self._engine.row(
            'SELECT min(n."day") FROM fleet_now AS n INNER JOIN fleet_days AS o ON o."day" = n."day" '
            "WHERE o.growth <> n.growth OR o.common <> n.common"
        )[0]
        self._engine.execute('DELETE FROM fleet_days WHERE "day" >= ? AND "day" <= ?', [first, last])
        self._engine.execute("INSERT INTO fleet_days SELECT * FROM fleet_now")
        self._engine.unregister("fleet_now")
        return None if moved is None else int(moved)

    def fleet(self, first: int, last: int) -> Fleet:
        """The kept fleet of a stretch of days; the caller knows that it was kept."""
        rows = self._engine.numpy(
            'SELECT "day", growth FROM fleet_days WHERE "day" BETWEEN ? AND ? ORDER BY "day"', [first, last]
        )
        growth = np.ones(last - first + 1)
        growth[rows["day"].astype(np.int64) - first] = rows["growth"]
        return Fleet(first, growth, {})

    def before(self, group: Roster, first: int, reach: int, history: History | None = None) -> Past:
        """How accounts stood on the `reach` days before one. history: the finished days, where they are at hand."""
        cards = dict(self._engine.rows("SELECT version, card FROM scorecards"))
        low = first - max(1, reach)
        if history is not None and history.has(low) and history.has(first - 1):
            return Past.of_rows(group, first, history.before(first, first - low, group.account), cards)
        self._engine.register("asked", table({"account": group.account.astype(np.int32)}))
        rows = self._engine.numpy(
            'SELECT account, "day", tier, tier_shown, version FROM scores '
            'WHERE "day" >= ? AND "day" < ? AND account IN (SELECT account FROM asked)',
            [low, first],
        )
        self._engine.unregister("asked")
        return Past.of_rows(group, first, {name: np.ma.getdata(values) for name, values in rows.items()}, cards)

    def clear(self, group: Roster, wanted: npt.NDArray[np.int64], last: int) -> None:
        """Take out the rows that are about to be written again: those of each account from a day on."""
        newest = self._engine.row('SELECT max("day") FROM scores')[0]
        if newest is None or newest < int(wanted.min()):
            return
        lower = table({"account": group.account.astype(np.int32), "lower": wanted.astype(np.int32)})
        self._engine.register("again", lower)
        self._engine.execute(
            'DELETE FROM scores AS s USING again AS n WHERE s.account = n.account AND s."day" >= n.lower AND '
            's."day" <= ?',
            [last],
        )
        self._engine.unregister("again")

    def there(self, day: int) -> npt.NDArray[Any]:
        """The numbers of the accounts that have a row on a day."""
        return self._engine.numpy('SELECT account FROM scores WHERE "day" = ?', [day])["account"]

    def begun(self, accounts: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        """Those of some accounts that have a row, with the day of the first: the columns `account` and `day`."""
        self._engine.register("asked", table({"account": accounts.astype(np.int32)}))
        found = self._engine.numpy(
            'SELECT account, min("day") AS "day" FROM scores '
            "WHERE account IN (SELECT account FROM asked) GROUP BY account"
        )
        self._engine.unregister("asked")
        return found

    def forget_before(self, everyone: Roster, kept: dict[str, npt.NDArray[Any]]) -> None:
        """Take out rows of days before an account's first, and of accounts that are no more; kept: as of `begun`."""
        begin = np.full(1 + max(kept["account"].max(initial=-1), everyone.account.max(initial=-1)), NEVER)
        begin[everyone.account] = everyone.begin
        early = kept["account"][kept["day"] < begin[kept["account"]]].astype(np.int32)
        if not len(early):
            return
        self._engine.register("early", table({"account": early, "begin": begin[early]}))
        self._engine.execute(
            'DELETE FROM scores AS s USING early AS e WHERE s.account = e.account AND s."day" < e."begin"'
        )
        self._engine.unregister("early")

    def write(self, part: Part, scored: Result, chosen: npt.NDArray[np.bool_]) -> int:
        """Put rows into the history; they are there after `flush`."""
        rows = _rows(part, scored, chosen, self._versions[part.block.card.name])
        self._waiting.append(rows)
        self._waiting_rows += rows.num_rows
        if self._waiting_rows >= FLUSH_ROWS:
            self.flush()
        return int(rows.num_rows)

    def flush(self) -> None:
        """Put what waits into the table."""
        if self._waiting:
            # in one piece: DuckDB makes row groups of every piece, and would make them again at the next checkpoint
            self._engine.insert("scores", pa.concat_tables(self._waiting).combine_chunks())
        self._waiting, self._waiting_rows = [], 0


def _rows(part: Part, scored: Result, chosen: npt.NDArray[np.bool_], version: int) -> pa.Table:
    scores = scored.scores
    accounts, days = np.count_nonzero(chosen, axis=1), part.first_day + np.arange(chosen.shape[1], dtype=np.int32)
    count = int(accounts.sum())
    everything = count == chosen.size

    def at(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # nearly all blocks of a whole history are chosen whole
        return values.reshape(-1) if everything else values[chosen]

    kept = {
        "account": column(np.repeat(part.roster.account.astype(np.int32), accounts)),
        "day": column(at(np.broadcast_to(days, chosen.shape))),
        "score": _points(at(scores.score), POINTS),
        "tier": column(at(scored.tier)),
        "tier_shown": column(at(scored.tier_shown)),
        "grade": column(at(scored.grade)),
        "lifecycle": column(at(scores.stage)),
        "coverage": _points(at(scores.coverage), SHARES),
        "confidence": _points(at(scores.confidence), SHARES),
        "version": column(np.full(count, version, np.int32)),
    }
    for name in DIMENSIONS:
        dimension = scores.dimensions[name]
        absent = pa.nulls(count, pa.uint16())
        kept[f"dim_{name}"] = absent if dimension.absent else _points(at(dimension.score), POINTS)
    return pa.table(kept)


def _points(values: npt.NDArray[np.float64], scale: float) -> pa.Array:
    missing = np.isnan(values)
    whole = np.rint(np.where(missing, 0.0, values) * scale).astype(np.uint16)
    return column(whole, missing if missing.any() else None)


@dataclass(frozen=True)
class Past:
    """Tiers of some accounts on the days before `first`; codes are those of the card of that day's version."""

    first: int
    place: npt.NDArray[np.int64]
    """The row of each account number here; -1 for others."""
    raw: npt.NDArray[np.int8]
    shown: npt.NDArray[np.int8]
    version: npt.NDArray[np.int64]
    cards: dict[int, str]

    @classmethod
    def of_rows(cls, group: Roster, first: int, rows: dict[str, npt.NDArray[Any]], cards: dict[int, str]) -> Past:
        """From rows of the history: the columns `account`, `day`, `tier`, `tier_shown`, `version`."""
        back = first - rows["day"].astype(np.int64)
        reach = int(back.max(initial=1))
        place = np.full(int(group.account.max(initial=0)) + 1, -1)
        place[group.account] = np.arange(len(group))
        mine = place[rows["account"]]
        raw = np.full((len(group), reach), NO_ROW, np.int8)
        version = np.zeros((len(group), reach), np.int64)
        shown = np.full(len(group), NO_ROW, np.int8)
        raw[mine, reach - back] = rows["tier"]
        version[mine, reach - back] = rows["version"]
        shown[mine[back == 1]] = rows["tier_shown"][back == 1]
        return cls(first, place, raw, shown, version, cards)

    def of(self, accounts: Roster, tiers: Tiers, first_day: int) -> Before:
        """How these accounts stood before a day, in the tiers of a card; accounts that are not here were not there."""
        reach = tiers.hysteresis_days - 1
        before = Before.nothing(len(accounts), tiers.hysteresis_days)
        if first_day != self.first or not len(self.raw):
            # a block that begins later: none of its accounts was there before
            return before
        known = accounts.account < len(self.place)
        mine = np.where(known, self.place[np.where(known, accounts.account, 0)], -1)
        raw, version = np.where(mine[:, None] < 0, NO_ROW, self.raw[mine]), self.version[mine]
        shown = np.where(mine < 0, NO_ROW, self.shown[mine])
        for number in np.unique(version[raw != NO_ROW]):
            codes = _translation(self.cards[int(number)], tiers)
            raw = np.where(version == number, codes[raw - NO_ROW], raw)
            shown = np.where(version[:, -1] == number, codes[shown - NO_ROW], shown)
        kept = min(reach, raw.shape[1])
        if kept:
            before.raw[:, reach - kept :] = raw[:, raw.shape[1] - kept :]
        before.shown[:] = shown
        return before


@cache
def _translation(card: str, tiers: Tiers) -> npt.NDArray[np.int8]:
    """Codes of a card's tiers (from NO_ROW up) in another's; a tier it does not know starts afresh."""
    from weatherglass.config.scorecard import Scorecard

    names = Scorecard.model_validate_json(card).tiers.names
    known = {name: number for number, name in enumerate(tiers.names)}
    return np.array([NO_ROW, UNSCORED, *(known.get(name, NO_ROW) for name in names)], dtype=np.int8)
