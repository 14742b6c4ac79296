"""Facts that are gathered of all accounts say what a search through the store says, to the bit."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from inventing import Shape, invent
from reference import Company, Settings
from reference.card import comprehensive, init_milestones
from reference.stories import at
from stores import Bench, bench

from weatherglass.jobs.scoring import gathered
from weatherglass.jobs.scoring.fact_reader import FactReader
from weatherglass.jobs.scoring.facts import NAMES, query
from weatherglass.jobs.scoring.gathered import Gathered
from weatherglass.jobs.scoring.kept_days import KeptDays
from weatherglass.jobs.scoring.narrow import FAR, Narrow
from weatherglass.jobs.views.drivers import drivers
from weatherglass.jobs.views.explaining import explain
from weatherglass.jobs.views.reasons import reasons
from weatherglass.jobs.views.standing import tiers_by_version
from weatherglass.rollups import calendar

LAST = date(2024, 4, 9)
BEFORE = LAST - timedelta(days=28)
WHOLE = st.sampled_from([*map(int, FAR), 0, 7, -3, 19_000, 2**31, 2**62])


@given(
    st.one_of(
        st.lists(WHOLE).map(lambda values: pa.array(values, pa.int64())),
        st.lists(st.integers(-(2**31), 2**31 - 1)).map(lambda values: pa.array(values, pa.int32())),
        st.lists(st.floats() | st.sampled_from([0.5, 3.0])).map(lambda values: pa.array(values, pa.float64())),
        st.lists(st.sampled_from(["", "a", "Ünion", "b"])).map(lambda values: pa.array(values, pa.string())),
    )
)
@drawn(150)
def test_a_narrow_column_gives_its_values_again(column: pa.Array) -> None:
    rows = np.arange(len(column))[::-1]
    found = Narrow.of(pa.chunked_array([column[:3], column[3:]], column.type)).take(rows)
    assert list(map(repr, found.tolist())) == list(map(repr, column.to_pylist()[::-1]))


def test_days_take_little_room_though_some_are_far() -> None:
    days = pa.chunked_array([pa.array([19_000, 19_364, *map(int, FAR)] * 100, pa.int64())])
    assert Narrow.of(days).nbytes == 2 * len(days)


SETTINGS = Settings(
    card=comprehensive(),
    core_actions=["edit"],
    features={"Editing": ["edit"], "API": ["api call"]},
    key_features=["Editing", "API"],
    milestones=init_milestones(),
)


@pytest.fixture(scope="module", params=[3, 5])
def scored(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = invent(Shape(seed=request.param, accounts=6, days=100, events=60, zone="Asia/Tokyo", busy=True))
    with bench(SETTINGS, made.zone) as one:
        one.load(made)
        one.score(LAST)
        yield one


def at_hand_of(one: Bench) -> KeptDays:
    made = KeptDays(lasting=True)
    made.gather(one.store, one.project)
    made.past(one.store, lambda: tiers_by_version(one.store))
    assert None not in made.made(one.store, one.project)
    return made


def told(one: Bench, at_hand: KeptDays | None) -> list[str]:
    """Why accounts stand where they do, in all the ways that pages tell it."""
    store, days = one.store, (LAST, BEFORE)
    names = [name for (name,) in store.engine.rows('SELECT account_id FROM account_ids ORDER BY "account_id"')]
    here = [name for name in names if store.engine.rows(_THERE, [name, calendar.number(BEFORE)])]
    assert here
    found = [repr(explain(store, name, *days, at_hand)) for name in here]
    found += [
        repr(explain(store, name, LAST - timedelta(days=back), None, at_hand)) for name in here for back in (3, 9)
    ]
    found += [repr(sorted(drivers(store, some, *days, at_hand).items())) for some in (here, here[1::2])]
    return [*found, repr(sorted(reasons(store, names, *days, at_hand).items()))]


_THERE = "SELECT 1 FROM scores INNER JOIN account_ids AS n USING (account) WHERE n.account_id = ? AND day = ?"


def rows(reader: FactReader, name: str) -> list[tuple[str, ...]]:
    columns = {column: np.ma.getdata(values) for column, values in reader.rows(name).items() if column != "user_id"}
    types = [str(values.dtype) for values in columns.values()]
    cells = zip(*(map(repr, values.tolist()) for values in columns.values()), strict=True)
    return [tuple(columns), tuple(types), *sorted(cells)]


def test_what_is_gathered_is_what_a_search_finds(scored: Bench) -> None:
    engine, draw = scored.store.engine, random.Random(8)
    whole = Gathered.read(scored.store, scored.project)
    numbers = [number for (number,) in engine.rows("SELECT account FROM account_ids")]
    filled = set()
    for name in NAMES:
        for _ in range(4):
            only = np.array(draw.sample(numbers, draw.randint(1, len(numbers))), np.int64)
            found = rows(FactReader(engine, only, whole), name)
            assert found == rows(FactReader(engine, only), name), name
            filled |= {name} if len(found) > 2 else set()
        assert whole.count(name) == engine.row(f"SELECT count(*) FROM ({query(name)})")[0]
    assert len(filled) >= 8


def test_pages_tell_the_same_of_what_is_gathered(scored: Bench) -> None:
    assert told(scored, at_hand_of(scored)) == told(scored, None)


def test_what_does_not_fit_is_looked_for(scored: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MOST_BYTES", 600)
    monkeypatch.setattr(gathered, "MOST_ROWS", 100)
    assert told(scored, at_hand_of(scored)) == told(scored, None)


def test_facts_that_come_later_count() -> None:
    """Between a change and the next scores the accounts that it concerns are looked for, and all others are not."""
    made = invent(Shape(seed=7, accounts=3, days=100, events=60, busy=True, quirks=frozenset()))
    late = {"ticket_id": "late", "account_id": "acme", "opened_at": at(60), "severity": "urgent"}
    with bench(SETTINGS) as one:
        one.load(made)
        one.score(LAST)
        at_hand, first = at_hand_of(one), told(one, None)
        one.load(Company(tickets=[late], surveys=[{**row, "score": 1} for row in made.surveys[:3]]))
        assert at_hand.made(one.store, one.project)[0] is not None
        assert told(one, at_hand) == told(one, None) != first
        one.score(LAST)
        assert at_hand.made(one.store, one.project) == (None, None)
        at_hand.gather(one.store, one.project)
        at_hand.past(one.store, lambda: tiers_by_version(one.store))
        assert None not in at_hand.made(one.store, one.project)
        assert told(one, at_hand) == told(one, None) != first
        one.load(Company(users=[{"user_id": "new", "account_id": "newcomer"}], invoices=_owed("newcomer", "acme")))
        one.score(LAST)
        assert told(one, at_hand) == told(one, None)


def _owed(*accounts: str) -> list[dict[str, object]]:
    return [
        {"invoice_id": f"owed {name}", "account_id": name, "issued_at": at(20), "amount": 9, "status": "open"}
        for name in accounts
    ]
