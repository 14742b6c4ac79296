"""What a store knows of the fates of accounts: the source of outcomes, and the facts of the accounts of a block."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.engine import DuckDB
from weatherglass.jobs.scoring.roster import account_numbers
from weatherglass.outcomes.contracts import Contracts
from weatherglass.outcomes.fates import Facts, Reading, chosen
from weatherglass.outcomes.labels import KINDS, Outcomes
from weatherglass.outcomes.silence import Activity
from weatherglass.rollups import calendar
from weatherglass.signals.windows import Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.jobs.scoring.blocks import Part
    from weatherglass.store import Store


def reading(engine: DuckDB, project: Project, known_to: int) -> Reading:
    """Where outcomes are read from, by the configuration and by what is there."""
    calendar.define(engine, project.timezone)
    told = engine.row("SELECT count(*) > 0 FROM outcomes WHERE lower(kind) = 'churned'")[0]
    ended = engine.row("SELECT count(*) > 0 FROM subscriptions WHERE local_day(ended_at) <= ?", [known_to])[0]
    source = chosen(project.outcomes, churns_told=bool(told), subscriptions_ended=bool(ended))
    return Reading(source, project.outcomes, known_to)


@dataclass(frozen=True)
class Word:
    """What a person has said of an account's tier, from a day number to a day number."""

    account_id: str
    tier: str
    first: int
    last: int


def words(store: Store, project: Project) -> list[Word]:
    """Every override that people have made in a kept store, in the order they made them.

    One holds from the day on which it was made, were it dated back.
    """
    if not store.keeps_events:
        return []
    from weatherglass.state.state import FILE, URL, State

    if not os.environ.get(URL) and not (store.folder / FILE).exists():
        return []
    with State.open(store.folder) as state:
        made = state.overrides.all()
    return [
        Word(
            one.account_id,
            one.tier,
            max(calendar.number(one.first_day), calendar.number(_day(one.made_at, project))),
            calendar.number(one.until),
        )
        for one in made
    ]


def _day(moment: dt.datetime, project: Project) -> dt.date:
    return moment.replace(tzinfo=dt.UTC).astimezone(project.zone).date()


@dataclass(frozen=True)
class Followed:
    """What the store says about each account besides its daily facts."""

    told: Outcomes
    """Rows of the table `outcomes`; accounts by the store's number."""
    segment: npt.NDArray[np.object_]
    """By the store's number of the account; an empty text where there is none."""
    revenue: Floats
    """A month's revenue by `accounts`; NaN where there is none."""
    core: bool
    """Whether anyone ever did a core action; else any activity of a user counts."""

    @classmethod
    def read(cls, engine: DuckDB, project: Project, known_to: int) -> Followed:
        """Everything up to a day."""
        calendar.define(engine, project.timezone)
        accounts = account_numbers(engine)
        segment, revenue = np.full(accounts, "", dtype=object), np.full(accounts, np.nan)
        for account, name, month in engine.rows(
            "SELECT a.account, c.segment, coalesce(c.mrr, c.arr / 12) FROM account_ids AS a "
            "INNER JOIN accounts AS c ON c.account_id = a.account_id"
        ):
            segment[account] = name or ""
            revenue[account] = np.nan if month is None else month
        core = engine.row("SELECT coalesce(max(core), 0) > 0 FROM account_days")[0]
        return cls(_told(engine, known_to), segment, revenue, bool(core))

    def facts(self, part: Part) -> Facts:
        """The facts of a block's accounts, which are numbered from 0."""
        block = part.block
        first = block.grid.first_day + block.span.first
        daily = block.core.daily if self.core else block.events.daily
        return Facts(
            accounts=len(part.roster),
            begin=part.roster.begin,
            activity=Activity(np.asarray(daily > 0), first),
            contracts=_contracts(part, first),
            told=_of(self.told, part.roster.account),
        )


def _told(engine: DuckDB, known_to: int) -> Outcomes:
    rows = engine.rows(
        "SELECT a.account, lower(o.kind), local_day(o.occurred_at), coalesce(o.amount, 'nan') FROM outcomes AS o "
        "INNER JOIN account_ids AS a ON a.account_id = o.account_id WHERE local_day(o.occurred_at) <= ?",
        [known_to],
    )
    if not rows:
        return Outcomes.none()
    account, kind, day, amount = zip(*rows, strict=True)
    return Outcomes.of(account=account, kind=[KINDS.index(name) for name in kind], day=day, amount=amount)


def _of(outcomes: Outcomes, accounts: Ints) -> Outcomes:
    """The outcomes of some accounts, numbered by their place."""
    low, high = np.searchsorted(outcomes.account, accounts), np.searchsorted(outcomes.account, accounts, side="right")
    place = np.repeat(np.arange(len(accounts)), high - low)
    rows = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True) if a < b] or [low[:0]])
    return Outcomes.of(account=place, kind=outcomes.kind[rows], day=outcomes.day[rows], amount=outcomes.amount[rows])


def _contracts(part: Part, first: int) -> Contracts:
    rows = part.block.facts("subscriptions")
    if rows is None:
        return Contracts.none()
    return Contracts(rows.row, rows["started_day"] + first, rows["ended_day"] + first, rows["cents"])
