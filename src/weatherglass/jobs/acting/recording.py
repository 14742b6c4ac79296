"""The record that alert rules read, from a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from weatherglass.actions.record import NO_ROW, NO_SCORE, Contact, Due, Hundredths, Invoice, Record, Response, Who
from weatherglass.jobs.acting.recalling import breadth_of, presence_of, rows_of, voices_of
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.jobs.views.explaining import last_day
from weatherglass.jobs.views.standing import tiers_of
from weatherglass.rollups import calendar
from weatherglass.scores.contributions import contributions
from weatherglass.signals.catalogue import DIMENSIONS

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.state.overrides import Override
    from weatherglass.store import Store

LEAD = 128
"""Days before the first one asked for, so that rules know what was usual: 84, and 28 of change, and some."""
BATCH_ROWS = 1_000_000
DATED = {"events": None, "tickets": "opened_at", "invoices": "issued_at", "interactions": "occurred_at"}
"""Tables whose silence would be a broken source."""


def record(
    store: Store,
    project: Project,
    first: dt.date,
    last: dt.date | None = None,
    overrides: Iterable[Override] = (),
) -> Record:
    """The record of a stretch of days and the months before it, with the dimensions that a rule watches.

    Errors: UnknownAccount when nothing is scored yet.
    """
    end = calendar.number(min(last or last_day(store), last_day(store)))
    calendar.define(store.engine, project.timezone)
    watched = {str(one.dimension) for one in project.alerts.rules.values() if one.enabled and one.dimension}
    dimensions = [name for name in DIMENSIONS if name in watched]
    return _Reader(store, project, (calendar.number(first) - LEAD, end), dimensions).read(overrides)


class _Reader:
    """Reads one stretch: arrays are (accounts, days)."""

    def __init__(self, store: Store, project: Project, days: tuple[int, int], dimensions: list[str]) -> None:
        self._store, self._engine, self._project = store, store.engine, project
        self._first, self._last = days[0], max(days)
        self._dimensions = dimensions
        rows = self._engine.rows(
            "SELECT n.account, n.account_id, a.name, a.owner, a.segment, coalesce(a.arr, 12 * a.mrr), "
            "local_day(a.renewal_date), s.first_day, local_day(a.created_at), a.account_id IS NOT NULL, a.region "
            "FROM account_ids AS n LEFT JOIN accounts AS a USING (account_id) "
            "LEFT JOIN account_spans AS s ON s.account = n.account ORDER BY n.account_id"
        )
        known, left = any(row[9] for row in rows), self._left()
        self._numbers = [row[0] for row in rows]
        self._place = {row[0]: place for place, row in enumerate(rows)}
        self._rows = rows_of(self._place)
        self._by_id = {row[1]: place for place, row in enumerate(rows)}
        self._who = [
            Who(
                account_id=row[1],
                name=row[2] or "",
                owner=row[3] or "",
                segment=row[4] or "",
                region=row[10] or "",
                revenue=float(row[5] or 0),
                renewal_day=row[6],
                first_day=_born(row),
                left=left.get(row[1]),
                named=row[9] or not known,
            )
            for row in rows
        ]

    def _left(self) -> dict[str, int]:
        """Customers who are gone: an outcome says so, or every subscription has ended."""
        rows = self._engine.rows(
            "SELECT account_id, max(left_on) FROM (SELECT account_id, local_day(occurred_at) AS left_on FROM outcomes "
            "WHERE kind = 'churned' UNION ALL SELECT account_id, local_day(max(ended_at)) FROM subscriptions "
            "GROUP BY account_id HAVING count(*) = count(ended_at)) GROUP BY account_id"
        )
        return dict(rows)

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self._who), self._last - self._first + 1

    def read(self, overrides: Iterable[Override]) -> Record:
        scores = self._scores(overrides)
        there = presence_of(self._engine, self._rows, self._shape, self._first)
        return Record(
            who=self._who,
            first=self._first,
            **scores,
            activity=self._counts(
                'SELECT account, "day", sum(activity) FROM account_days WHERE "day" BETWEEN ? AND ? GROUP BY ALL'
            ),
            people=there.people,
            users=there.users,
            tickets=self._counts(
                "SELECT n.account, local_day(t.opened_at) AS opened, count(*) FROM tickets AS t "
                "INNER JOIN account_ids AS n ON n.account_id = t.account_id "
                "WHERE local_day(t.opened_at) BETWEEN ? AND ? GROUP BY ALL"
            ),
            seats=self._seats(),
            signals=self._signals(),
            contacts=self._contacts(),
            invoices=self._invoices(),
            milestones=self._milestones(),
            responses=self._responses(),
            habits=there.habits,
            breadth=breadth_of(self._engine, self._rows, self._first, self._last),
            voices=voices_of(self._engine, self._by_id, self._first, self._last),
            arrivals=self._arrivals(),
            nobody=self._daily('SELECT "day", sum(events) FROM nobody_days WHERE "day" BETWEEN ? AND ? GROUP BY ALL'),
        )

    def _places(self, accounts: Any) -> Any:
        """Where accounts stand in the record, by their numbers."""
        return self._rows[accounts]

    def _scores(self, overrides: Iterable[Override]) -> dict[str, Any]:
        cards = self._engine.rows("SELECT version, card FROM scorecards ORDER BY version")
        names = [(), *(tiers_of(card) for _, card in cards)]
        place = np.zeros(max((version for version, _ in cards), default=0) + 1, np.int16)
        place[[version for version, _ in cards]] = np.arange(1, len(names))
        made = self._laid(place)
        card = made.pop("version")
        # the card of the last day that has one
        last = card.shape[1] - 1 - np.argmax(card[:, ::-1] > 0, axis=1)
        tiers = [names[one] for one in card[np.arange(len(card)), last].tolist()]
        top = np.array([127, *(len(one) - 1 for one in names[1:])], np.int8)[card]
        self._overridden(made["tier_shown"], tiers, overrides)
        score = made["score"]
        return {
            "score": np.where(score == NO_SCORE, np.nan, score / 100.0),
            "tier": made["tier_shown"],
            "top": top,
            "lifecycle": made["lifecycle"],
            "confidence": made["confidence"] / np.float32(10_000),
            "tiers": tiers,
            "dimensions": {name: Hundredths(made[f"dim_{name}"]) for name in self._dimensions},
        }

    def _laid(self, place: Any) -> dict[str, Any]:
        """Columns of the history as (A, D); of versions the place. They are read a piece at a time: they are many."""
        wanted = {"score": (NO_SCORE, np.uint16), **{f"dim_{name}": (NO_SCORE, np.uint16) for name in self._dimensions}}
        columns = "".join(f", coalesce({name}, {NO_SCORE})::USMALLINT AS {name}" for name in wanted)
        kinds: dict[str, tuple[int, Any]] = {
            **wanted,
            "tier_shown": (NO_ROW, np.int8),
            "lifecycle": (-1, np.int8),
            "confidence": (0, np.uint16),
            "version": (0, np.int16),
        }
        made = {name: np.full(self._shape, fill, kind) for name, (fill, kind) in kinds.items()}
        sql = (
            f'SELECT account, "day", tier_shown, lifecycle, coalesce(confidence, 0)::USMALLINT AS confidence, '
            f'version{columns} FROM scores WHERE "day" BETWEEN {self._first} AND {self._last}'
        )
        for rows in self._engine.batches(sql, BATCH_ROWS):
            rows["version"] = place[rows["version"]]
            cell = self._places(rows["account"]) * self._shape[1] + (rows["day"].astype(np.int64) - self._first)
            for name, values in made.items():
                values.reshape(-1)[cell] = rows[name]
        return made

    def _overridden(self, shown: Any, tiers: list[tuple[str, ...]], overrides: Iterable[Override]) -> None:
        """A person's word on the tier is the tier that is shown."""
        for one in overrides:
            place = self._by_id.get(one.account_id)
            if place is None or one.tier not in tiers[place]:
                continue
            first, last = calendar.number(one.first_day) - self._first, calendar.number(one.until) - self._first
            part = shown[place, max(0, first) : max(0, last + 1)]
            part[part != NO_ROW] = tiers[place].index(one.tier)

    def _counts(self, sql: str) -> Any:
        made = np.zeros(self._shape, np.float32)
        account, day, count = self._engine.numpy(sql, [self._first, self._last]).values()
        made[self._places(account), day.astype(np.int64) - self._first] = count
        return made

    def _daily(self, sql: str) -> Any:
        made = np.zeros(self._shape[1])
        for day, count in self._engine.rows(sql, [self._first, self._last]):
            made[day - self._first] = count
        return made

    def _seats(self) -> Any:
        made = np.zeros(self._shape, np.float32)
        for account_id, start, end, seats in self._engine.rows(
            "SELECT account_id, local_day(started_at), local_day(ended_at), seats FROM subscriptions WHERE seats > 0"
        ):
            place = self._by_id.get(account_id)
            if place is not None:
                until = self._shape[1] if end is None else max(0, end - self._first)
                made[place, max(0, start - self._first) : until] += seats
        for account_id, seats in self._engine.rows("SELECT account_id, seats FROM accounts WHERE seats > 0"):
            place = self._by_id.get(account_id)
            if place is not None:
                made[place][made[place] == 0] = seats
        made[made == 0] = np.nan
        return made

    def _signals(self) -> dict[str, Any]:
        rules = self._project.alerts.rules.values()
        asked = {rule.signal for rule in rules if rule.enabled and rule.kind == "signal_below"}
        found = {str(name): np.full(self._shape, np.nan) for name in asked}
        if not found:
            return found
        days = calendar.date(self._first), calendar.date(self._last)
        for scored in evaluate(self._store, *days):
            chosen = scored.days_between(*days)
            places = np.array([self._by_id[one] for one in scored.whose.account_ids])
            for line in contributions(scored.result.scores):
                if line.signal in found:
                    rows, columns = np.nonzero(chosen & line.rows)
                    target = scored.whose.first_day + columns - self._first
                    found[line.signal][places[rows], target] = line.score[rows, columns]
        return found

    def _contacts(self) -> list[Contact]:
        rows = self._engine.rows(
            "SELECT u.account_id, u.user_id, u.name, coalesce(u.is_executive_sponsor, false), "
            'local_day(u.deactivated_at), list_sort(list(DISTINCT d."day")) FROM users AS u '
            "INNER JOIN account_ids AS n ON n.account_id = u.account_id "
            "LEFT JOIN members AS m ON m.account = n.account AND m.user_id = u.user_id "
            'LEFT JOIN user_days AS d ON d.account = n.account AND d.member = m.member AND d."day" <= ? '
            "WHERE u.is_champion OR u.is_executive_sponsor GROUP BY ALL",
            [self._last],
        )
        return [
            Contact(
                self._by_id[one],
                user,
                name or "",
                sponsor,
                gone,
                np.array([d for d in days if d is not None], np.int32),
            )
            for one, user, name, sponsor, gone, days in rows
        ]

    def _invoices(self) -> list[Invoice]:
        rules = [rule.days for rule in self._project.alerts.rules.values() if rule.kind == "payment" and rule.enabled]
        grace = min(rules, default=7)
        rows = self._engine.rows(
            "SELECT account_id, local_day(issued_at), local_day(due_at), local_day(paid_at), lower(status), amount "
            "FROM invoices WHERE lower(coalesce(status, '')) <> 'void' "
            # one that is paid, nobody knows when, is owed no more
            "AND NOT (paid_at IS NULL AND lower(coalesce(status, '')) = 'paid') "
            # most were paid long ago, or in time
            "AND (paid_at IS NULL OR "
            "local_day(paid_at) > greatest(?, coalesce(local_day(due_at), local_day(issued_at))))",
            [self._first],
        )
        found = []
        for account_id, issued, due, paid, status, amount in rows:
            if account_id not in self._by_id:
                continue
            # a failure has no date of its own: it is known by the due date at the latest
            failed = (due or issued) if status == "failed" else (due or issued + 30) + grace
            if paid is None or paid > failed:
                found.append(Invoice(self._by_id[account_id], failed, paid, float(amount or 0)))
        return found

    def _milestones(self) -> list[Due]:
        rows = self._engine.rows(
            'SELECT account_id, name, min("day") FROM (SELECT m.account_id, m.name, local_day(m.reached_at) AS "day" '
            'FROM milestones AS m UNION ALL SELECT n.account_id, d.milestone, d."day" FROM milestone_days AS d '
            "INNER JOIN account_ids AS n ON n.account = d.account) GROUP BY ALL"
        )
        reached = {(account_id, name): day for account_id, name, day in rows}
        return [
            Due(place, one.name, who.first_day + one.due_day, reached.get((who.account_id, one.name)))
            for place, who in enumerate(self._who)
            if who.first_day >= self._first - 120
            for one in self._project.milestones
        ]

    def _responses(self) -> list[Response]:
        rows = self._engine.rows(
            "SELECT account_id, local_day(answered_at), score FROM surveys "
            "WHERE lower(kind) = 'nps' AND score IS NOT NULL"
        )
        return [Response(self._by_id[one], day, float(score)) for one, day, score in rows if one in self._by_id]

    def _arrivals(self) -> dict[str, Any]:
        found = {}
        for table, column in DATED.items():
            if column is None:
                sql = 'SELECT "day", sum(events) FROM account_days WHERE "day" BETWEEN ? AND ? GROUP BY ALL'
            else:
                day = f'local_day("{column}")'
                sql = f"SELECT {day}, count(*) FROM {table} WHERE {day} BETWEEN ? AND ? GROUP BY ALL"
            found[table] = self._daily(sql)
        return found


def _born(row: Any) -> int:
    """The account's first day, for the age at which milestones are due."""
    known = [day for day in (row[7], row[8]) if day is not None]
    return int(min(known)) if known else 0
