"""Scores, coverage, newcomers, tiers and changes by hand."""

from __future__ import annotations

from datetime import date

import pytest

from . import onboarding, tiers
from .card import TIERS, Card, Milestone, Settings, default, four_inputs, init_milestones
from .change import split_change
from .company import Company
from .onboarding import Blend
from .scoring import _weighted_mean, score_company
from .stories import START, at, day, event, score, ticket
from .view import View

FOUR = (0.30, 0.25, 0.25, 0.20)


def test_worked_example() -> None:
    points = _weighted_mean(list(zip(FOUR, (72.0, 45.0, 80.0, 65.0), strict=True)))
    assert points == pytest.approx(65.85, abs=1e-12)
    assert tiers.name(points, default()) == "yellow"
    assert tiers.grade(points) == "D"


def test_weight_moves_to_the_siblings() -> None:
    # Usage 72 and support 65 alone: (0.3 * 72 + 0.2 * 65) / 0.5.
    assert _weighted_mean([(0.3, 72.0), (0.25, None), (0.25, None), (0.2, 65.0)]) == pytest.approx(69.2)
    assert _weighted_mean([(0.0, 50.0)]) is None


def account_of_support_and(*more: str) -> Company:
    """28 days old with a ticket, and one `track` event of each name."""
    return Company(events=[event(0, name=name) for name in more], tickets=[ticket("t", 0, 0.5)])


def test_exactly_half_is_scored() -> None:
    # A card of two halves, of which only support has a score.
    halves = Settings(
        card=Card({name: (0.5, default().dimensions[name][1]) for name in ("support_signals", "sentiment")})
    )
    row = score(account_of_support_and(), 28, halves)
    assert (row["coverage"], row["tier"]) == (0.5, "green")
    assert row["score"] == row["dim_support_signals"] == 100
    # On the default card support is a fifth.
    row = score(account_of_support_and(), 28)
    assert (row["coverage"], row["tier"], row["tier_shown"], row["score"]) == (
        pytest.approx(0.2),
        "unscored",
        "unscored",
        None,
    )
    assert row["grade"] is None
    assert row["confidence"] == pytest.approx(0.2 * 29 / 84)
    assert row["dim_support_signals"] == 100


def test_a_whole_score_by_hand() -> None:
    """`four-inputs` on day 30: velocity and consistency null, everything else by hand."""
    company = Company(
        accounts=[{"account_id": "a", "seats": 4}],
        events=[event(0, "u1"), event(0, "u2"), event(0, "u1", "view", 13), event(10, "u1")],
        tickets=[ticket("t", 0, 1), ticket("b", 0, 1, account_id="b")],
    )
    settings = Settings(card=four_inputs())
    # Day 30, window 3..30: active 1 of 4 against 2 of 4: 50. Sessions: u1's noon and 13:00 on day 0 are two runs, so
    # 3 on day 0 and 1 on day 10: 1 against 4: 25. Core actions 1 against 4: 25. Depth 1 against 4/4 = 1: 100.
    usage = (50 + 25 + 25 + 100) / 4
    # Two features in the workspace, one used: 0. Support: volume 100 (0 tickets, 1 before), resolution null (29 days).
    row = score(company, 30, settings)
    assert row["dim_product_usage"] == pytest.approx(usage)
    assert row["dim_engagement_trends"] is None
    assert row["dim_feature_adoption"] == 0
    assert row["dim_support_signals"] == 100
    assert row["coverage"] == pytest.approx(0.75)
    assert row["score"] == pytest.approx((0.3 * usage + 0.25 * 0 + 0.2 * 100) / 0.75)
    assert row["confidence"] == pytest.approx(0.75 * 31 / 84)

    _, rows = score_company(company, settings, day(30))
    mine = [line for line in rows if line["account_id"] == "a" and line["weight"] is not None]
    assert {line["signal"]: line["weight"] for line in mine} == pytest.approx(
        {
            **dict.fromkeys(("active_user_ratio", "session_frequency", "core_actions", "depth"), 0.3 / 0.75 / 4),
            "adoption": 0.25 / 0.75,
            "volume": 0.2 / 0.75,
        }
    )
    assert sum(line["contribution"] for line in mine) == pytest.approx(row["score"])


def test_without_milestones_new_to_age_27() -> None:
    company = account_of_support_and("x", "y")
    halves = Settings(card=Card({"support_signals": default().dimensions["support_signals"]}))
    early, late = score(company, 27, halves), score(company, 28, halves)
    assert (early["lifecycle"], early["score"], early["tier"], early["coverage"]) == ("new", None, "unscored", 1.0)
    assert (late["lifecycle"], late["score"]) == ("behavioural", 100)


