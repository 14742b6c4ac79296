"""A published synthetic SaaS company under its own column names, mapped by examples/ravenstack/weatherglass.yml."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from weatherglass import Workspace

pytestmark = pytest.mark.realdata

LAST = date(2024, 12, 31)


def test_everything_is_there(ravenstack: Workspace, data: Path) -> None:
    health = ravenstack.doctor()
    counted = {table: count for table, count, *_ in health.tables if count}
    with (data / "ravenstack" / "ravenstack_churn_events.csv").open(newline="", encoding="utf-8") as file:
        churned = {(row["account_id"], row["churn_date"]) for row in csv.DictReader(file)}
    assert counted == {
        "accounts": 500,
        "events": 25_000,
        "tickets": 2000,
        "subscriptions": 5000,
        # an account that churns twice on one day has churned
        "outcomes": len(churned),
    }
    assert health.good
    assert ravenstack.last_run is not None and ravenstack.last_run.as_of == LAST


def test_every_event_reaches_an_account(ravenstack: Workspace) -> None:
    """They name a subscription, and it names the account."""
    assert ravenstack.doctor().join_coverage == 1.0
    assert ravenstack.store.engine.row("SELECT count(DISTINCT account) FROM account_days") == (500,)


def test_the_rows_and_tiers_are_plausible(ravenstack: Workspace) -> None:
    today = ravenstack.scores(LAST).to_pylist()
    assert len(today) == 500
    tiers = Counter(row["tier"] for row in today)
    # its usage is drawn at random: a few events a month of many features, so that nobody looks steady
    assert tiers["unscored"] == 0 and tiers["red"] > 100 and tiers["yellow"] > 100
    assert all(0 <= row["score"] <= 100 for row in today)
    for name in ("product_usage", "engagement_trends", "feature_adoption", "support_signals", "commercial", "growth"):
        assert any(row[f"dim_{name}"] is not None for row in today), name
    assert all(row["dim_onboarding"] is None for row in today), "its configuration names no milestones"


def test_seats_come_from_the_subscriptions(ravenstack: Workspace, data: Path) -> None:
    """The seats of an account are those of its subscriptions that run on the day."""
    with (data / "ravenstack" / "ravenstack_subscriptions.csv").open(newline="", encoding="utf-8") as file:
        running: Counter[str] = Counter()
        for row in csv.DictReader(file):
            if row["start_date"] <= str(LAST) and (not row["end_date"] or row["end_date"] > str(LAST)):
                running[row["account_id"]] += int(row["seats"])
    lines = [line for line in ravenstack.signals(LAST).to_pylist() if line["signal"] == "seat_growth"]
    assert {line["account_id"]: line["value"] for line in lines} == {
        line["account_id"]: float(running[line["account_id"]]) for line in lines
    }
    assert len(lines) > 300


def test_three_priorities_are_severities_and_the_fourth_is_mapped(ravenstack: Workspace) -> None:
    found = ravenstack.store.engine.rows("SELECT DISTINCT severity FROM tickets ORDER BY 1")
    assert found == [("high",), ("low",), ("normal",), ("urgent",)]


def test_an_account_is_explained(ravenstack: Workspace) -> None:
    account = ravenstack.scores(LAST).to_pylist()[0]["account_id"]
    explained = ravenstack.explain(account, LAST, date(2024, 10, 31))
    assert explained.day.score is not None
    assert explained.versus is not None and explained.versus.change is not None
    assert explained.versus.before.score is not None
    moved = explained.day.score - explained.versus.before.score
    assert abs(explained.versus.change.total - moved) < 1e-9
