"""One account, and its workspace, as they were known at the end of one day."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from .card import Settings
from .company import Row
from .days import Days, end_of, last_days
from .facts import Answer, Champion, Event, Facts, Interaction, Invoice, Reached, Subscription, Ticket, known_by

Fact = TypeVar("Fact", Event, Ticket, Invoice, Subscription, Answer, Interaction, Reached, Champion)


def _by_account(rows: list[Fact]) -> dict[str, list[Fact]]:
    """The rows of each account; those of nobody are left out."""
    accounts: dict[str, list[Fact]] = {}
    for row in rows:
        if row.account is not None:
            accounts.setdefault(row.account, []).append(row)
    return accounts


class Workspace:
    """Everything that was known at the end of a day."""

    def __init__(self, facts: Facts, day: date, settings: Settings) -> None:
        known = known_by(facts, day)
        self.day = day
        self.settings = settings
        self.end: datetime = end_of(day, facts.zone)
        self.accounts = known.accounts
        self.created = known.created
        self.events = _by_account(known.events)
        self.tickets = _by_account(known.tickets)
        self.invoices = _by_account(known.invoices)
        self.subscriptions = _by_account(known.subscriptions)
        self.answers = _by_account(known.answers)
        self.interactions = _by_account(known.interactions)
        self.reached = _by_account(known.reached)
        self.champions = _by_account(known.champions)
        self._views: dict[str, View] = {}

    @cached_property
    def fact_days(self) -> dict[str, date]:
        """The day of each account's earliest dated row in the fact tables; events of nobody begin nothing."""
        earliest: dict[str, date] = {}
        for table in (
            self.events,
            self.tickets,
            self.invoices,
            self.subscriptions,
            self.answers,
            self.interactions,
            self.reached,
        ):
            for account, rows in table.items():
                for row in rows:
                    earliest[account] = min(row.day, earliest.get(account, row.day))
        return earliest

    @cached_property
    def first_day(self) -> date | None:
        """The day of the workspace's first dated row of any fact table."""
        return min(self.fact_days.values(), default=None)

    @cached_property
    def scored_accounts(self) -> list[str]:
        """The accounts that have a row on this day."""
        if self.first_day is None:
            return []
        return sorted(self.fact_days.keys() | self.created.keys())

    @cached_property
    def recent_features(self) -> set[str]:
        """Without a feature map: the features used by anyone in the last 90 days."""
        window = set(last_days(self.day, 90))
        return {
            event.name
            for events in self.events.values()
            for event in events
            if event.type == "track" and event.day in window
        }

    def view(self, account: str) -> View:
        """One account of the workspace."""
        if account not in self._views:
            self._views[account] = View(account, self)
        return self._views[account]


class View:
    """One account as it was known at the end of a day."""

    def __init__(self, account: str, workspace: Workspace) -> None:
        self.account = account
        self.workspace = workspace
        self.day = workspace.day
        self.settings = workspace.settings
        self.attributes: Row = workspace.accounts.get(account, {})
        self.events = workspace.events.get(account, [])
        self.tickets = workspace.tickets.get(account, [])
        self.invoices = workspace.invoices.get(account, [])
        self.subscriptions = workspace.subscriptions.get(account, [])
        self.answers = workspace.answers.get(account, [])
        self.interactions = workspace.interactions.get(account, [])
        self.reached = workspace.reached.get(account, [])
        self.champions = workspace.champions.get(account, [])

    # Beginnings (section 2)

    @cached_property
    def first_day(self) -> date:
        """The earliest day among its `created_at` and its dated rows."""
        days = [self.workspace.created.get(self.account), self.workspace.fact_days.get(self.account)]
        return min(day for day in days if day is not None)

    @property
    def age(self) -> int:
        """Days from the first day, 0 on it."""
        return (self.day - self.first_day).days

    @cached_property
    def history_days(self) -> int:
        """1 on the later of the account's first day and the workspace's first dated row."""
        assert self.workspace.first_day is not None
        return (self.day - max(self.first_day, self.workspace.first_day)).days + 1

    # Who did what (section 4)

    @cached_property
    def activity(self) -> list[Event]:
        """Its activity, also that without a user."""
        return [event for event in self.events if event.is_activity]

    @cached_property
    def activity_of_users(self) -> list[Event]:
        return [event for event in self.activity if event.user is not None]

    @cached_property
    def core_on(self) -> dict[date, int]:
        """Core actions of each day: activity named on the core list; without a list every `track` event."""
        names = self.settings.core_actions
        counts: dict[date, int] = {}
        for event in self.activity:
            if (event.name in names) if names else (event.type == "track"):
                counts[event.day] = counts.get(event.day, 0) + 1
        return counts

    def core_actions(self, days: Days) -> int:
        """Core actions on those days."""
        return sum(self.core_on.get(day, 0) for day in days)

    @cached_property
    def users_on(self) -> dict[date, set[str]]:
        """The active users of each day."""
        users: dict[date, set[str]] = {}
        for event in self.activity_of_users:
            assert event.user is not None
            users.setdefault(event.day, set()).add(event.user)
        return users

    def active_users(self, days: Days) -> set[str]:
        """The distinct users who were active on those days."""
        return {user for day in days for user in self.users_on.get(day, ())}

    @cached_property
    def users_ever(self) -> int:
        """Distinct users with activity in this account by the end of the day."""
        return len({event.user for event in self.activity_of_users})

    @cached_property
    def user_events_on(self) -> dict[date, int]:
        """Activity events of users on each day."""
        counts: dict[date, int] = {}
        for event in self.activity_of_users:
            counts[event.day] = counts.get(event.day, 0) + 1
        return counts

    @cached_property
    def sessions_on(self) -> dict[date, int]:
        """Sessions of each day: unbroken runs of a user's active slots within it."""
        slots: dict[tuple[date, str | None], set[int]] = {}
        for event in self.activity_of_users:
            slots.setdefault((event.day, event.user), set()).add(event.slot)
        sessions: dict[date, int] = {}
        for (day, _), active in slots.items():
            starts = [slot for slot in active if slot - 1 not in active]
            sessions[day] = sessions.get(day, 0) + len(starts)
        return sessions

    def sessions(self, days: Days) -> int:
        """Sessions on those days."""
        return sum(self.sessions_on.get(day, 0) for day in days)

    @cached_property
    def uses(self) -> list[tuple[date, str]]:
        """Day and feature of every feature use: activity named in the map; without a map every `track` event."""
        features = self.settings.features
        if not features:
            return [(event.day, event.name) for event in self.activity if event.type == "track"]
        return [
            (event.day, feature)
            for event in self.activity
            for feature, names in features.items()
            if event.name in names
        ]

    @cached_property
    def seats(self) -> int | None:
        """Seats at the end of the day: of the active subscriptions, else of the account; None: unknown."""
        subscribed = sum(row.seats for row in self.subscriptions if row.active(self.day))
        if subscribed > 0:
            return subscribed
        own = self.attributes.get("seats") or 0
        return own if own > 0 else None

    # Money (further dimensions)

    def running(self, day: date) -> list[Subscription]:
        """The subscriptions active at the end of the day, this one or one before."""
        return [row for row in self.subscriptions if row.active(day)]
