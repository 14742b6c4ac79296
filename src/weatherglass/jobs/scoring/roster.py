"""The accounts to score on a day, in the order in which they are scored: by card, then by the day they began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from weatherglass.arrays import numbers
from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import identifier

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard


@dataclass(frozen=True)
class Roster:
    """Accounts with a row on the day, as columns of equal length."""

    workspace_day: int
    """The workspace's first day with a dated row."""
    account: npt.NDArray[np.int64]
    account_id: npt.NDArray[np.object_]
    begin: npt.NDArray[np.int64]
    """The day number of each account's first row."""
    created: npt.NDArray[np.int64]
    """The day number of each account's first day; age counts from it."""
    card: npt.NDArray[np.int64]
    """Which of the project's scorecards each account has."""
    seats: npt.NDArray[np.int64]
    entitled: npt.NDArray[np.object_]
    attributes: dict[str, npt.NDArray[np.object_]]
    """The texts of `accounts` that scorecards and cohorts may go by."""

    def __len__(self) -> int:
        return len(self.account)

    def only(self, account_ids: list[str]) -> Roster:
        """The same for a few accounts."""
        return self.take(np.flatnonzero(np.isin(self.account_id, account_ids)))

    def take(self, places: npt.NDArray[np.int64]) -> Roster:
        return Roster(
            self.workspace_day,
            self.account[places],
            self.account_id[places],
            self.begin[places],
            self.created[places],
            self.card[places],
            self.seats[places],
            self.entitled[places],
            {name: values[places] for name, values in self.attributes.items()},
        )


def last_fact_day(engine: DuckDB) -> int | None:
    """The last day with a dated row of an account; None without any."""
    return engine.row("SELECT max(last_day) FROM account_spans")[0]  # type: ignore[no-any-return]


def account_numbers(engine: DuckDB) -> int:
    """How many numbers of accounts are taken: all are below it."""
    return int(engine.row("SELECT coalesce(max(account), -1) + 1 FROM account_ids")[0])


def roster(engine: DuckDB, project: Project, day: int, account_ids: list[str] | None = None) -> Roster:
    """Everybody who has a row on the day, or those of some accounts who have."""
    texts = told_apart_by(project)
    wanted = "".join(f", c.{identifier(name)} AS {identifier('of_' + name)}" for name in texts)
    first = engine.row("SELECT min(first_day) FROM account_spans")[0]
    among = "" if account_ids is None else "AND a.account_id IN (SELECT unnest($account_ids))"
    rows = engine.arrow(
        "SELECT a.account, a.account_id, least(d.first_day, local_day(c.created_at)) AS created, "
        f"greatest(coalesce(c.seats, 0), 0) AS seats, c.entitled_features AS entitled{wanted} "
        "FROM account_ids AS a LEFT JOIN account_spans AS d ON d.account = a.account "
        "LEFT JOIN accounts AS c ON c.account_id = a.account_id "
        f"WHERE least(d.first_day, local_day(c.created_at)) <= $day {among} ORDER BY created, a.account_id",
        {"day": day} if account_ids is None else {"day": day, "account_ids": account_ids},
    )
    if first is None or first > day:
        rows = rows.slice(0, 0)
    created = _numbers(rows["created"])
    found = Roster(
        workspace_day=day if first is None else int(first),
        account=_numbers(rows["account"]),
        account_id=_texts(rows["account_id"]),
        begin=np.maximum(created, day if first is None else int(first)),
        created=created,
        card=np.zeros(len(created), dtype=np.int64),
        seats=_numbers(rows["seats"]),
        entitled=_texts(rows["entitled"]),
        attributes={name: _texts(rows[f"of_{name}"]) for name in texts},
    )
    return _dealt(found, project.scorecards)


def told_apart_by(project: Project) -> tuple[str, ...]:
    """The texts of accounts that cards are chosen by and that cohorts share."""
    cards = project.scorecards
    chosen = {column for card in cards for column in card.where}
    return tuple(sorted(chosen | {cohort for card in cards for _, cohort in card.ranked}))


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(0, np.int64), *map(numbers, column.chunks)])


def _texts(column: pa.ChunkedArray) -> npt.NDArray[np.object_]:
    # by way of a list: PyArrow's own way to objects imports pandas wherever it is installed
    return np.array(column.to_pylist(), dtype=object)


def _dealt(found: Roster, cards: tuple[Scorecard, ...]) -> Roster:
    if len(cards) == 1:
        return found
    for place in range(len(found)):
        account = {name: values[place] for name, values in found.attributes.items()}
        found.card[place] = next(number for number, card in enumerate(cards) if card.matches(account))
    return found.take(np.argsort(found.card, kind="stable"))