MILESTONES = [Milestone("setup", 7, 1.0, ["setup"]), Milestone("invited", 14, 3.0), Milestone("late", 30, 1.0)]


def newcomer(
    number: int, milestones: list[Milestone], company: Company
) -> tuple[float | None, float | None, float | None]:
    """Done, due and score of onboarding on that day."""
    rows, signals = score_company(company, Settings(milestones=milestones), day(number))
    row = next((line for line in signals if line["signal"] == "milestones"), None)
    return (None, None, rows[0]["dim_onboarding"]) if row is None else (row["value"], row["baseline"], row["score"])


def test_onboarding() -> None:
    company = Company(
        accounts=[{"account_id": "a", "created_at": at(0)}],
        events=[event(0, name="open"), event(20, name="setup", type="identify")],
        milestones=[{"account_id": "a", "name": "late", "reached_at": at(3)}],
    )
    assert newcomer(2, MILESTONES, company) == (None, None, None), "nothing due or done"
    assert newcomer(3, MILESTONES, company) == (1, 1, 100), "done before it is due"
    assert newcomer(7, MILESTONES, company) == (1, 2, 50)
    assert newcomer(14, MILESTONES, company) == (1, 5, 20)
    assert newcomer(20, MILESTONES, company) == (2, 5, 40), "reached late is done"


def test_derived_milestones() -> None:
    company = Company(
        events=[
            event(0, "u1", "x"),
            event(1, None, "x"),
            event(2, "u2", "y", type="page"),
            event(3, "u2", "y"),
            event(4, "u3", type="alias"),
            event(5, "u3", "x"),
        ]
    )
    view_day = dict.fromkeys(("first_core_action", "second_feature", "third_active_user"))
    settings = Settings(milestones=init_milestones())
    for milestone in settings.milestones[2:]:
        for number in range(6):
            rows = list(score_company(company, Settings(milestones=[milestone]), day(number))[1])
            done = [row["value"] for row in rows if row["signal"] == "milestones"]
            if done == [1] and view_day[str(milestone.derived)] is None:
                view_day[str(milestone.derived)] = number
    assert view_day == {"first_core_action": 0, "second_feature": 3, "third_active_user": 5}


def view_of_age(age: int, milestones: list[Milestone]) -> View:
    """An account that was created so many days ago."""
    company = Company(accounts=[{"account_id": "a", "created_at": at(0)}], events=[event(0)])
    from .scoring import History

    return History(company, Settings(milestones=milestones)).at(day(age)).view("a")


@pytest.mark.parametrize(
    ("age", "newcomer_score", "dimensions", "covered", "expected"),
    [
        (59, 80.0, 20.0, 1.0, Blend(80.0, 1.0, 1.0, 0.0)),
        (60, 80.0, 20.0, 1.0, Blend(80.0, 1.0, 1.0, 0.0)),
        (75, 80.0, 20.0, 1.0, Blend(50.0, 1.0, 0.5, 0.5)),
        (75, 80.0, 20.0, 0.4, Blend(80.0, 0.7, 1.0, 0.0)),  # behavioural is null below its own min_coverage
        (75, None, 20.0, 1.0, Blend(20.0, 0.5, 0.0, 1.0)),  # exactly half
        (74, None, 20.0, 1.0, Blend(None, 14 / 30, 0.0, 0.0)),
        (59, None, 20.0, 1.0, Blend(None, 0.0, 0.0, 0.0)),
        (90, 80.0, 20.0, 0.6, Blend(20.0, 0.6, 0.0, 1.0)),
        (90, 80.0, 20.0, 0.4, Blend(None, 0.4, 0.0, 0.0)),
    ],
)
def test_blend(age: int, newcomer_score: float | None, dimensions: float, covered: float, expected: Blend) -> None:
    blend = onboarding.blend(view_of_age(age, MILESTONES), newcomer_score, dimensions, covered)
    assert blend.score == pytest.approx(expected.score)
    assert (blend.coverage, blend.onboarding, blend.behavioural) == pytest.approx(
        (expected.coverage, expected.onboarding, expected.behavioural)
    )


def test_lifecycle() -> None:
    never_due = [Milestone("someday", 400)]
    assert [
        score(Company(events=[event(0)]), n, Settings(milestones=never_due))["lifecycle"] for n in (59, 60, 90, 91)
    ] == [
        "new",
        "onboarding",
        "onboarding",
        "behavioural",
    ]
    due = Settings(milestones=[Milestone("setup", 7)])
    assert [score(Company(events=[event(0)]), n, due)["lifecycle"] for n in (6, 7)] == ["new", "onboarding"]


