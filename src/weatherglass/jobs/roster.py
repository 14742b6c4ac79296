"""The accounts to score on a day, in the order in which they are scored: by card, then by the day they began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weatherglass.config.columns import ACCOUNT_TEXTS
from weatherglass.engine import DuckDB
from weatherglass.engine.dialect import identifier
from weatherglass.rollups.steps import step

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
    return engine.row(f"SELECT max(last_day) FROM ({step('dated_days')})")[0]  # type: ignore[no-any-return]


def roster(engine: DuckDB, project: Project, day: int) -> Roster:
    """Everybody who has a row on the day."""
    wanted = ", ".join(f"c.{identifier(name)} AS {identifier('of_' + name)}" for name in ACCOUNT_TEXTS)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE dated AS {step('dated_days')}")
    first = engine.row("SELECT min(first_day) FROM dated")[0]
    rows = engine.arrow(
        "SELECT a.account, a.account_id, least(d.first_day, local_day(c.created_at)) AS created, "
        f"greatest(coalesce(c.seats, 0), 0) AS seats, c.entitled_features AS entitled, {wanted} "
        "FROM account_ids AS a LEFT JOIN dated AS d ON d.account = a.account "
        "LEFT JOIN accounts AS c ON c.account_id = a.account_id "
        "WHERE least(d.first_day, local_day(c.created_at)) <= $day ORDER BY created, a.account_id",
        {"day": day},
    )
    engine.execute("DROP TABLE dated")
    if first is None or first > day:
        rows = rows.slice(0, 0)
    columns: dict[str, Any] = {name: rows[name].to_numpy(zero_copy_only=False) for name in rows.column_names}
    created = columns["created"].astype(np.int64)
    found = Roster(
        workspace_day=day if first is None else int(first),
        account=columns["account"].astype(np.int64),
        account_id=columns["account_id"].astype(object),
        begin=np.maximum(created, day if first is None else int(first)),
        created=created,
        card=np.zeros(len(created), dtype=np.int64),
        seats=columns["seats"].astype(np.int64),
        entitled=columns["entitled"].astype(object),
        attributes={name: columns[f"of_{name}"].astype(object) for name in ACCOUNT_TEXTS},
    )
    return _dealt(found, project.scorecards)


def _dealt(found: Roster, cards: tuple[Scorecard, ...]) -> Roster:
    if len(cards) == 1:
        return found
    for place in range(len(found)):
        account = {name: values[place] for name, values in found.attributes.items()}
        found.card[place] = next(number for number, card in enumerate(cards) if card.matches(account))
    return found.take(np.argsort(found.card, kind="stable"))
