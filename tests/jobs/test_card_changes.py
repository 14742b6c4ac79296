"""The history says what was said on the day: a change of card counts from a day on, and explains itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from inventing import FEATURES, Shape, invent
from reference import Company, Settings, default, init_milestones
from reference import tiers as reference_tiers
from settings_file import write_settings
from stores import Bench, Exact, bench, exact, unlike

from weatherglass.config import FILE_NAME
from weatherglass.jobs.scoring.run import Run
from weatherglass.jobs.views.explaining import explain

FIRST, LAST = date(2024, 4, 1), date(2024, 5, 20)


def settings(usage: float = 0.30, support: float = 0.20, **more: float) -> Settings:
    """The default card with other weights."""
    card = default()
    for name, weight in {"product_usage": usage, "support_signals": support, **more}.items():
        card.dimensions[name] = (weight, card.dimensions[name][1])
    return Settings(card=card, features=FEATURES, core_actions=["edit", "view"])


def company(seed: int = 3) -> Company:
    return invent(Shape(seed=seed, accounts=5, days=140, events=140, busy=True, quirks=frozenset()))


def configured(one: Bench, changed: Settings) -> None:
    write_settings(changed, one.folder / FILE_NAME)


def scored(one: Bench, as_of: date, since: date | None = None) -> Run:
    run = one.score(as_of, since)
    assert run is not None
    return run


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Bench]:
    """A company scored up to FIRST with the first card."""
    with Bench(tmp_path, settings()) as one:
        one.load(company())
        scored(one, FIRST)
        yield one


def versions(one: Bench) -> dict[date, set[str]]:
    """The card versions in the history, day by day."""
    rows = one.store.engine.rows(
        "SELECT s.day, c.scorecard_version FROM scores AS s JOIN scorecards AS c USING (version)"
    )
    found: dict[date, set[str]] = {}
    for number, version in rows:
        found.setdefault(date(1970, 1, 1) + timedelta(days=number), set()).add(version)
    return found


def version_of(one: Bench, changed: Settings) -> str:
    configured(one, changed)
    return one.project.version(one.project.scorecards[0])


def before(rows: Exact, day: date) -> Exact:
    return [row for row in rows if int(row[1]) < (day - date(1970, 1, 1)).days]


def test_older_days_keep_their_rows_and_version(known: Bench) -> None:
    old, was = versions(known)[FIRST], known.history()
    new = version_of(known, settings(usage=0.9))
    run = scored(known, FIRST + timedelta(days=1))
    assert run.card_changed and run.again_from == FIRST + timedelta(days=1)
    assert versions(known)[FIRST + timedelta(days=1)] == {new} != old
    assert {version for day, found in versions(known).items() if day <= FIRST for version in found} == old
    assert before(known.history(), FIRST + timedelta(days=1)) == was
    assert not scored(known, FIRST + timedelta(days=2)).card_changed


def test_the_day_that_is_scored_again_has_the_new_card(known: Bench) -> None:
    was = known.history()
    new = version_of(known, settings(usage=0.9))
    scored(known, FIRST)
    assert versions(known)[FIRST] == {new}
    assert before(known.history(), FIRST) == before(was, FIRST)


def test_since_scores_older_days_with_the_new_card(known: Bench) -> None:
    was, since = known.history(), FIRST - timedelta(days=30)
    new = version_of(known, settings(usage=0.9))
    scored(known, LAST, since)
    with bench(settings(usage=0.9)) as scratch:
        scratch.load(company())
        scored(scratch, LAST)
        assert {day for day, found in versions(known).items() if found == {new}} == {
            day for day in versions(scratch) if day >= since
        }
        assert before(known.history(), since) == before(was, since)
        mine, theirs = (exact(one.rows(since, LAST)[0], frozenset({"tier_shown"})) for one in (known, scratch))
        assert not unlike(mine, theirs)
        # after three days of one raw tier, or an unscored day, nothing is left of the old card
        shown = [one.rows(since + timedelta(days=40), LAST)[0] for one in (known, scratch)]
        settled = [(a["tier_shown"], b["tier_shown"]) for a, b in zip(*shown, strict=True)]
        assert sum(mine == theirs for mine, theirs in settled) > 0.8 * len(settled)


def test_since_without_a_change_changes_nothing(known: Bench) -> None:
    was = known.history()
    run = scored(known, FIRST, FIRST - timedelta(days=30))
    assert not run.card_changed
    assert run.update.rows > 100
    assert not unlike(known.history(), was)


def test_a_late_fact_scores_older_days_with_their_own_card(known: Bench) -> None:
    version_of(known, settings(usage=0.9))
    scored(known, LAST)
    was = versions(known)
    day = FIRST - timedelta(days=40)
    late = company()
    late.events = [
        {**row, "message_id": None, "user_id": "late"} for row in late.events if row["timestamp"].date() == day
    ]
    known.load(late)
    scored(known, LAST)
    assert versions(known) == was
    with bench(settings()) as scratch:
        scratch.load(company())
        scratch.load(late)
        scored(scratch, LAST)
        change = LAST
        assert before(known.history(), change) == before(scratch.history(), change)


@given(
    seed=st.integers(0, 1000),
    days=st.lists(st.integers(0, 45), min_size=1, max_size=3, unique=True).map(sorted),
    weights=st.lists(st.sampled_from((0.05, 0.3, 1.0, 3.0)), min_size=3, max_size=3),
)
@drawn(5)
def test_the_shown_tier_goes_on_across_cards(seed: int, days: list[int], weights: list[float]) -> None:
    """It follows all scores as they were given, whatever card gave them."""
    with bench(settings()) as one:
        one.load(company(seed))
        scored(one, FIRST)
        for number, weight in zip(days, weights, strict=False):
            configured(one, settings(usage=weight, support=1.0 - weight / 4))
            scored(one, FIRST + timedelta(days=number))
        rows, _ = one.rows(date(2023, 6, 1), max(FIRST, FIRST + timedelta(days=days[-1])))
        assert len({row["scorecard_version"] for row in rows}) > 1
        for account in {row["account_id"] for row in rows}:
            mine = sorted((row for row in rows if row["account_id"] == account), key=lambda row: row["as_of"])
            expected = reference_tiers.shown([row["score"] for row in mine], default())
            assert [row["tier_shown"] for row in mine] == expected
        kept = one.history()
        scored(one, FIRST, FIRST - timedelta(days=200))
        scored(one, FIRST)
        assert one.history() != kept, "scoring everything again with the last card forgets the others"


@given(seed=st.integers(0, 1000), usage=st.floats(0.01, 5), support=st.floats(0.01, 5))
@drawn(3)
def test_a_change_across_cards_is_split_exactly(seed: int, usage: float, support: float) -> None:
    """The card, the signals and the moved weights add up to the change, and the card's part is the old day's twice."""
    earlier, later = FIRST - timedelta(days=20), FIRST + timedelta(days=1)
    with bench(settings()) as one, bench(settings(usage, support)) as other:
        for each in (one, other):
            each.load(company(seed))
            scored(each, FIRST)
        under_new = {row["account_id"]: row["score"] for row in other.rows(earlier, earlier)[0]}
        configured(one, settings(usage, support))
        scored(one, later)
        for row in one.rows(later, later)[0]:
            split = explain(one.store, row["account_id"], later, earlier)
            versus = split.versus
            assert versus is not None
            was, now = versus.before.score, split.day.score
            if versus.change is None:
                assert was is None or now is None or under_new[row["account_id"]] is None
                assert "unscored" in versus.unscored
                continue
            assert was is not None and now is not None and versus.card_points is not None
            parts = [versus.card_points, *(move.points for move in versus.change.moves), versus.change.weights]
            assert math.isclose(math.fsum(parts), now - was, abs_tol=1e-9)
            assert versus.card_points == under_new[row["account_id"]] - was


def test_a_change_with_one_card_has_no_line_for_the_card(known: Bench) -> None:
    rows = [row for row in known.rows(FIRST, FIRST)[0] if row["score"] is not None]
    assert rows
    for row in rows:
        split = explain(known.store, row["account_id"], FIRST, FIRST - timedelta(days=10))
        assert split.versus is not None
        assert split.versus.card_points is None
        if split.versus.change is not None:
            was, now = split.versus.before.score, split.day.score
            assert was is not None and now is not None
            assert math.isclose(split.versus.change.total, now - was, abs_tol=1e-9)


def test_an_unscored_day_says_why(known: Bench) -> None:
    rows = known.rows(FIRST, FIRST)[0]
    scored_one = next(row["account_id"] for row in rows if row["score"] is not None)
    first = min(row["as_of"] for row in known.rows(date(2023, 1, 1), FIRST)[0] if row["account_id"] == scored_one)
    young = explain(known.store, scored_one, FIRST, first).versus
    assert young is not None and young.change is None
    assert str(first) in young.unscored and "unscored" in young.unscored
    assert "new" in young.unscored


def test_an_account_without_usage_says_what_is_missing(known: Bench) -> None:
    silent = Company(
        accounts=[{"account_id": "silent", "created_at": company().events[0]["timestamp"].replace(month=1)}]
    )
    known.load(silent)
    scored(known, LAST)
    versus = explain(known.store, "silent", LAST, LAST - timedelta(days=5)).versus
    assert versus is not None and versus.change is None
    for day in (LAST, LAST - timedelta(days=5)):
        assert f"{day} is unscored" in versus.unscored
    assert "no data: engagement_trends, feature_adoption, product_usage" in versus.unscored
    assert "20% of the weight, 50% are needed" in versus.unscored


def test_another_product_makes_the_whole_history_again(known: Bench) -> None:
    """What the roll-ups are made of has changed: no older day can be what it was."""
    other = replace(settings(), core_actions=["share"], milestones=init_milestones())
    configured(known, other)
    run = scored(known, FIRST)
    assert run.card_changed and run.again_from is None
    with bench(other) as scratch:
        scratch.load(company())
        scored(scratch, FIRST)
        assert not unlike(known.history(), scratch.history())


def test_a_card_that_comes_back_is_the_card_it_was(known: Bench) -> None:
    old = versions(known)[FIRST]
    configured(known, settings(usage=0.9))
    scored(known, FIRST + timedelta(days=1))
    configured(known, settings())
    scored(known, FIRST + timedelta(days=2))
    assert versions(known)[FIRST + timedelta(days=2)] == old
    assert known.count("scorecards") == 2
