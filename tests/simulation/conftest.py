"""One simulated company for all tests of this folder, and SQL over its tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

from weatherglass.simulation import Company, simulate_company

Ask = Callable[..., list[tuple[Any, ...]]]
END = date(2026, 10, 31)


@pytest.fixture(scope="session")
def company() -> Company:
    return simulate_company(accounts=300, days=400, seed=1, end=END)


@pytest.fixture(scope="session")
def ask(company: Company) -> Ask:
    """Rows of a query over the company's tables; times are UTC, `day` is days before the end."""
    return asker(company)


def asker(company: Company) -> Ask:
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'; SET threads = 2")
    for name, table in company.tables.items():
        database.register(name, table)
    database.execute(f"CREATE MACRO day(t) AS date_diff('day', t::date, date '{company.end}')")
    # Who an event belongs to, as far as these tests need it: its account, else the only account of its user.
    database.execute("""
        CREATE TABLE used AS
        WITH homes AS (SELECT user_id, any_value(account_id) AS home FROM users GROUP BY 1 HAVING count(*) = 1)
        SELECT coalesce(account_id, home) AS account_id, user_id, name, timestamp, day(timestamp) AS before
        FROM events LEFT JOIN homes USING (user_id) WHERE type IN ('track', 'page')
    """)

    def ask(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return database.execute(query, parameters).fetchall()

    return ask
