"""What pages work out besides scores: the way to a better tier, outages, overrides as people have them now."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from pages.conftest import Served
from weatherglass.jobs.data_health.volumes import volumes
from weatherglass.jobs.project.publishing import differences
from weatherglass.jobs.views.cohorts import WAYS, cohorts
from weatherglass.jobs.views.explaining import account_day, last_day
from weatherglass.jobs.views.overriding import seen_on
from weatherglass.jobs.views.recovering import recovery
from weatherglass.jobs.views.standing import Standing
from weatherglass.state.overrides import Override

DAY = dt.date(2026, 11, 21)
TODAY = dt.date(2026, 11, 22)
MADE = dt.datetime(2026, 11, 22, 9)


def override(first: dt.date, ended: dt.date | None = None) -> Override:
    last = first + dt.timedelta(days=30)
    return Override(1, "a", "green", "why", "me", 1, MADE, first, last, None if ended is None else MADE, None, ended)


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (override(TODAY), True),
        (override(DAY), True),
        (override(TODAY + dt.timedelta(days=1)), False),
        (override(TODAY, ended=TODAY), False),
        (override(DAY - dt.timedelta(days=9), ended=TODAY), False),
        (override(DAY - dt.timedelta(days=9), ended=DAY), False),
        (override(DAY - dt.timedelta(days=9), ended=TODAY + dt.timedelta(days=1)), True),
    ],
)
def test_overrides_show_as_they_are_now(made: Override, holds: object) -> None:
    (seen,) = seen_on([made], DAY, TODAY)
    assert seen.holds(DAY) is holds


def test_the_way_to_a_better_tier_is_the_shortest(served: Served) -> None:
    days = served.live.read(
        lambda store: [account_day(store, f"acc_{number:04d}", last_day(store)) for number in range(1, 30)]
    )
    ways = [(day, recovery(day)) for day in days]
    assert any(way is not None and way.signals for _, way in ways)
    for day, way in ways:
        if way is None:
            continue
        assert day.score is not None
        assert day.score < way.line
        gains = [gain for _, gain in way.signals]
        assert way.reached == pytest.approx(day.score + sum(gains))
        assert way.reached - gains[-1] < way.line, "the last signal was needed"
        if way.reached < way.line:
            assert way.reached == pytest.approx(100, abs=1e-6) or day.row["lifecycle"] != "behavioural"


def test_days_without_events_are_suspected(served: Served) -> None:
    found = served.live.read(lambda store: volumes(store, last_day(store), 180))
    assert all(after.day - before.day == dt.timedelta(days=1) for before, after in pairwise(found))
    suspected = {one.day for one in found if one.suspected}
    assert len(suspected) <= 6
    in_all = served.live.read(
        lambda store: store.engine.row(
            'SELECT sum(activity) FROM account_days WHERE "day" > ?', [_number(found[0].day) - 1]
        )
    )
    assert sum(one.events for one in found) == in_all[0]


def _number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize("by", WAYS)
def test_cohorts_hold_every_account_once(served: Served, by: str) -> None:
    day, rows = served.live.read(lambda store: cohorts(Standing(store), by, "UTC"))
    in_all = served.live.read(
        lambda store: store.engine.row('SELECT count(*) FROM scores WHERE "day" = ?', [_number(day)])[0]
    )
    assert sum(row["accounts"] for row in rows) == in_all
    assert all(row["low"] <= row["high"] for row in rows if row["low"] is not None)


def test_what_two_cards_have_differently() -> None:
    before = {"tiers": {"lines": [45, 75]}, "dimensions": {"a": {"weight": 0.3}}, "gone": "x"}
    after = {"tiers": {"lines": [45, 80]}, "dimensions": {"a": {"weight": 0.3}, "b": {"weight": 1.0}}}
    found = {one.option: (one.before, one.after) for one in differences(before, after)}
    assert found == {"tiers.lines": ("45, 75", "45, 80"), "gone": ("x", ""), "dimensions.b.weight": ("", "1")}


def test_the_data_page_tells_of_names(served: Served) -> None:
    with served.client("viewer") as client:
        page = client.get("/data").text
    assert "First in 90 days" in page
    assert "report_created" in page
