"""Roll-ups are the same however the events came in and however they are cut into passes."""

from __future__ import annotations

import random
from datetime import date

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from inventing import Shape, invent
from reference import Company, Settings, comprehensive
from reference.company import Row
from reference.stories import event
from stores import Bench, Exact, bench, exact, unlike

from weatherglass.engine import DuckDB
from weatherglass.rollups import calendar, segments

LAST = date(2024, 12, 31)


def rolled(one: Bench) -> dict[str, Exact]:
    one.score(LAST)
    return one.rollups()


def at_once(events: list[Row], users: list[Row] | None = None) -> dict[str, Exact]:
    with bench(Settings()) as one:
        one.load(Company(events=events, users=users or []))
        return rolled(one)


def alike(mine: dict[str, Exact], theirs: dict[str, Exact]) -> None:
    for name, rows in theirs.items():
        difference = unlike(mine[name], rows)
        assert not difference, f"{name}: {difference}"


@pytest.mark.parametrize(("seed", "most"), [(1, 1), (2, 40)])
def test_a_pass_is_of_any_size(seed: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store too large for one pass is rolled up in several, a huge file in stretches of time."""
    company = invent(Shape(seed=seed, accounts=3, days=40, events=25, zone="America/Havana"))
    settings = Settings(card=comprehensive(), key_features=["edit"])
    told = []
    for size in (segments.CHUNK_ROWS, most):
        monkeypatch.setattr(segments, "CHUNK_ROWS", size)
        with bench(settings, company.zone) as one:
            one.load(company)
            told.append((rolled(one), one.history()))
    alike(told[0][0], told[1][0])
    assert not unlike(told[0][1], told[1][1])


@pytest.mark.parametrize("zone", ["UTC", "America/Havana"])
def test_files_are_counted_apart_only_where_they_share_no_day(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three files of each of eight days, by the day of UTC: in Havana the evening of each is of the next file's."""
    monkeypatch.setattr(segments, "PART_ROWS", 1)
    chance = random.Random(3)
    days = [[event(day, f"u{n % 3}", "edit", chance.random() * 24) for n in range(30)] for day in range(8)]
    with bench(Settings(), zone) as apart, bench(Settings(), zone) as whole:
        for events in days:
            for part in range(3):
                apart.load(Company(events=events[part::3]))
        [[together]] = segments.chunks(segments.unrolled(apart.store.engine))
        assert [len(part.segments) for part in together.parts()] == [3] * 8
        whole.load(Company(events=[one for events in days for one in events]))
        alike(rolled(apart), rolled(whole))


def test_more_features_than_a_word_has_bits() -> None:
    """Features are numbered as they are met: the 65th comes with a later load, on days that are rolled up already."""
    chance = random.Random(1)
    names = [f"feature {number:03}" for number in range(150)]
    events = [
        event(chance.randrange(60), f"u{number % 7}", name, chance.random() * 24)
        for number, name in enumerate(names * 3)
    ]
    parts = [events[:40], events[40:70], events[70:300], events[300:]]
    with bench(Settings()) as slowly, bench(Settings()) as whole:
        for part in parts:
            slowly.load(Company(events=part))
            slowly.score(LAST)
        whole.load(Company(events=events))
        alike(rolled(slowly), rolled(whole))
        assert len(whole.rollups()["feature_days"]) == len({(row["timestamp"].date(), row["name"]) for row in events})
        (mine,), (theirs,) = (
            slowly.rows(date(2024, 2, 15), date(2024, 2, 15))[:1],
            whole.rows(date(2024, 2, 15), date(2024, 2, 15))[:1],
        )
        assert exact(mine) == exact(theirs)


# Whose events they are


def call(number: float, account: str, **more: object) -> Row:
    return {**event(number, "stray", "joined"), "account_id": account, "type": "group", **more}


def stray(number: float, name: str = "edit") -> Row:
    return {**event(number, "stray", name), "account_id": None}


@pytest.mark.parametrize("seed", range(2))
def test_group_calls_and_users_may_come_after_the_events_they_place(seed: int) -> None:
    events = [stray(number) for number in (1, 2, 5, 9, 14)]
    calls = [call(2, "acme"), call(6, "zeta"), call(12, "acme")]
    users = [{"user_id": "stray", "account_id": "first"}]
    pieces = [Company(events=[one]) for one in (*events, *calls)] + [Company(users=users)]
    random.Random(seed).shuffle(pieces)
    with bench(Settings()) as one:
        for piece in pieces:
            one.load(piece)
            one.score(LAST)
        alike(rolled(one), at_once([*events, *calls], users))
        days = {row[0]: row[1] for row in one.rollups()["account_days"] if row[2] != "0"}
        assert days.keys() == {"'first'", "'acme'", "'zeta'"}


def test_a_group_call_whose_earlier_self_arrives_no_longer_holds_at_the_later_time() -> None:
    """The call of the 10th was the copy of one of the 2nd, into another account."""
    events = [stray(number) for number in (1, 5, 12)]
    late, early = call(10, "zeta", message_id="m"), call(2, "acme", message_id="m")
    with bench(Settings()) as one:
        for part in ([*events, late], [early]):
            one.load(Company(events=part))
            one.score(LAST)
        alike(rolled(one), at_once([*events, early]))
        assert {row[0] for row in one.rollups()["account_days"]} == {"'acme'"}


def test_a_group_call_that_another_event_makes_too_still_holds() -> None:
    events = [stray(number) for number in (1, 5, 12)]
    twin = call(10, "zeta")
    late, early = call(10, "zeta", message_id="m"), call(2, "acme", message_id="m")
    with bench(Settings()) as one:
        for part in ([*events, late], [twin], [early]):
            one.load(Company(events=part))
            one.score(LAST)
        alike(rolled(one), at_once([*events, twin, early]))


def test_a_user_of_two_accounts_is_nobodys_without_a_call() -> None:
    users = [{"user_id": "stray", "account_id": name} for name in ("acme", "zeta")]
    events = [stray(1), stray(3), event(2, "u1")]
    with bench(Settings()) as one:
        one.load(Company(events=events, users=users[:1]))
        one.score(LAST)
        assert {row[0] for row in one.rollups()["account_days"]} == {"'a'", "'acme'"}
        one.load(Company(users=users[1:]))
        one.score(LAST)
        assert {row[0] for row in one.rollups()["account_days"]} == {"'a'"}
        alike(rolled(one), at_once(events, users))
        assert one.store.engine.row("SELECT sum(events) FROM nobody_days") == (2,)
        # who is gone from the roll-ups is gone from the history
        assert {row[0] for row in one.history()} == {"'a'"}


# What the steps compute with


@given(words=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 2**8 - 1), min_size=1, max_size=20))
@drawn(30)
def test_sessions_are_unbroken_runs_of_slots(words: list[int]) -> None:
    engine = DuckDB()
    calendar.define(engine, "UTC")
    found = [engine.row(f"SELECT runs(CAST({word} AS UBIGINT))")[0] for word in words]
    assert found == [len(f"{word:b}".replace("0", " ").split()) for word in words]
    engine.close()
