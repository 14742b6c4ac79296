"""The further dimensions of docs/scoring.md by hand."""

from __future__ import annotations

from typing import Any

import pytest

from .card import Settings
from .company import Company
from .scoring import score_company
from .stories import at, day, event, score, signal, subscription


def invoice(name: str, issued: float, **more: Any) -> dict[str, Any]:
    """An invoice of account `a` over 100 unless told otherwise."""
    return {"invoice_id": name, "account_id": "a", "issued_at": at(issued), "amount": 100.0, **more}


def interaction(name: str, number: float, **more: Any) -> dict[str, Any]:
    """A meeting with account `a`."""
    return {"interaction_id": name, "account_id": "a", "kind": "meeting", "occurred_at": at(number), **more}


def answer(name: str, number: float, kind: str, points: float) -> dict[str, Any]:
    """An answer of account `a`."""
    return {"response_id": name, "account_id": "a", "kind": kind, "score": points, "answered_at": at(number)}


def champion(user: str, **more: Any) -> dict[str, Any]:
    """A champion of account `a`."""
    return {"user_id": user, "account_id": "a", "is_champion": True, **more}


def none_of(company: Company, name: str, number: int) -> bool:
    """Whether the signal has no row that day, as null further signals have none."""
    _, rows = score_company(company, Settings(), day(number))
    return name not in {row["signal"] for row in rows}


def test_payment_timeliness() -> None:
    # Due on day 10, paid on day 25: 15 days late, 50. Due on day 30 (no due day), open: not late until day 31.
    company = Company(invoices=[invoice("i", 0, due_at=at(10), paid_at=at(25)), invoice("j", 0)])
    assert signal(company, "payment_timeliness", 30) == (15, 1, 50)
    assert signal(company, "payment_timeliness", 36) == (10.5, 2, 65)  # (50 + 80) / 2
    # As it was on day 20: not paid, 10 days late.
    assert signal(company, "payment_timeliness", 20)[0] == 10
    assert none_of(Company(invoices=[invoice("i", 0)]), "payment_timeliness", 30)


def test_paid_early_failed_and_void() -> None:
    early = Company(invoices=[invoice("i", 10, due_at=at(20), paid_at=at(3))])
    assert signal(early, "payment_timeliness", 189) == (0, 1, 100), "paid on the issue day at the earliest"
    assert none_of(early, "payment_timeliness", 190)
    failed = Company(invoices=[invoice("i", 0, due_at=at(40), status="Failed")])
    assert signal(failed, "payment_timeliness", 3) == (3, 1, 90)
    void = Company(invoices=[invoice("i", 0, status="VOID")])
    assert none_of(void, "overdue", 60)


def test_overdue() -> None:
    company = Company(
        invoices=[
            invoice("i", 0, due_at=at(5), amount=30.0),
            invoice("j", 0, paid_at=at(1)),
            invoice("k", 0, amount=-5.0),
        ]
    )
    assert signal(company, "overdue", 5) == (0, 130, 100)
    value, baseline, points = signal(company, "overdue", 6)
    assert (value, baseline, points) == (30, 130, pytest.approx(1000 / 13))
    assert signal(company, "overdue", 365) == (30, 0, 0), "nothing was issued in the last 365 days"
    paid = Company(invoices=[invoice("j", 0, paid_at=at(1))])
    assert none_of(paid, "overdue", 365)
    # 0.6 * timeliness (null by then) and 0.4 * overdue.
    assert score(company, 365)["dim_financial_health"] == 0


def test_contact_recency_and_attendance() -> None:
    company = Company(interactions=[interaction("x", 0, attended=True), interaction("y", 2, attended=False)])
    assert signal(company, "contact_recency", 16) == (14, None, 100)
    assert signal(company, "contact_recency", 54)[2] == pytest.approx(100 * 38 / 76)
    assert signal(company, "contact_recency", 92)[2] == 0
    assert signal(company, "attendance", 89) == (1, 2, 50)
    assert signal(company, "attendance", 90) == (0, 1, 0)
    assert none_of(company, "attendance", 92)
    assert score(company, 16)["dim_communication"] == pytest.approx(0.6 * 100 + 0.4 * 50)


def test_champions() -> None:
    company = Company(
        users=[
            champion("u1"),
            champion("u2", deactivated_at=at(10)),
            {"user_id": "u3", "account_id": "a", "is_executive_sponsor": True, "created_at": at(20)},
            {"user_id": "u4", "account_id": "a"},
        ],
        events=[event(0, "u1"), event(0, "u2")],
    )
    assert signal(company, "champion_activity", 9) == (2, 2, 100)
    assert signal(company, "champion_activity", 10) == (1, 2, 50)
    assert signal(company, "champion_activity", 20) == (1, 3, pytest.approx(100 / 3))
    assert signal(company, "multithreading", 20) == (2, 3, pytest.approx(200 / 3))
    assert none_of(Company(users=[{"user_id": "u4", "account_id": "a"}], events=[event(0)]), "multithreading", 0)


def test_surveys_and_moods() -> None:
    company = Company(
        surveys=[answer("r", 0, "NPS", 9), answer("s", 0, "csat", 4), answer("t", 0, "ces", 4)],
        interactions=[interaction("x", 0, sentiment=0.5)],
    )
    # (90 + 75 + 50) / 3.
    assert signal(company, "survey_score", 179) == (3, None, pytest.approx(215 / 3))
    assert none_of(company, "survey_score", 180)
    assert signal(company, "mood", 89) == (0.5, None, 75)
    assert none_of(company, "mood", 90)
    assert score(company, 89)["dim_sentiment"] == pytest.approx(0.7 * 215 / 3 + 0.3 * 75)


def test_growth() -> None:
    company = Company(
        subscriptions=[
            subscription("s", 0, 200, mrr=1000.0, seats=10),
            subscription("t", 190, mrr=1100.0, seats=11),
            subscription("z", 0, mrr=-5.0, seats=0),
        ]
    )
    assert none_of(company, "revenue_growth", 181)
    assert signal(company, "revenue_growth", 182) == (1000, 1000, 50)
    assert signal(company, "revenue_growth", 199)[2] == 100
    value, baseline, points = signal(company, "revenue_growth", 200)
    assert (value, baseline, points) == (1100, 1000, pytest.approx(75))
    assert signal(company, "seat_growth", 200) == (11, 10, pytest.approx(75))


def test_contracts() -> None:
    company = Company(
        events=[event(0)],
        subscriptions=[subscription("s", 1, 20, mrr=300.0), subscription("t", 10, 30, mrr=100.0)],
    )
    assert none_of(company, "contract", 0)
    assert signal(company, "contract", 10) == (2, None, 100)
    assert signal(company, "revenue_kept", 20) == (100, 400, 25)
    assert signal(company, "contract", 30) == (0, None, 0)
    assert signal(company, "revenue_kept", 30) == (0, 400, 0)
