"""What one alert rule would have told, before it is switched on: alone, and beside the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weatherglass.actions.episodes import replay
from weatherglass.jobs.alerting import LOOK_BACK
from weatherglass.jobs.explaining import last_day
from weatherglass.jobs.recording import record
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from weatherglass.actions.episodes import Change, Episode
    from weatherglass.actions.record import Record
    from weatherglass.config.alerts import AlertRule
    from weatherglass.config.project import Project
    from weatherglass.store import Store

MOST_SHOWN = 50


@dataclass(frozen=True)
class Would:
    """One alert that would have been told."""

    account_id: str
    name: str
    day: dt.date
    severity: str
    line: str


@dataclass(frozen=True)
class Rehearsal:
    """What a rule would have told in a stretch of days, had it been on."""

    rule: str
    first: dt.date
    last: dt.date
    accounts: int
    """All that were watched."""
    alerts: int
    """Alerts that see what the rule sees, were it alone."""
    concerned: int
    """Accounts they are about."""
    severities: dict[str, int]
    owners: dict[str, float]
    """Owner -> alerts a week, those with most first."""
    before: int
    """Alerts of all rules that are on, without it."""
    after: int
    """The same with it: rules that see the same problem join one alert."""
    newest: list[Would]

    @property
    def weekly(self) -> float:
        """Alerts a week."""
        return 7 * self.alerts / ((self.last - self.first).days + 1)


def rehearse(store: Store, project: Project, name: str, rule: AlertRule, days: int = LOOK_BACK) -> Rehearsal:
    """What a rule of this name would have told of the last days; nothing is kept.

    Errors: UnknownAccount when nothing is scored yet.
    """
    last = last_day(store)
    first = last - dt.timedelta(days=days - 1)
    on = rule.model_copy(update={"enabled": True})
    others = {one: it for one, it in project.alerts.rules.items() if one != name}
    with_it = project.model_copy(
        update={"alerts": project.alerts.model_copy(update={"rules": {**others, name: on}, "enabled": True})}
    )
    read = record(store, with_it, first, last)
    number = calendar.number(first)

    def opened(rules: dict[str, AlertRule]) -> list[Change]:
        alerts = with_it.alerts.model_copy(update={"rules": rules})
        return [one for one in replay(read, alerts, number) if one.kind == "opened" and one.episode.account_id]

    alone = opened({name: on})
    before, after = opened(others), opened({**others, name: on})
    owner = {one.account_id: one.owner for one in read.who}
    counted = Counter(owner[one.episode.account_id] for one in alone)
    return Rehearsal(
        rule=name,
        first=first,
        last=last,
        accounts=len(read.who),
        alerts=len(alone),
        concerned=len({one.episode.account_id for one in alone}),
        severities=dict(Counter(str(one.episode.severity) for one in alone)),
        owners={who: 7 * count / days for who, count in counted.most_common()},
        before=len(before),
        after=len(after),
        newest=_shown(read, (one.episode for one in reversed(alone))),
    )


def _shown(read: Record, episodes: Iterable[Episode]) -> list[Would]:
    called = {one.account_id: one.called for one in read.who}
    found = [
        Would(one.account_id, called[one.account_id], calendar.date(one.opened), str(one.severity), one.hits[0].line)
        for one in episodes
    ]
    return found[:MOST_SHOWN]
