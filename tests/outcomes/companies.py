"""Small companies whose fates are known, as a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from company_files import write_company
from reference.company import Company, Row

import weatherglass
from weatherglass import Workspace
from weatherglass.config import OutcomeRules, Project

START = date(2024, 1, 1)


def moment(day: int, hour: int = 12) -> datetime:
    """A time on a day, counted from the first of them."""
    return datetime.combine(START, datetime.min.time(), UTC) + timedelta(days=day, hours=hour)


def events(account: str, days: Iterable[int], name: str = "edit") -> list[Row]:
    return [
        {"account_id": account, "user_id": f"{account} user", "name": name, "timestamp": moment(day)} for day in days
    ]


def subscription(account: str, number: int, start: int, end: int | None, mrr: float = 100.0) -> Row:
    return {
        "subscription_id": f"{account} {number}",
        "account_id": account,
        "started_at": moment(start),
        "ended_at": None if end is None else moment(end),
        "mrr": mrr,
    }


def outcome(account: str, kind: str, day: int) -> Row:
    return {"account_id": account, "kind": kind, "occurred_at": moment(day)}


@contextmanager
def opened(company: Company, folder: Path, rules: OutcomeRules | None = None) -> Iterator[Workspace]:
    """A workspace of a company's files."""
    write_company(company, folder, "csv")
    with weatherglass.open_data(folder, Project(outcomes=rules or OutcomeRules())) as workspace:
        yield workspace
