"""Companies made up from a seed: small, and full of what real exports hold."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reference.company import Company, Row

EVENT_NAMES = ("edit", "view", "report", "export", "Export", "share", "invite", "setup", "api call")
FEATURES = {
    "Editing": ["edit", "view"],
    "Reports": ["report", "export"],
    "Sharing": ["share", "edit"],
    "API": ["api call"],
}
"""A feature map over those names; `edit` uses two features, `Export` none."""
MILESTONE_NAMES = ("setup completed", "team invited", "first core action", "kick-off", "no such step")
ACCOUNT_NAMES = ("acme", "007", "Ünion, Ltd", 'b"q"', "1e3", "zeta")
SEGMENTS = (None, "smb", "enterprise")
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)

TABLES = ("users", "tickets", "invoices", "subscriptions", "surveys", "interactions", "milestones", "outcomes")
"""The tables a shape can leave out; accounts and events are always thought of."""

QUIRKS = ("odd times", "odd types", "missing accounts", "group calls", "duplicates", "shared users", "entitlements")


@dataclass(frozen=True)
class Shape:
    """What a made-up company is like."""

    seed: int
    accounts: int = 3
    days: int = 100
    """From its first day to its last."""
    events: int = 40
    """At most so many an account, before the quirks."""
    start: date = date(2024, 1, 1)
    zone: str = "UTC"
    tables: frozenset[str] = frozenset(TABLES)
    quirks: frozenset[str] = frozenset(QUIRKS)
    busy: bool = False
    """Most accounts steady, with nearly that many events."""


def invent(shape: Shape) -> Company:
    """The company of a shape; the same shape is the same company."""
    return _Inventor(shape).company


@dataclass
class _Inventor:
    shape: Shape
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.shape.seed)
        self.zone = ZoneInfo(self.shape.zone)
        self.company = Company(zone=self.shape.zone)
        self.used: list[datetime] = []
        few = self.shape.accounts <= len(ACCOUNT_NAMES)
        self.accounts = list(ACCOUNT_NAMES[: self.shape.accounts]) if few else _numbered("account", self.shape.accounts)
        for account in self.accounts:
            self._account(account)
            self._events(account)
            for table in TABLES:
                if table in self.shape.tables and self.random.random() < 0.8:
                    getattr(self, f"_{table}")(account)
        if "group calls" in self.shape.quirks:
            self._group_calls()
        if "missing accounts" in self.shape.quirks:
            self._missing_accounts()
        if "duplicates" in self.shape.quirks:
            self._duplicates()
        self.random.shuffle(self.company.events)

    # Times and small choices

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def quirk(self, name: str, share: float) -> bool:
        return name in self.shape.quirks and self.chance(share)

    def number(self) -> int:
        """A day of the company's life, counted from its start."""
        return self.random.randrange(self.shape.days)

    def at(self, number: int) -> datetime:
        """An instant on that day of the zone, in UTC; with odd times often on the edges of days, slots and clocks."""
        wall = timedelta(seconds=self.random.randrange(8 * 3600, 18 * 3600))
        fold = 0
        if self.quirk("odd times", 0.5):
            if self.used and self.chance(0.15):
                return self.random.choice(self.used)
            wall, fold = self._odd_time()
        day = self.shape.start + timedelta(days=number)
        moment = datetime.combine(day, time(), self.zone) + wall
        instant = moment.replace(fold=fold).astimezone(UTC)
        self.used.append(instant)
        return instant

    def _odd_time(self) -> tuple[timedelta, int]:
        slot = self.random.randrange(64) * 1350
        return self.random.choice(
            (
                (timedelta(), 0),
                (timedelta(days=1) - timedelta(microseconds=1), 0),
                (timedelta(seconds=slot), 0),
                (timedelta(seconds=slot + 1349, milliseconds=999), 0),
                (timedelta(seconds=self.random.randrange(0, 4 * 3600)), self.random.randrange(2)),
                (timedelta(milliseconds=self.random.randrange(86_400_000)), 0),
            )
        )

    def maybe_at(self, number: int, share: float) -> datetime | None:
        return self.at(number) if self.chance(share) else None

    def id(self, prefix: str) -> str:
        return f"{prefix}{self.random.randrange(10**9)}"

    def mood(self) -> float | None:
        return round(self.random.uniform(-1, 1), 2) if self.chance(0.4) else None

    def money(self) -> float | None:
        return self.random.choice((None, 0.0, -20.0, 100.0, 250.0, round(self.random.uniform(1, 900), 2)))

    def users(self, account: str) -> list[str]:
        """The users of an account; with shared users the first of them is in every account."""
        own = [f"{account}-u{n}" for n in range(4)]
        return ["both", *own] if "shared users" in self.shape.quirks else own

    # Tables

    def _account(self, account: str) -> None:
        if self.chance(0.15):
            return  # named by facts only
        offered = self.random.sample([*FEATURES, *EVENT_NAMES, ""], self.random.randrange(7))
        row: Row = {
            "account_id": account,
            "name": account.title(),
            "created_at": self.maybe_at(self.random.randrange(-120, self.shape.days), 0.6),
            "seats": self.random.choice((None, 0, 1, 3, 5, 12)),
            "segment": self.random.choice(SEGMENTS),
            "region": self.random.choice((None, "north", "south")),
            "entitled_features": " ; ".join(offered) or None if self.quirk("entitlements", 0.4) else None,
        }
        self.company.accounts.append(row)

    def _event_days(self) -> list[int]:
        """The days of an account's events: steady, fading, stopped, in bursts, or hardly any."""
        last = self.shape.days
        most = self.shape.events
        count = self.random.randint(most * 3 // 4 if self.shape.busy else 0, most)
        kind = self.random.choice(("steady", "steady", "fading", "growing", "stopped", "bursts", "once", "none"))
        if self.shape.busy and self.chance(0.8):
            kind = "steady"
        if kind == "steady":
            return [self.random.randrange(last) for _ in range(count)]
        if kind == "fading":
            return [int(last * self.random.random() ** 2.5) for _ in range(count)]
        if kind == "growing":
            return [int(last * self.random.random() ** 0.4) for _ in range(count)]
        if kind == "stopped":
            return [self.random.randrange(max(1, last * 2 // 3)) for _ in range(count)]
        if kind == "bursts":
            starts = [self.number() for _ in range(3)]
            return [min(last - 1, self.random.choice(starts) + self.random.randrange(6)) for _ in range(count)]
        return [self.number()] if kind == "once" else []

    def _event(self, account: str | None, user: str | None, at: datetime) -> Row:
        kinds = ("Track", "page", "PAGE", "screen", "identify", "Identify", "alias", "GROUP", None)
        return {
            "account_id": account,
            "user_id": user,
            "name": self.random.choice(EVENT_NAMES),
            "timestamp": at,
            "type": self.random.choice(kinds) if self.quirk("odd types", 0.3) else self.random.choice(("track", None)),
            "message_id": self.id("m") if self.chance(0.5) else None,
            "properties": {"n": self.random.randrange(9), "where": "cloud"} if self.chance(0.1) else None,
        }

    def _events(self, account: str) -> None:
        for number in self._event_days():
            user = None if self.chance(0.1) else self.random.choice(self.users(account))
            self.company.events.append(self._event(account, user, self.at(number)))

    def _users(self, account: str) -> None:
        for user in self.users(account):
            if self.chance(0.7):
                self.company.users.append(
                    {
                        "user_id": user,
                        "account_id": account,
                        "is_champion": self.random.choice((None, None, True, False)),
                        "is_executive_sponsor": self.random.choice((None, None, None, True, False)),
                        "created_at": self.maybe_at(self.number(), 0.5),
                        "deactivated_at": self.maybe_at(self.number(), 0.2),
                    }
                )
        self.company.users.append({"user_id": f"{account}-silent", "account_id": account})

    def _tickets(self, account: str) -> None:
        severities = (None, "low", "Normal", "HIGH", "Urgent", "low", "blocker")
        for _ in range(self.random.randrange(10)):
            opened = self.number()
            resolved = opened + self.random.choice((-5, 0, 0, 1, 2, 7, 14, 40))
            self.company.tickets.append(
                {
                    "ticket_id": self.id("t"),
                    "account_id": account,
                    "user_id": self.random.choice((None, *self.users(account))),
                    "opened_at": self.at(opened),
                    "resolved_at": self.maybe_at(resolved, 0.7),
                    "severity": self.random.choice(severities),
                    "escalated": self.random.choice((None, False, False, True)),
                    "csat": self.random.choice((None, None, 1, 2, 3, 4, 5, 2.5)),
                    "sentiment": self.mood(),
                }
            )
        if self.chance(0.3):
            self.company.tickets.append(
                {"ticket_id": self.id("t"), "account_id": account, "opened_at": self.at(self.number())}
            )

    def _invoices(self, account: str) -> None:
        for _ in range(self.random.randrange(6)):
            issued = self.number()
            self.company.invoices.append(
                {
                    "invoice_id": self.id("i"),
                    "account_id": account,
                    "issued_at": self.at(issued),
                    "due_at": self.maybe_at(issued + self.random.choice((0, 7, 14, 30)), 0.6),
                    "paid_at": self.maybe_at(issued + self.random.choice((-3, 0, 5, 20, 50)), 0.6),
                    "amount": self.money(),
                    "status": self.random.choice((None, "open", "PAID", "failed", "Void", "paid")),
                }
            )

    def _subscriptions(self, account: str) -> None:
        for _ in range(self.random.randrange(4)):
            started = self.number() - self.random.choice((0, 0, 200))
            ended = self.maybe_at(started + self.random.choice((1, 30, 100)), 0.5)
            start = self.at(started)
            if self.chance(0.1):
                ended = start
            self.company.subscriptions.append(
                {
                    "subscription_id": self.id("s"),
                    "account_id": account,
                    "started_at": start,
                    "ended_at": FAR_FUTURE if self.chance(0.1) else ended,
                    "mrr": self.money(),
                    "seats": self.random.choice((None, 0, 2, 5, 9)),
                }
            )

    def _surveys(self, account: str) -> None:
        for _ in range(self.random.randrange(5)):
            kind, low, high = self.random.choice((("nps", 0, 10), ("NPS", 0, 10), ("Csat", 1, 5), ("ces", 1, 7)))
            self.company.surveys.append(
                {
                    "response_id": self.id("r"),
                    "account_id": account,
                    "kind": kind,
                    "score": self.random.randint(low, high),
                    "answered_at": self.at(self.number()),
                }
            )

    def _interactions(self, account: str) -> None:
        for _ in range(self.random.randrange(6)):
            self.company.interactions.append(
                {
                    "interaction_id": self.id("x"),
                    "account_id": account,
                    "kind": self.random.choice(("meeting", "QBR", "email", "call", "Webinar", "training")),
                    "occurred_at": self.at(self.number()),
                    "attended": self.random.choice((None, True, False)),
                    "sentiment": self.mood(),
                }
            )

    def _milestones(self, account: str) -> None:
        for name in self.random.sample(MILESTONE_NAMES, self.random.randrange(4)):
            self.company.milestones.append({"account_id": account, "name": name, "reached_at": self.at(self.number())})

    def _outcomes(self, account: str) -> None:
        kind = self.random.choice(("churned", "renewed", "Expanded"))
        self.company.outcomes.append({"account_id": account, "kind": kind, "occurred_at": self.at(self.number())})

    # Quirks

    def _group_calls(self) -> None:
        """Group calls of wandering users, sometimes two at one instant, sometimes without an account."""
        for _ in range(1 + self.random.randrange(4)):
            user = self.random.choice(("wanderer", "guest", "both"))
            at = self.at(self.number())
            accounts: list[str | None] = [self.random.choice(self.accounts)]
            if self.chance(0.3):
                accounts.append(self.random.choice(self.accounts))
            if self.chance(0.2):
                accounts = [None]
            for account in accounts:
                kind = self.random.choice(("group", "Group"))
                self.company.events.append({**self._event(account, user, at), "type": kind, "name": "joined"})

    def _missing_accounts(self) -> None:
        """Events without an account: of users that group calls or `users` know, of strangers, of no user at all."""
        users = ["wanderer", "guest", "both", "stranger", None, *(f"{account}-silent" for account in self.accounts)]
        for _ in range(2 + self.random.randrange(1 + self.shape.events // 2)):
            self.company.events.append(self._event(None, self.random.choice(users), self.at(self.number())))

    def _duplicates(self) -> None:
        """Message ids seen again at other times or in other words, and ids of other tables read twice."""
        with_id = [row for row in self.company.events if row.get("message_id")]
        for row in self.random.sample(with_id, min(len(with_id), 4)):
            moved = row["timestamp"] + timedelta(days=self.random.choice((-9, -1, 0, 0, 1, 9)))
            copy = {**row, "timestamp": moved}
            if self.chance(0.4):
                copy["name"] = self.random.choice(EVENT_NAMES)
            if self.chance(0.3):
                copy["account_id"] = self.random.choice((None, *self.accounts))
            if self.chance(0.3):
                copy["user_id"] = self.random.choice((None, "both"))
            self.company.events.append(copy)
        for table, changed in (
            ("tickets", "opened_at"),
            ("invoices", "issued_at"),
            ("surveys", "answered_at"),
            ("milestones", "reached_at"),
            ("interactions", "occurred_at"),
            ("subscriptions", "mrr"),
            ("accounts", "seats"),
            ("users", "is_champion"),
        ):
            rows = self.company.table(table)
            if rows and self.chance(0.4):
                rows.append({**self.random.choice(rows), changed: self._other(changed)})

    def _other(self, column: str) -> Any:
        if column == "mrr":
            return self.money()
        if column == "seats":
            return self.random.choice((None, 2, 7))
        if column == "is_champion":
            return self.chance(0.5)
        return self.at(self.number())


def _numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix} {n:03}" for n in range(count)]
