"""What all accounts have in common moves all of them when it moves: ranks, the fleet, what there is to adopt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from inventing import Shape, invent
from reference import Company, Settings, default
from reference.company import Row
from reference.stories import at, event
from stores import Bench, bench, unlike

from weatherglass.jobs.errors import UnknownAccount
from weatherglass.jobs.views.explaining import explain

LAST = date(2024, 4, 30)


def ranked() -> Settings:
    """A card that ranks an account's sessions among those of its region."""
    card = default()
    weight, signals = card.dimensions["product_usage"]
    card.dimensions["product_usage"] = (weight, {**signals, "session_frequency": (1.0, ("percentile", "region"))})
    return Settings(card=card)


def company(accounts: int = 5) -> Company:
    made = invent(Shape(seed=11, accounts=accounts, days=100, events=120, busy=True, quirks=frozenset()))
    made.accounts = [
        {"account_id": name, "region": "north"} for name in sorted({row["account_id"] for row in made.events})
    ]
    return made


def as_from_scratch(settings: Settings, *parts: Company) -> None:
    """A store that is given part after part, and scored after each, says what one says that got them all at once."""
    with bench(settings) as slowly, bench(settings) as at_once:
        for part in parts:
            slowly.load(part)
            slowly.score(LAST)
            at_once.load(part)
        at_once.score(LAST)
        difference = unlike(slowly.history(), at_once.history())
        assert not difference, difference


def test_a_late_event_of_one_moves_the_ranks_of_all() -> None:
    as_from_scratch(ranked(), company(), Company(events=[event(60, "x", account_id="acme", hour=h) for h in range(24)]))


def test_a_move_to_another_cohort_moves_both_cohorts() -> None:
    """The column decides numbers here, which it does on no card that comes with the product."""
    as_from_scratch(ranked(), company(), Company(accounts=[{"account_id": "acme", "region": "south"}]))


def test_a_feature_that_anybody_uses_is_there_for_everybody() -> None:
    as_from_scratch(Settings(), company(), Company(events=[event(50, "x", "a new one", account_id="acme")]))


def test_the_first_ticket_of_all_gives_everybody_a_support_score() -> None:
    alone = company()
    alone.tickets = []
    as_from_scratch(Settings(), alone, Company(tickets=[{"ticket_id": "t", "account_id": "acme", "opened_at": at(70)}]))


def fleet() -> Company:
    """Enough busy accounts for a median of their growth."""
    rows: list[Row] = [
        event(number, f"u{place}", account_id=f"account {place:02}", hour=6 + place % 12)
        for place in range(22)
        for number in range(place % 3, 95)
    ]
    return Company(events=rows)


def test_a_late_burst_of_some_moves_the_fleet() -> None:
    burst = [event(80, "x", account_id=f"account {place:02}", hour=3) for place in range(22) for _ in range(40)]
    as_from_scratch(Settings(), fleet(), Company(events=burst))


def test_an_account_that_is_nobodys_after_all_leaves_the_fleet() -> None:
    """Its events named only their user, who turns out to be in two accounts: 19 others have no median."""
    busy = fleet()
    busy.events = [row for row in busy.events if row["account_id"] < "account 19"]
    guest = [{**event(number, "guest"), "account_id": None} for number in range(95)]
    user = {"user_id": "guest", "account_id": "home"}
    busy.users = [user]
    busy.events += guest
    as_from_scratch(Settings(), busy, Company(users=[{**user, "account_id": "other"}]))


# Where the history ends


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Bench]:
    with Bench(tmp_path, Settings()) as one:
        one.load(company())
        one.score(LAST)
        yield one


Asked = Callable[[Bench, date], object]


@pytest.mark.parametrize(
    "asked",
    [lambda one, day: explain(one.store, "acme", day), lambda one, day: explain(one.store, "acme", LAST, day)],
    ids=["the day", "the day before"],
)
def test_a_day_that_is_not_scored_yet_is_not_explained(asked: Asked, known: Bench) -> None:
    with pytest.raises(UnknownAccount, match="2024-05-01 is not scored yet"):
        asked(known, LAST + timedelta(days=1))
    assert known.rows(LAST, LAST + timedelta(days=30))[0] == known.rows(LAST, LAST)[0]


def test_scoring_an_earlier_day_takes_nothing_away(known: Bench) -> None:
    history = known.history()
    run = known.score(LAST - timedelta(days=20))
    assert run is not None
    assert (run.as_of, run.update.rows) == (LAST - timedelta(days=20), 0)
    assert known.history() == history
