"""Nobody is alerted of an invoice of which is only said that it is paid."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from reference import Company, Settings
from stores import bench

from weatherglass.jobs.acting.recording import record

LAST = date(2024, 4, 30)


@pytest.mark.parametrize(("status", "told"), [("open", 1), ("Paid", 0)])
def test_an_invoice_that_is_paid_on_a_day_that_nobody_knows(status: str, told: int) -> None:
    issued = datetime(2024, 1, 2, tzinfo=UTC)
    row = {"invoice_id": "i", "account_id": "a", "issued_at": issued, "amount": 100.0, "status": status}
    with bench(Settings()) as opened:
        opened.load(Company(invoices=[row]))
        opened.score(LAST)
        assert len(record(opened.store, opened.project, LAST).invoices) == told