def test_tiers() -> None:
    card = default()
    assert [tiers.name(points, card) for points in (75.0, 74.99, 45.0, 44.99, None)] == [
        "green",
        "yellow",
        "yellow",
        "red",
        "unscored",
    ]
    assert tiers.name(75 - 1e-12, card) == "green", "lines compare 9 decimals"
    assert [tiers.grade(points) for points in (90.0, 89.9, 79.9, 69.9, 59.9, None)] == ["A", "B", "C", "D", "F", None]
    letters = Card(card.dimensions, tier_names=TIERS["letters"][0], tier_lines=TIERS["letters"][1])
    assert [tiers.name(points, letters) for points in (95.0, 80.0, 65.0, 0.0)] == ["A", "B", "D", "F"]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([80, 74, 74, 74], "green green green yellow"),  # on the third day beyond the line
        ([80, 73, 76], "green yellow yellow"),  # 2 points past it at once; back needs 77
        ([80, 73, 77], "green yellow green"),
        ([80, 74, 76, 74, 74], "green green green green green"),
        ([80, 44, 44, 44], "green yellow yellow red"),  # past 75 by far, past 45 by 1
        ([80, 43], "green red"),
        ([80, 74, None, 74], "green green unscored yellow"),
        ([80, None, 76, 74, 74], "green unscored green green green"),
        ([40, 46, 46, 46], "red red red yellow"),
        ([40, 46, 46, 76], "red red red yellow"),  # three days beyond 45, one beyond 75
        ([40, 76, 76], "red yellow yellow"),
        ([40, 77], "red green"),
        ([75, 73 + 1e-12], "green yellow"),
    ],
)
def test_hysteresis(scores: list[float | None], expected: str) -> None:
    assert tiers.shown(scores, default()) == expected.split()


def test_tier_shown_does_not_depend_on_the_days_asked_for() -> None:
    company = Company(accounts=[{"account_id": "a", "seats": 2}], events=[event(n % 40 * 1.0) for n in range(40)])
    settings = Settings(features={"f": ["edit"], "g": ["g"]})
    rows, signals = score_company(company, settings, day(120), START)
    assert [row["as_of"] for row in rows] == [day(n) for n in range(121)]
    assert score_company(company, settings, day(100), day(90))[0] == rows[90:101]
    assert {line["as_of"] for line in signals} == {row["as_of"] for row in rows}


def line(signal: str, points: float | None, weight: float | None) -> dict[str, object]:
    """A signal row of dimension `d`."""
    contribution = None if points is None or weight is None else points * weight
    return {"dimension": "d", "signal": signal, "score": points, "weight": weight, "contribution": contribution}


def test_split_change() -> None:
    before = [line("x", 80.0, 0.5), line("y", 60.0, 0.5), line("z", None, None)]
    after = [line("x", 40.0, 0.4), line("y", 60.0, 0.4), line("z", 10.0, 0.2)]
    change = split_change(before, after)
    # x: 0.45 * -40; weights: -0.1 * 60 (x) - 0.1 * 60 (y) + 0.2 * 10 (z).
    assert change.signals == pytest.approx({("d", "x"): -18, ("d", "y"): 0, ("d", "z"): 0})
    assert change.weights == pytest.approx(-10)
    assert change.total == pytest.approx(42 - 70)


def test_a_change_of_card_comes_first() -> None:
    before = [line("x", 80.0, 0.5), line("y", 60.0, 0.5)]
    under_new_card = [line("x", 80.0, 0.25), line("y", 60.0, 0.75)]
    after = [line("x", 40.0, 0.25), line("y", 60.0, 0.75)]
    change = split_change(before, after, under_new_card)
    assert (change.card, change.weights, change.total) == pytest.approx((-5, 0, -15))
    assert change.signals["d", "x"] == pytest.approx(-10)


def test_no_change_to_split() -> None:
    scored, unscored = [line("x", 80.0, 1.0)], [line("x", 80.0, None)]
    assert split_change(scored, unscored).unscored == ("after",)
    assert split_change(unscored, unscored).unscored == ("before", "after")


def test_leap_day_is_a_day() -> None:
    rows, _ = score_company(Company(events=[event(58)]), Settings(), date(2024, 3, 1), date(2024, 2, 28))
    assert [row["as_of"] for row in rows] == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
