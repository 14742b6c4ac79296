"""Rows read once: one row an id, days and slots of the zone; and the copy of them known by the end of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .company import Company, Row, last_read
from .days import local_day, slot
from .identity import account_of, accounts_of_users, event_type, group_calls, one_event_a_message


@dataclass(frozen=True)
class Event:
    account: str | None
    """None: nobody's."""
    user: str | None
    name: str
    type: str
    day: date
    slot: int

    @property
    def is_activity(self) -> bool:
        """Activity is every event but `identify`, `group`, `alias`."""
        return self.type not in ("identify", "group", "alias")


@dataclass(frozen=True)
class Ticket:
    account: str
    opened: datetime
    day: date
    resolved: datetime | None
    """Not before the opening."""
    resolved_day: date | None
    severity: str
    escalated: bool
    csat: float | None
    sentiment: float | None


@dataclass(frozen=True)
class Invoice:
    account: str
    day: date
    due_day: date | None
    paid_day: date | None
    """Not before the issue day."""
    cents: int
    status: str


@dataclass(frozen=True)
class Subscription:
    account: str
    day: date
    ended_day: date | None
    cents: int
    """A month; 0 where none or none above zero is named."""
    seats: int

    def active(self, day: date) -> bool:
        """Whether it runs at the end of the day: started, not ended; an end on the day has ended."""
        return self.day <= day and (self.ended_day is None or self.ended_day > day)


@dataclass(frozen=True)
class Answer:
    account: str
    day: date
    kind: str
    score: float


@dataclass(frozen=True)
class Interaction:
    account: str
    day: date
    attended: bool | None
    sentiment: float | None


@dataclass(frozen=True)
class Reached:
    account: str
    day: date
    name: str


@dataclass(frozen=True)
class Champion:
    account: str
    user: str
    created_day: date | None
    deactivated_day: date | None


@dataclass
class Facts:
    """Everything of a workspace, cleaned; or what of it was known by the end of one day."""

    zone: ZoneInfo
    accounts: dict[str, Row]
    created: dict[str, date]
    events: list[Event]
    tickets: list[Ticket]
    invoices: list[Invoice]
    subscriptions: list[Subscription]
    answers: list[Answer]
    interactions: list[Interaction]
    reached: list[Reached]
    champions: list[Champion]


def cents(amount: float | None) -> int:
    """Money in whole cents; zero or less is no amount."""
    return round(amount * 100) if amount is not None and amount > 0 else 0


def read_facts(company: Company) -> Facts:
    """The rows of a company, cleaned."""
    zone = ZoneInfo(company.zone)

    def day(at: datetime | None) -> Any:
        return None if at is None else local_day(at, zone)

    accounts = {row["account_id"]: row for row in last_read(company, "accounts")}
    return Facts(
        zone=zone,
        accounts=accounts,
        created={name: day(row["created_at"]) for name, row in accounts.items() if row.get("created_at")},
        events=_events(company, zone),
        tickets=[_ticket(row, zone) for row in last_read(company, "tickets")],
        invoices=[_invoice(row, zone) for row in last_read(company, "invoices")],
        subscriptions=[
            Subscription(
                row["account_id"],
                day(row["started_at"]),
                day(row.get("ended_at")),
                cents(row.get("mrr")),
                max(0, row.get("seats") or 0),
            )
            for row in last_read(company, "subscriptions")
        ],
        answers=[
            Answer(row["account_id"], day(row["answered_at"]), row["kind"].lower(), row["score"])
            for row in last_read(company, "surveys")
        ],
        interactions=[
            Interaction(row["account_id"], day(row["occurred_at"]), row.get("attended"), row.get("sentiment"))
            for row in last_read(company, "interactions")
        ],
        reached=[
            Reached(row["account_id"], day(row["reached_at"]), row["name"]) for row in last_read(company, "milestones")
        ],
        champions=[
            Champion(row["account_id"], row["user_id"], day(row.get("created_at")), day(row.get("deactivated_at")))
            for row in last_read(company, "users")
            if row.get("is_champion") or row.get("is_executive_sponsor")
        ],
    )


def _events(company: Company, zone: ZoneInfo) -> list[Event]:
    rows = one_event_a_message(company.events)
    calls = group_calls(rows)
    users = accounts_of_users(company)
    return [
        Event(
            account=account_of(row, calls, users),
            user=row.get("user_id") or None,
            name=row["name"],
            type=event_type(row),
            day=local_day(row["timestamp"], zone),
            slot=slot(row["timestamp"], zone),
        )
        for row in rows
    ]


def _ticket(row: Row, zone: ZoneInfo) -> Ticket:
    opened: datetime = row["opened_at"]
    resolved: datetime | None = row.get("resolved_at")
    if resolved is not None:
        resolved = max(resolved, opened)
    return Ticket(
        account=row["account_id"],
        opened=opened,
        day=local_day(opened, zone),
        resolved=resolved,
        resolved_day=None if resolved is None else local_day(resolved, zone),
        severity=(row.get("severity") or "").lower(),
        escalated=bool(row.get("escalated")),
        csat=row.get("csat"),
        sentiment=row.get("sentiment"),
    )


def _invoice(row: Row, zone: ZoneInfo) -> Invoice:
    day = local_day(row["issued_at"], zone)
    due, paid = row.get("due_at"), row.get("paid_at")
    return Invoice(
        account=row["account_id"],
        day=day,
        due_day=None if due is None else local_day(due, zone),
        paid_day=None if paid is None else max(day, local_day(paid, zone)),
        cents=cents(row.get("amount")),
        status=(row.get("status") or "").lower(),
    )


def known_by(facts: Facts, day: date) -> Facts:
    """A copy with only what was known by the end of the day (section 1).

    A ticket's resolution and rating, an invoice's payment, a subscription's end, a user's deactivation after it do not
    exist yet. What has no date (seats, entitled features, severity, status, the accounts of a user) is taken as it is.
    """

    def past(at: date | None) -> date | None:
        return at if at is not None and at <= day else None

    return Facts(
        zone=facts.zone,
        accounts=facts.accounts,
        created={account: at for account, at in facts.created.items() if at <= day},
        events=[event for event in facts.events if event.day <= day],
        tickets=[_ticket_by(ticket, day) for ticket in facts.tickets if ticket.day <= day],
        invoices=[replace(row, paid_day=past(row.paid_day)) for row in facts.invoices if row.day <= day],
        subscriptions=[replace(row, ended_day=past(row.ended_day)) for row in facts.subscriptions if row.day <= day],
        answers=[answer for answer in facts.answers if answer.day <= day],
        interactions=[row for row in facts.interactions if row.day <= day],
        reached=[row for row in facts.reached if row.day <= day],
        champions=[
            replace(row, deactivated_day=past(row.deactivated_day))
            for row in facts.champions
            if row.created_day is None or row.created_day <= day
        ],
    )


def _ticket_by(ticket: Ticket, day: date) -> Ticket:
    if ticket.resolved_day is not None and ticket.resolved_day > day:
        return replace(ticket, resolved=None, resolved_day=None, csat=None)
    return ticket
