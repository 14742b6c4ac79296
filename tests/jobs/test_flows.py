"""Tiers week by week and flows between days: the arrays say what a search through the history finds."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass import workspace
from weatherglass.config import FILE_NAME
from weatherglass.jobs.scoring import past
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.views.choosing import EVERYONE, Choice
from weatherglass.jobs.views.flows import flows, trend
from weatherglass.jobs.views.standing import Standing
from weatherglass.scores.rows import SCORE_COLUMNS
from weatherglass.simulation import product_settings, simulate_company, write_company
from weatherglass.state.overrides import Override
from weatherglass.workspace import Workspace

END = dt.date(2026, 10, 31)
BEGIN = END - dt.timedelta(days=199)
CHANGED = END - dt.timedelta(days=30)
"""From this day on another card counts, whose tiers have other names and another order of two of them."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("flows")
    write_company(simulate_company(40, 200, 8, END), folder / "data")
    settings: dict[str, Any] = {"name": "Flows", **product_settings()}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings), encoding="utf-8")
    with workspace.open(folder) as first:
        first.load(folder / "data")
        first.update(CHANGED - dt.timedelta(days=1))
    settings["scorecard"] = {"tiers": {"names": ["low", "green", "yellow", "top"], "lines": [40, 55, 80]}}
    (folder / FILE_NAME).write_text(yaml.safe_dump(settings), encoding="utf-8")
    with workspace.open(folder) as second:
        second.update(END)
        yield second


def overrides(opened: Workspace, seed: int) -> list[Override]:
    draw = random.Random(seed)
    names = [name for (name,) in opened.store.engine.rows("SELECT account_id FROM account_ids ORDER BY ALL")]
    found = []
    for number in range(draw.randrange(6)):
        first = END - dt.timedelta(days=draw.randrange(120))
        until, tier = first + dt.timedelta(days=draw.randrange(60)), draw.choice(["red", "green", "top", "gone"])
        made = dt.datetime.combine(first, dt.time())
        found.append(
            Override(number, draw.choice([*names, "nobody"]), tier, "", "ann", 1, made, first, until, None, None, None)
        )
    return found


def choices() -> st.SearchStrategy[Choice]:
    some = st.lists(st.sampled_from(["red", "yellow", "green", "top", "low", "unscored"]), max_size=3).map(tuple)
    return st.builds(
        Choice,
        tier=st.one_of(st.just(()), some),
        lifecycle=st.sampled_from([(), (), ("behavioural",), ("new", "onboarding")]),
        segment=st.sampled_from([(), (), ("smb",), ("smb", "enterprise")]),
        text=st.sampled_from(["", "", "1", "a"]),
        score_from=st.sampled_from([None, None, 40.0, 61.37]),
        score_below=st.sampled_from([None, None, 80.0]),
        revenue_from=st.sampled_from([None, None, 10_000.0]),
        dimension=st.sampled_from(["", "", "product_usage"]),
        dimension_below=st.sampled_from([None, 70.0]),
        overridden=st.sampled_from([None, None, True, False]),
        left=st.sampled_from([None, None, True, False]),
    )


def told(rows: list[dict[str, Any]], *by: str) -> dict[tuple[Any, ...], Any]:
    """Rows by what they are of: sums of fractions are the same but for their last digits."""
    return {
        tuple(row[one] for one in by): {name: _rounded(row[name]) for name in row if name not in by} for row in rows
    }


def _rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value


@given(choices(), st.integers(0, 999), st.lists(st.integers(-20, 199), min_size=1, max_size=5))
@drawn(60)
def test_weeks_are_those_of_the_history(opened: Workspace, choice: Choice, seed: int, back: list[int]) -> None:
    held, days = overrides(opened, seed), [BEGIN + dt.timedelta(days=place) for place in back]
    ways = [Standing(opened.store, held, at_hand=kept) for kept in (LASTING, KeptDays())]
    quick, slow = (trend(way, choice, days) for way in ways)
    assert {tuple(row) for row in quick} <= {("day", "tier", "rank", "accounts", "revenue", "mean_score")}
    assert told(quick, "day", "tier") == told(slow, "day", "tier")
    assert [row["day"] for row in quick] == sorted(row["day"] for row in slow)


@given(choices(), st.integers(0, 999), st.integers(0, 150), st.integers(1, 60))
@drawn(60)
def test_flows_are_those_of_the_history(opened: Workspace, choice: Choice, seed: int, back: int, apart: int) -> None:
    held, day = overrides(opened, seed), END - dt.timedelta(days=back)
    versus = day - dt.timedelta(days=apart)
    ways = [Standing(opened.store, held, at_hand=kept) for kept in (LASTING, KeptDays())]
    quick, slow = (flows(way, choice, day, versus) for way in ways)
    assert (quick.as_of, quick.versus, quick.accounts) == (slow.as_of, slow.versus, slow.accounts)
    assert told(quick.flows, "tier_before", "tier") == told(slow.flows, "tier_before", "tier")


LASTING = KeptDays(lasting=True)


def test_the_arrays_are_asked(opened: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = KeptDays(lasting=True)
    assert trend(Standing(opened.store, at_hand=at_hand), EVERYONE, [END])
    # what follows is not searched for any more
    monkeypatch.setattr("weatherglass.jobs.views.flows.searched", None)
    monkeypatch.setattr("weatherglass.jobs.views.flows.portfolio", None)
    days = [END - dt.timedelta(days=7 * back) for back in range(27)]
    assert len({row["day"] for row in trend(Standing(opened.store, at_hand=at_hand), EVERYONE, days)}) == 27
    assert flows(Standing(opened.store, at_hand=at_hand), EVERYONE, END, days[4]).flows


def test_days_that_do_not_fit_are_searched_for(opened: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = opened.store.engine.row("SELECT max(account) + 1 FROM account_ids")[0]
    monkeypatch.setattr(past, "MOST_BYTES", accounts * 3 * 10)
    at_hand = KeptDays(lasting=True)
    standing, days = Standing(opened.store, at_hand=at_hand), [END - dt.timedelta(days=9), END - dt.timedelta(days=10)]
    for day in days:
        found = trend(standing, EVERYONE, [day])
        assert told(found, "tier") == told(trend(Standing(opened.store), EVERYONE, [day]), "tier")
    held = at_hand.past(opened.store, dict)
    assert held is not None and held.kind.shape[1] == 10 and not held.has(held.first - 1)


def test_the_open_day_comes_after_the_finished_ones(opened: Workspace) -> None:
    rows = opened.scores(END).arrow.select(SCORE_COLUMNS.names)
    tomorrow = END + dt.timedelta(days=1)
    newest = rows.set_column(1, SCORE_COLUMNS.field(1), [[tomorrow] * rows.num_rows])
    ways = [Standing(opened.store, newest=newest, at_hand=kept) for kept in (LASTING, KeptDays())]
    quick, slow = (trend(way, EVERYONE, [tomorrow, END]) for way in ways)
    assert told(quick, "day", "tier") == told(slow, "day", "tier") and quick[-1]["day"] == tomorrow


def test_another_history_is_another_answer(opened: Workspace) -> None:
    at_hand = KeptDays(lasting=True)
    first = trend(Standing(opened.store, at_hand=at_hand), EVERYONE, [CHANGED])
    opened.update(since=CHANGED - dt.timedelta(days=30))
    before = CHANGED - dt.timedelta(days=5)
    assert {row["tier"] for row in trend(Standing(opened.store, at_hand=at_hand), EVERYONE, [before])} & {"low", "top"}
    assert {row["day"] for row in first} == {CHANGED}
