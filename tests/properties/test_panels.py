"""A row of a backtest's panel, and whether there is one, is the same from all facts and from those of its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from companies import first_and_last_day
from effort import drawn
from hypothesis import assume, given
from hypothesis import strategies as st
from inventing import Shape, invent
from properties.test_no_look_ahead import cut
from reference import Company, Settings, comprehensive, init_milestones
from stores import bench

from weatherglass.config import OutcomeRules
from weatherglass.config.outcomes import Source
from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.outcomes.labels import NOT_YET
from weatherglass.outcomes.panel import COLUMNS, Panel

EPOCH = date(1970, 1, 1)
LATER = ("account", "days_to_churn")
"""Columns that may differ: the store's own number, and what is only known afterwards."""

SOURCES: tuple[Source, ...] = ("table", "subscriptions", "silence")


def looked_back(company: Company, day: date, rules: OutcomeRules) -> Panel:
    """The panel of one snapshot day."""
    settings = Settings(comprehensive(), milestones=init_milestones())
    with bench(settings, company.zone, kept=False) as store:
        store.load(company)
        project = store.project.model_copy(update={"outcomes": rules})
        return panel(store.store, project, Replay(since=day, until=day, horizons=(20, 40)))


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    shape = Shape(seed=draw(st.integers(0, 10_000)), accounts=6, days=200, events=120, busy=draw(st.booleans()))
    # of rows with one id the last read counts, whenever it was read
    return replace(shape, zone=draw(st.sampled_from(("UTC", "Asia/Kolkata"))), quirks=shape.quirks - {"duplicates"})


def made(shape: Shape, source: Source) -> Company:
    """The company of a shape; without contracts where silence tells who left."""
    return invent(replace(shape, tables=shape.tables - {"subscriptions"}) if source == "silence" else shape)


@pytest.mark.parametrize("source", SOURCES)
@given(shape=shapes(), part=st.floats(0.4, 0.9))
@drawn(2)
def test_a_row_knows_nothing_of_the_days_after(source: Source, shape: Shape, part: float) -> None:
    company = made(shape, source)
    first, last = first_and_last_day(company) or (shape.start, shape.start)
    day = first + timedelta(days=int(part * (last - first).days))
    known = cut(company, day)
    assume(first_and_last_day(known) == (first, day))
    rules = OutcomeRules(source=source, silence_days=20, grace_days=5, regular_weeks=2, regular_of=4)
    whole, then = (looked_back(facts, day, rules) for facts in (company, known))
    assert whole.account_id.tolist() == then.account_id.tolist()
    for name in COLUMNS:
        if name not in LATER:
            _same(name, getattr(whole, name), getattr(then, name))
    for table in ("signals", "values"):
        mine, theirs = getattr(whole, table), getattr(then, table)
        for name in mine.keys() | theirs.keys():
            # what has no source yet has no column
            absent = np.full(len(whole), np.nan)
            _same(name, mine.get(name, absent), theirs.get(name, absent))
    assert (then.label(20) == NOT_YET).all(), "the day is the last one: nothing of what follows is known"


def _same(name: str, one: np.ndarray[tuple[int], np.dtype[np.object_]], other: object) -> None:
    assert repr(one.tolist()) == repr(np.asarray(other).tolist()), name


@pytest.mark.parametrize("source", SOURCES)
def test_such_companies_have_rows_and_fates(source: Source) -> None:
    """Otherwise nothing would be proven above."""
    company = made(Shape(seed=4, accounts=6, days=200, events=120, busy=True), source)
    first, last = first_and_last_day(company) or (date.max, date.max)
    rules = OutcomeRules(source=source, silence_days=20, grace_days=5, regular_weeks=2, regular_of=4)
    days = [first + (last - first) * part for part in (0.55, 0.8)]
    panels = [looked_back(company, day, rules) for day in days]
    assert sum(map(len, panels)) > 3
