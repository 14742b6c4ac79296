"""An invoice of which is only said that it is paid is owed no more, from when that is known on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from reference import Company, Settings
from stores import bench, unlike

from weatherglass.jobs.acting.recording import record

LAST = date(2024, 4, 30)


def _invoice(**more: Any) -> Company:
    row = {"invoice_id": "i", "account_id": "a", "issued_at": datetime(2024, 1, 2, tzinfo=UTC), "amount": 100.0, **more}
    return Company(invoices=[row])


def test_an_invoice_that_becomes_paid_on_a_day_that_nobody_knows() -> None:
    with bench(Settings()) as slowly, bench(Settings()) as at_once:
        slowly.load(_invoice(status="open"))
        slowly.score(LAST)
        owed = {row["signal"]: row["value"] for row in slowly.rows(LAST, LAST)[1]}
        told = len(record(slowly.store, slowly.project, LAST).invoices)
        slowly.load(_invoice(status="Paid"))
        slowly.score(LAST)
        at_once.load(_invoice(status="Paid"))
        at_once.score(LAST)
        assert (told, len(record(at_once.store, at_once.project, LAST).invoices)) == (1, 0), "what alerts look at"
        assert not unlike(slowly.history(), at_once.history())
        paid = {row["signal"]: (row["value"], row["score"]) for row in at_once.rows(LAST, LAST)[1]}
    assert owed["overdue"] == 100
    assert paid["overdue"] == (0, 100)
    assert paid.get("payment_timeliness", (None, None))[1] is None
