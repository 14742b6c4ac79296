"""What is in a workspace, how well events reach accounts, and what is missing: the doctor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from weatherglass.config.retention import use_needed
from weatherglass.engine.dialect import identifier
from weatherglass.events.tables import TABLES
from weatherglass.rollups import calendar
from weatherglass.store.ages import EVENTS_FROM

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.store import Store

State = Literal["good", "note", "bad"]

MANY_NAMES = 20
"""Event names beyond which they are hardly each a feature."""
JOIN_GOAL = 0.95
"""Share of events that should reach an account; below it scores are too low for no fault of the customers."""


@dataclass(frozen=True)
class Finding:
    """One thing the doctor saw, and what to do about it."""

    state: State
    what: str
    mend: str = ""


@dataclass
class Health:
    """The state of a workspace's data."""

    tables: list[tuple[str, int, dt.date | None, dt.date | None]] = field(default_factory=list)
    """Table, rows, first and last day."""
    events: int = 0
    rolled_up: int = 0
    """Events that scoring has looked at; of the others nobody knows yet whose they are."""
    placed: int = 0
    """Those of them that reach an account."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def join_coverage(self) -> float | None:
        """Share of the events rolled up that reach an account; None without any."""
        return self.placed / self.rolled_up if self.rolled_up else None

    @property
    def waiting(self) -> int:
        """Events that are loaded and not rolled up."""
        return self.events - self.rolled_up

    @property
    def good(self) -> bool:
        return not any(finding.state == "bad" for finding in self.findings)


def check(store: Store, project: Project) -> Health:
    """Look at everything that keeps a score from being right, loaded events that are not yet rolled up included."""
    engine = store.engine
    calendar.define(engine, project.timezone)
    health = Health()
    for table in TABLES:
        health.tables.append((table.name, *_extent(store, table.name, table.dated_by)))
    health.events = int(engine.row('SELECT coalesce(sum("rows"), 0) FROM segments')[0])
    health.rolled_up = int(engine.row('SELECT coalesce(sum("rows"), 0) FROM segments WHERE rolled')[0])
    # days whose events were forgotten have their counts still
    kept = store.setting(EVENTS_FROM)
    first = -1_000_000 if kept is None else calendar.number(dt.date.fromisoformat(kept))
    nobody = int(engine.row('SELECT coalesce(sum(events), 0) FROM nobody_days WHERE "day" >= ?', [first])[0])
    health.placed = health.rolled_up - nobody
    health.findings += [
        *_events(store, health, nobody),
        *_accounts(store, health),
        *_sources(store, health),
        *_configured(store, project, health),
        *_kept(project),
    ]
    return health


def _extent(store: Store, table: str, dated_by: str | None) -> tuple[int, dt.date | None, dt.date | None]:
    if table == "events":
        rows, first, last = store.engine.row(
            'SELECT coalesce(sum("rows"), 0), min(local_day(first_at)), max(local_day(last_at)) FROM '
            'segments WHERE "rows" > 0'
        )
    elif dated_by is None:
        rows, first, last = store.engine.row(f"SELECT count(*), NULL, NULL FROM {identifier(table)}")
    else:
        day = f"local_day({identifier(dated_by)})"
        rows, first, last = store.engine.row(f"SELECT count(*), min({day}), max({day}) FROM {identifier(table)}")
    days = [None if number is None else calendar.date(number) for number in (first, last)]
    return int(rows), days[0], days[1]


def _events(store: Store, health: Health, nobody: int) -> list[Finding]:
    if not health.events:
        return [Finding("bad", "there are no events", "load a file of product events: without use there is no score")]
    found = []
    if health.waiting:
        what = f"{health.waiting:,} events are loaded and not scored yet: what they bring is not looked at here"
        found.append(Finding("note", what, "run `weatherglass score`, then the doctor again"))
    if (share := health.join_coverage) is not None:
        found.append(_joined(share, health.rolled_up, nobody))
    return [*found, *_anonymous(store)]


def _anonymous(store: Store) -> list[Finding]:
    activity, of_users = map(
        int, store.engine.row("SELECT coalesce(sum(activity), 0), coalesce(sum(events), 0) FROM account_days")
    )
    if of_users >= JOIN_GOAL * activity:
        return []
    mend = "send user_id with events, or name its column in weatherglass.yml (sources: events: columns: user_id)"
    if not of_users:
        return [Finding("note", "no event names its user: sessions, active users and champions cannot be seen", mend)]
    what = (
        f"{1 - of_users / activity:.1%} of the accounts' events name no user: no sessions, no active users come of them"
    )
    return [Finding("note", what, mend)]


def _joined(share: float, events: int, nobody: int) -> Finding:
    what = f"{share:.1%} of {events:,} events reach an account"
    if share >= JOIN_GOAL:
        return Finding("good", what)
    mend = "send account_id (or context.groupId) with events, load group calls, or load users with their account"
    return Finding("bad", f"{what}; {nobody:,} belong to nobody", mend)


def _accounts(store: Store, health: Health) -> list[Finding]:
    named = int(store.engine.row("SELECT count(*) FROM accounts")[0])
    # an account whose events still wait would look as if it had none
    silent = [] if health.waiting else _silent(store, named)
    return [*_unnamed(store), *silent, *_seatless(store, named)]


def _unnamed(store: Store) -> list[Finding]:
    query = "SELECT count(*) FROM account_ids WHERE account_id NOT IN (SELECT account_id FROM accounts)"
    unnamed = int(store.engine.row(query)[0])
    if not unnamed:
        return []
    mend = "load accounts for names, owners and revenue, or check that both use the same ids"
    return [Finding("note", f"{unnamed:,} accounts are named by facts only, not by the accounts table", mend)]


def _silent(store: Store, named: int) -> list[Finding]:
    silent = int(
        store.engine.row(
            "SELECT count(*) FROM accounts WHERE account_id NOT IN (SELECT a.account_id FROM account_ids AS a "
            "INNER JOIN (SELECT DISTINCT account FROM account_days) AS d ON d.account = a.account)"
        )[0]
    )
    if not silent:
        return []
    mend = "an account that never sent one is unscored, not healthy; check its id when it should"
    return [Finding("note", f"{silent:,} of {named:,} accounts have no event at all", mend)]


def _seatless(store: Store, named: int) -> list[Finding]:
    seatless = int(store.engine.row("SELECT count(*) FROM accounts WHERE coalesce(seats, 0) <= 0")[0])
    if not seatless or store.engine.row("SELECT count(*) FROM subscriptions WHERE seats > 0")[0]:
        return []
    what = f"seats are unknown for {seatless:,} of {named:,} accounts, so active_user_ratio is null for them"
    return [Finding("note", what, "load seats with accounts or subscriptions")]


def _sources(store: Store, health: Health) -> list[Finding]:
    rows = {name: count for name, count, *_ in health.tables}
    found = []
    if not rows["tickets"]:
        found.append(Finding("note", "no tickets: support_signals is null and its weight moves to the others"))
    scored_to = store.setting("scored_to")
    if scored_to is not None:
        unscored, total = store.engine.row(
            'SELECT count(*) FILTER (WHERE score IS NULL), count(*) FROM scores WHERE "day" = ?', [int(scored_to)]
        )
        day = calendar.date(int(scored_to))
        found.append(
            Finding("good", f"scored to {day}: {total - unscored:,} accounts with a score, {unscored:,} unscored")
        )
    return found


def _kept(project: Project) -> list[Finding]:
    days, needed = project.retention.events, use_needed(project.scorecards)
    if days is None or days >= needed:
        return []
    what = f"events are kept for {days} days, and signals look back on up to {needed} days of use"
    mend = (
        "daily counts stay; but with another product or timezone the history would begin with the events that are kept"
    )
    return [Finding("note", what, mend)]


def _configured(store: Store, project: Project, health: Health) -> list[Finding]:
    if health.waiting:
        return []
    known = {name for (name,) in store.engine.rows("SELECT DISTINCT name FROM event_names")}
    if not known:
        return []
    asked = {
        "core_actions": set(project.product.core_actions),
        "features": {event for events in project.product.features.values() for event in events},
        "milestones": {event for milestone in project.milestones for event in milestone.events},
    }
    unmapped = [
        Finding(
            "bad",
            f"{where}: no event is named {', '.join(sorted(names - known)[:5])}",
            "names compare exactly; check weatherglass.yml",
        )
        for where, names in asked.items()
        if names - known
    ]
    return [*unmapped, *_featureless(project, len(known))]


def _featureless(project: Project, names: int) -> list[Finding]:
    if project.product.features or names <= MANY_NAMES:
        return []
    what = f"no features are named, so that each of {names:,} event names is one: adoption asks for many of them"
    return [Finding("note", what, "say under product: features in weatherglass.yml which events are a use of which")]
