"""feature_adoption and support_signals by hand."""

from __future__ import annotations

from typing import Any

import pytest

from .card import Settings
from .company import Company
from .stories import event, score, signal, ticket

TEN = Settings(features={f"f{n}": [f"e{n}", f"more {n}"] for n in range(10)})


def uses(**counts: int) -> list[Any]:
    """So many uses of each event name on day 0."""
    return [event(0, name=name, hour=n) for name, count in counts.items() for n in range(count)]


def test_breadth() -> None:
    # 4 of 10: (4 - 1) / (ceil(6) - 1) = 0.6; e0 and "more 0" are one feature.
    company = Company(events=[*uses(e0=1, e1=2, e2=1, e3=1), event(0, name="more 0")])
    value, baseline, points = signal(company, "adoption", 0, TEN)
    assert (value, baseline) == (4, 10)
    assert points == pytest.approx(60)
    # 6 of 10 are enough, one alone is nothing, and so are none while there was activity.
    six = Company(events=uses(e0=1, e1=1, e2=1, e3=1, e4=1, e5=1))
    assert signal(six, "adoption", 0, TEN)[2] == 100
    assert signal(Company(events=uses(e0=9)), "adoption", 0, TEN)[2] == 0
    assert signal(six, "adoption", 28, TEN) == (0, 10, 0)


def test_a_map_counts_any_activity_but_no_identify() -> None:
    rows = [event(0, name="e0", type="page"), event(0, None, name="e1"), event(0, name="e2", type="identify")]
    assert signal(Company(events=rows), "adoption", 0, TEN)[0] == 2


def test_emphasis() -> None:
    # Breadth 1 of 2 available: (2 - 1) / max(1, ceil(1.2) - 1) = 1; one of two key features has 3 uses: 0.75.
    settings = Settings(features={"f0": ["e0"], "f1": ["e1"]}, key_features=["f0", "f1"])
    company = Company(events=uses(e0=3, e1=2))
    assert signal(company, "adoption", 0, settings) == (2, 2, 75)


def test_entitled_features() -> None:
    # Entitled to f0, f1, f2: (2 - 1) / (ceil(1.8) - 1) = 1; f5 is used but not offered, the key f9 does not count.
    settings = Settings(features=TEN.features, key_features=["f0", "f9"])
    company = Company(
        accounts=[{"account_id": "a", "entitled_features": " f0 ;f1;; f2"}], events=uses(e0=3, e1=1, e5=1)
    )
    assert signal(company, "adoption", 0, settings) == (2, 3, 100)
    outside = Settings(features=TEN.features, key_features=["f9"])
    assert signal(company, "adoption", 0, outside) == (2, 3, 100), "no key feature left: emphasis 1"


def test_without_a_map_the_features_are_those_of_the_workspace() -> None:
    rows = [event(0, name=name, account_id="b") for name in ("p", "q", "r", "s")]
    rows += [event(0, name="p"), event(0, name="q"), event(0, name="page", type="page")]
    rows += [event(0, "nobody", name="unseen", account_id=None)]
    company = Company(events=rows)
    # 2 of 4: 1 / (ceil(2.4) - 1) = 0.5.
    assert signal(company, "adoption", 0) == (2, 4, 50)
    assert signal(company, "adoption", 89) == (0, 4, 0)
    assert signal(company, "adoption", 90) == (0, 0, None)


def test_adoption_null() -> None:
    assert signal(Company(events=uses(e0=1)), "adoption", 0)[2] is None, "one feature available"
    only_ticket = Company(tickets=[ticket("t", 0)])
    assert signal(only_ticket, "adoption", 0, TEN)[2] is None, "no activity"
    assert signal(Company(events=[event(0, name="x", type="page")]), "adoption", 0, TEN)[2] == 0


def test_volume() -> None:
    # Six tickets in the 168 days before: b = 6 * 28 / 168 = 1; n = 3: 100 * (4 - 3) / 3.
    old = [ticket(f"o{n}", n * 10) for n in range(6)]
    new = [ticket(f"n{n}", 180) for n in range(3)]
    value, baseline, points = signal(Company(tickets=old + new), "volume", 195)
    assert (value, baseline, points) == (3, 1, pytest.approx(100 / 3))
    # The same six in a shorter history: on day 83 56 of the 168 days are in history: b = 6 * 28 / 56 = 3.
    assert signal(Company(tickets=old), "volume", 83) == (0, 3, 50), "silence after at least three"
    assert signal(Company(tickets=old[:2]), "volume", 83) == (0, 1, 100)


