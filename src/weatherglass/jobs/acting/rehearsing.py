"""What one alert rule would have told, before it is switched on: alone, and beside the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from weatherglass.actions.openings import Opening, opened
from weatherglass.actions.watch import Watch
from weatherglass.jobs.acting.alerting import LOOK_BACK
from weatherglass.jobs.acting.recording import record
from weatherglass.jobs.views.explaining import last_day
from weatherglass.rollups import calendar

if TYPE_CHECKING:
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

    watch = Watch(read, with_it.alerts, lines=(name,), since=number)
    on_before = {one for one, it in others.items() if it.enabled}
    alone = opened(watch.only({name}), number).openings
    before, after = (opened(watch.only(rules), number).openings for rules in (on_before, on_before | {name}))
    counted = Counter(read.who[one.account].owner for one in alone)
    return Rehearsal(
        rule=name,
        first=first,
        last=last,
        accounts=len(read.who),
        alerts=len(alone),
        concerned=len({one.account for one in alone}),
        severities=dict(Counter(str(one.severity) for one in alone)),
        owners={who: 7 * count / days for who, count in counted.most_common()},
        before=len(before),
        after=len(after),
        newest=[_would(watch, one) for one in islice(reversed(alone), MOST_SHOWN)],
    )


def _would(watch: Watch, one: Opening) -> Would:
    who, day = watch.record.who[one.account], watch.record.date(one.day)
    return Would(who.account_id, who.called, day, str(one.severity), watch.line(one.rule, one.account, one.day))
