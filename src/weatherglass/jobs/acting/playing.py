"""Plays, tasks and audiences, brought up to a day: what begins, what is over, what is late, who came and went."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.actions.filling import filled
from weatherglass.actions.message import Facts, Link, Message
from weatherglass.actions.playing import Desk, fits, held_out, priority, strata
from weatherglass.actions.record import Record
from weatherglass.actions.routing import Concern
from weatherglass.config.alerts import SEVERITIES
from weatherglass.jobs.acting.alerting import drafted, numbers_of
from weatherglass.jobs.acting.audiences import ENTERED, LEFT, Member, moved
from weatherglass.reports import wording
from weatherglass.rollups import calendar
from weatherglass.state.actor import SERVICE
from weatherglass.state.tasks import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from weatherglass.config.plays import Play
    from weatherglass.config.project import Project
    from weatherglass.state import State
    from weatherglass.state.episodes import Kept
    from weatherglass.state.outbox import Draft
    from weatherglass.state.plays import Run


@dataclass
class Players:
    """Brings plays, tasks and audiences of one project up to the last day of a record."""

    state: State
    project: Project
    read: Record
    signs: dict[str, frozenset[str]] = field(init=False)
    open: dict[str, list[Kept]] = field(init=False)
    """The open episodes of an account, the gravest first."""

    def __post_init__(self) -> None:
        signs: dict[str, set[str]] = defaultdict(set)
        self.open = defaultdict(list)
        for kept in sorted(self.state.episodes.open(), key=lambda one: -SEVERITIES.index(one.severity)):
            signs[kept.account_id] |= {kept.problem, *(one["rule"] for one in kept.rules)}
            self.open[kept.account_id].append(kept)
        self.signs = {account: frozenset(names) for account, names in signs.items()}

    @property
    def day(self) -> dt.date:
        return calendar.date(self.read.last)

    def all(self) -> int:
        """Everything, each play in a transaction of its own; how many tasks were made."""
        self._exits()
        desk = Desk(self.project.tasks, (one.owner for one in self.read.who), self.state.tasks.load())
        made = sum(self._begin(name, play, desk) for name, play in self.project.plays.items() if play.enabled)
        self._late()
        for audience in self.project.audiences:
            there = [
                one for place, one in enumerate(self.read.who) if fits(audience.when, self.read, place, self._of(place))
            ]
            self._sync(audience.name, [one.account_id for one in there])
        # of an audience that the project has no more nobody is a member, outside neither
        named = {audience.name for audience in self.project.audiences}
        for name in sorted({audience for audience, _, _ in self.state.plays.memberships()} - named):
            self._sync(name, [])
        return made

    def _of(self, place: int) -> frozenset[str]:
        return self.signs.get(self.read.who[place].account_id, frozenset())

    def _exits(self) -> None:
        """Runs whose account is well again, or has left, or whose tasks are all done."""
        over = {run.id: why for run in self.state.plays.runs(running=True) if (why := self._over(run))}
        if over:
            with self.state.plays.writing() as connection:
                self.state.plays.end(connection, over, self.day)
                self.state.tasks.drop(connection, {run: f"no longer needed: {why}" for run, why in over.items()})

    def _over(self, run: Run) -> str:
        place, play = self.read.places.get(run.account_id), self.project.plays.get(run.play)
        if place is None or play is None:
            return "the play or the account is gone"
        left = self.read.who[place].left
        if left is not None and left <= self.read.last:
            return "the customer has left"
        tier = self.read.tier_name(place, int(self.read.tier[place, -1]))
        return f"the account is {tier}" if tier in play.exit_tier else ""

    def eligible(self, play: Play, runs: Iterable[Run] = ()) -> list[str]:
        """The accounts that a play is for now, but for those where it began too recently. runs: those of the play."""
        recent = {run.account_id for run in runs if (self.day - run.began_day).days < play.again_after}
        return [
            one.account_id
            for place, one in enumerate(self.read.who)
            if one.account_id not in recent and fits(play.when, self.read, place, self._of(place))
        ]

    def _begin(self, name: str, play: Play, desk: Desk) -> int:
        """Begin a play, or withhold it, where it is time to."""
        runs = self.state.plays.runs(name)
        new = self.eligible(play, runs)
        if not new:
            return 0
        group = strata(self.read, (self.read.places[account] for account in new))
        before: dict[str, tuple[int, int]] = {}
        for run in runs:
            total, held = before.get(run.stratum, (0, 0))
            before[run.stratum] = (total + 1, held + run.held_out)
        out = held_out(new, group, play.holdout, before, f"{name}\0{self.day}") if play.holdout else set[str]()
        rows = [
            {
                "play": name,
                "account_id": account,
                "began_day": self.day,
                "held_out": account in out,
                "stratum": group[account],
                "score": None if np.isnan(score := self.read.score[self.read.places[account], -1]) else float(score),
            }
            for account in sorted(new, key=lambda one: -priority(self.read, self.read.places[one]))
        ]
        with self.state.plays.writing() as connection:
            numbers = zip(rows, self.state.plays.begin(connection, rows), strict=True)
            wanted = [
                task
                for row, number in numbers
                if not row["held_out"]
                for task in self.tasks(name, play, str(row["account_id"]), number, desk)
            ]
            self.state.tasks.put(connection, SERVICE.name, wanted)
        return len(wanted)

    def tasks(self, name: str, play: Play, account: str, run: int | None, desk: Desk) -> list[Wanted]:
        """What a play asks for about an account, its templates filled."""
        place = self.read.places[account]
        numbers = numbers_of(self.read, place, self.read.days - 1, play=name)
        numbers = replace(numbers, driver=self._driver(account, play.when.alert) or numbers.driver)
        renewal = self.read.who[place].renewal_day
        # what prepares a renewal is done when it comes
        latest = dt.date.max if play.when.renewal_days is None or renewal is None else calendar.date(renewal)
        return [
            Wanted(
                account_id=account,
                title=filled(step.title, numbers),
                text=filled(step.text, numbers) if step.text else "",
                role=step.role,
                assignee=desk.give(step.role, self.read.who[place].owner),
                due_day=min(self.day + dt.timedelta(days=step.due_days), latest),
                priority=priority(self.read, place),
                run=run,
            )
            for step in play.steps
        ]

    def _driver(self, account: str, alert: Collection[str]) -> str:
        """The line of the gravest of the alerts that a play begins with, of any where it names none."""
        for kept in self.open.get(account, ()):
            lines = [one["line"] for one in kept.rules if not alert or {kept.problem, one["rule"]} & set(alert)]
            if lines:
                return str(lines[-1])
        return ""

    def _late(self) -> None:
        """Say once of each task that it is late."""
        late = self.state.tasks.overdue(self.day)
        drafts: list[Draft] = []
        for task in late:
            place = self.read.places.get(task.account_id)
            facts = Facts((("Task", task.title), ("Whose", task.assignee), ("Due", wording.day(task.due_day))))
            data = {"task_id": task.id, "account_id": task.account_id, "assignee": task.assignee}
            link = Link("Open Weatherglass", self.project.alerts.link)
            told = Message("task.overdue", f"Overdue: {task.title}", "bad", (facts, link), data)
            segment = "" if place is None else self.read.who[place].segment
            concern = Concern("task.overdue", "normal", task.assignee, segment)
            drafts += drafted(self.state, self.project, told, concern, (f"task:{task.id}", "normal"))
        if late:
            with self.state.plays.writing() as connection:
                self.state.tasks.told(connection, [task.id for task in late])
                self.state.outbox.put(connection, drafts)

    def _sync(self, audience: str, there: list[str]) -> None:
        """Say who came into an audience and who left it."""
        before = self.state.plays.members(audience)
        entered, gone = sorted(set(there) - before.keys()), sorted(before.keys() - set(there))
        drafts = [
            draft
            for kind, accounts in ((ENTERED, entered), (LEFT, gone))
            for account in accounts
            for draft in self._moved(audience, kind, account)
        ]
        if entered or gone:
            with self.state.plays.writing() as connection:
                self.state.plays.leave(connection, audience, gone)
                self.state.plays.enter(connection, audience, entered, self.day)
                self.state.outbox.put(connection, drafts)

    def _moved(self, audience: str, kind: str, account: str) -> list[Draft]:
        place, who = self.read.places.get(account), Member(account, account)
        if place is not None:
            numbers, one = numbers_of(self.read, place, self.read.days - 1), self.read.who[place]
            who = Member(account, numbers.account, one.owner, one.segment, numbers.score, numbers.tier)
        return moved(self.state, self.project, audience, kind, who, (self.day, self.day))