def test_volume_of_beginners() -> None:
    four = Company(tickets=[ticket(f"t{n}", 0) for n in range(4)])
    assert signal(four, "volume", 0) == (4, 1, 0)
    assert signal(Company(tickets=four.tickets[:2]), "volume", 0)[2] == pytest.approx(200 / 3)


def test_an_account_without_tickets_stands_alone() -> None:
    company = Company(events=[event(0)], tickets=[ticket("t", 5, account_id="b", csat=1)])
    assert score(company, 4)["dim_support_signals"] is None, "nobody has opened one yet"
    assert signal(company, "volume", 4) == (None, None, None)
    assert signal(company, "volume", 5) == (0, 1, 100)
    assert signal(company, "satisfaction", 5)[2] is None
    assert score(company, 5)["dim_support_signals"] == 100


def test_severity() -> None:
    kinds: list[tuple[str | None, bool | None]] = [
        ("LOW", None),
        ("Normal", False),
        ("high", None),
        ("Urgent", None),
        (None, None),
        ("blocker", None),
        ("low", True),
    ]
    tickets = [ticket(f"t{n}", 0, severity=name, escalated=flag) for n, (name, flag) in enumerate(kinds)]
    # 0 + 0.25 + 0.75 + 1 + 0.25 + 0.25 + 1 = 3.5 of 7.
    assert signal(Company(tickets=tickets), "severity", 27) == (0.5, None, 50)
    assert signal(Company(tickets=tickets), "severity", 28) == (None, None, None)


def test_resolution() -> None:
    # Opened at noon of day 0; at the end of day 7 it is 7.5 days old: 100 * (14 - 7.5) / 12.
    still_open = Company(tickets=[ticket("t", 0)])
    value, _, points = signal(still_open, "resolution", 7)
    assert (value, points) == (7.5, pytest.approx(650 / 12))
    assert signal(still_open, "resolution", 1) == (1.5, None, 100)
    assert signal(still_open, "resolution", 14)[2] == 0
    # With one resolved after 8 days: (100 * 6 / 12 + 100 * (14 - 9.5) / 12) / 2 on day 9.
    company = Company(tickets=[ticket("t", 0), ticket("r", 0, 8)])
    assert signal(company, "resolution", 9)[2] == pytest.approx((50 + 37.5) / 2)
    assert signal(company, "resolution", 7)[0] == 7.5, "its resolution does not exist yet"
    assert signal(company, "resolution", 35)[0] == pytest.approx((8 + 35.5) / 2)
    assert signal(company, "resolution", 36)[0] == pytest.approx(36.5), "resolved 29 days ago"


def test_a_resolution_before_the_opening_counts_as_at_the_opening() -> None:
    company = Company(tickets=[ticket("t", 10, 2, csat=5), ticket("o", 0, 1, account_id="b")])
    assert signal(company, "resolution", 10) == (0, None, 100)
    assert signal(company, "satisfaction", 99)[2] == 100, "dated by the opening"
    assert signal(company, "satisfaction", 100)[2] is None


def test_age_counts_elapsed_seconds() -> None:
    # The night of 10 March 2024 (day 69) has 23 hours in New York: from midnight UTC-5 to midnight UTC-4.
    company = Company(zone="America/New_York", tickets=[ticket("t", 67, hour=5)])
    value, _, _ = signal(company, "resolution", 69)
    assert value == pytest.approx(3 - 1 / 24)


def test_satisfaction() -> None:
    tickets = [ticket("t", 0, 20, csat=5), ticket("u", 0, csat=2, sentiment=-1)]
    company = Company(tickets=tickets)
    # Before day 20 only the open one's rating is known: (2 - 1) / 4; then the mean of 5 and 2.
    assert signal(company, "satisfaction", 19) == (2, None, 25)
    assert signal(company, "satisfaction", 20) == (3.5, None, 62.5)
    assert signal(company, "satisfaction", 109) == (5, None, 100)
    assert signal(company, "satisfaction", 110) == (None, None, None)


def test_moods_stand_in_for_ratings() -> None:
    company = Company(tickets=[ticket("t", 0, sentiment=-0.5), ticket("u", 0, sentiment=0.0)])
    assert signal(company, "satisfaction", 27) == (-0.25, None, 37.5)
    assert signal(company, "satisfaction", 28)[2] is None
