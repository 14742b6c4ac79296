"""Short ways to write a company down in a test: day 0 is 2024-01-01, times are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from .card import Settings
from .company import Company, Row
from .scoring import score_company

START = date(2024, 1, 1)


def day(number: int) -> date:
    """The calendar day so many days after day 0."""
    return START + timedelta(days=number)


def at(number: float, hour: float = 12) -> datetime:
    """An instant on that day."""
    return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number, hours=hour)


def event(number: float, user: str | None = "u1", name: str = "edit", hour: float = 12, **more: Any) -> Row:
    """A `track` event of account `a` unless told otherwise."""
    return {"account_id": "a", "user_id": user, "name": name, "timestamp": at(number, hour), "type": "track", **more}


def ticket(name: str, opened: float, resolved: float | None = None, hour: float = 12, **more: Any) -> Row:
    """A ticket of account `a`; `resolved` is a day and may have a fraction."""
    closed = None if resolved is None else at(resolved, hour)
    return {"ticket_id": name, "account_id": "a", "opened_at": at(opened, hour), "resolved_at": closed, **more}


def subscription(name: str, started: float, ended: float | None = None, **more: Any) -> Row:
    """A subscription of account `a`, from and to noon."""
    closed = None if ended is None else at(ended)
    return {"subscription_id": name, "account_id": "a", "started_at": at(started), "ended_at": closed, **more}


def signal(
    company: Company, name: str, number: int, settings: Settings | None = None, account: str = "a"
) -> tuple[Any, Any, Any]:
    """Value, baseline and score of one signal on that day."""
    _, rows = score_company(company, settings or Settings(), day(number))
    row = next(row for row in rows if row["signal"] == name and row["account_id"] == account)
    return row["value"], row["baseline"], row["score"]


def score(company: Company, number: int, settings: Settings | None = None, account: str = "a") -> dict[str, Any]:
    """The score row of that day."""
    rows, _ = score_company(company, settings or Settings(), day(number))
    return next(row for row in rows if row["account_id"] == account)
