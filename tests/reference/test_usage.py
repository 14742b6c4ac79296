"""product_usage and engagement_trends by hand."""

from __future__ import annotations

import pytest

from .card import Card, Settings, default, four_inputs
from .company import Company, Row
from .stories import day, event, score, signal, subscription

AS_PUBLISHED = Settings(card=four_inputs())


def usage_card(name: str, scaling: object) -> Settings:
    """A card of one signal."""
    return Settings(card=Card(dimensions={"product_usage": (1.0, {name: (1.0, scaling)})}))  # type: ignore[dict-item]


def weeks(counts: list[int], first: int = 0) -> list[Row]:
    """So many core actions in each week, all on its first day."""
    return [event(first + 7 * week) for week, count in enumerate(counts) for _ in range(count)]


def test_active_user_ratio_against_its_peak() -> None:
    # Four users on day 0, two of them again on day 30: x(0) = 4/8, x(30) = 2/8.
    company = Company(
        accounts=[{"account_id": "a", "seats": 8}],
        events=[event(0, f"u{n}") for n in range(4)] + [event(30, "u0"), event(30, "u1")],
    )
    assert signal(company, "active_user_ratio", 0) == (0.5, 0.5, 100)
    assert signal(company, "active_user_ratio", 30) == (0.25, 0.5, 50)


def test_ratio_is_not_capped_and_uses_the_seats_of_its_day() -> None:
    # 4 users on 2 seats until the subscription of 16 seats starts on day 10.
    company = Company(
        accounts=[{"account_id": "a", "seats": 2}],
        events=[event(0, f"u{n}") for n in range(4)],
        subscriptions=[subscription("s", 10, 20, seats=16)],
    )
    assert signal(company, "active_user_ratio", 9) == (2.0, 2.0, 100)
    assert signal(company, "active_user_ratio", 10) == (0.25, 2.0, 12.5)
    assert signal(company, "active_user_ratio", 20) == (2.0, 2.0, 100), "an end on the day has ended"


def test_unknown_seats() -> None:
    company = Company(
        accounts=[{"account_id": "a", "seats": 0}], events=[event(0, "u1"), event(0, "u2"), event(40, "u1")]
    )
    assert signal(company, "active_user_ratio", 40) == (None, None, None)
    # As published: users so far are the seats: x(0) = 2/2, x(40) = 1/2.
    assert signal(company, "active_user_ratio", 40, AS_PUBLISHED) == (0.5, 1.0, 50)


def test_seats_of_several_subscriptions_add_up() -> None:
    company = Company(
        events=[event(0, "u1"), event(0, "u2"), event(0, "u3")],
        subscriptions=[subscription("s", 0, seats=4), subscription("t", 0, seats=2), subscription("v", 0, seats=0)],
    )
    assert signal(company, "active_user_ratio", 0) == (0.5, 0.5, 100)


def test_sessions_are_runs_of_slots() -> None:
    # Slots of u1: 0 (00:00, 00:22), 1 (00:22:30), 3 (01:07:30) -> 2 runs; of u2: slot 3 -> 1 run.
    times = [("u1", 0.0), ("u1", 22 / 60), ("u1", 0.375), ("u1", 1.125), ("u2", 1.2)]
    company = Company(events=[event(0, user, hour=hour) for user, hour in times])
    assert signal(company, "session_frequency", 0, AS_PUBLISHED) == (3, 3, 100)
    # depth: 5 events / 3 sessions, on a day with 2 events in 1 session: 7/4 of a peak of 7/4.
    assert signal(company, "depth", 0, AS_PUBLISHED) == (5 / 3, 5 / 3, 100)


def test_a_session_does_not_pass_midnight_of_the_zone() -> None:
    # 00:00 in Kolkata is 18:30 UTC: one run of two slots on either side of it is two sessions.
    rows = [event(0, hour=18.49), event(0, hour=18.5)]
    assert signal(Company(events=rows), "session_frequency", 0, AS_PUBLISHED)[0] == 1
    assert signal(Company(zone="Asia/Kolkata", events=rows), "session_frequency", 1, AS_PUBLISHED)[0] == 2


def test_gone_silent_is_zero_and_never_is_null() -> None:
    company = Company(events=[event(0), event(0, None, account_id="b", name="job")])
    assert signal(company, "session_frequency", 28, AS_PUBLISHED) == (0, 1, 0)
    assert signal(company, "depth", 28, AS_PUBLISHED) == (None, 1, 0)
    assert signal(company, "session_frequency", 28, AS_PUBLISHED, account="b") == (0, 0, None)
    assert signal(company, "core_actions", 0, AS_PUBLISHED, account="b") == (1, 1, 100), "without a user: core action"


def test_a_peak_is_forgotten_after_a_year() -> None:
    # Four core actions on day 0 count in x(0)..x(27); day 27 is within D-364..D until D = 391.
    company = Company(events=[event(0)] * 4 + [event(380)])
    assert signal(company, "core_actions", 391, AS_PUBLISHED) == (1, 4, 25)
    assert signal(company, "core_actions", 392, AS_PUBLISHED) == (1, 1, 100)


def test_median_grace() -> None:
    # Weeks of day 0-55: 4, 4, 4, 8, 8, 8, 8, 8; D = 83, so D-83..D-28 is days 0..55: M = 8.
    # Days 63..83 hold 12: m = 4, s = 100 * 4 / 6.8.
    company = Company(events=weeks([4, 4, 4, 8, 8, 8, 8, 8, 0, 4, 4, 4]))
    value, baseline, points = signal(company, "core_actions", 83)
    assert (value, baseline) == (4, 8)
    assert points == pytest.approx(58.8235294117647)
    assert signal(company, "core_actions", 54)[2] is None, "55 days of history"


def test_median_grace_without_a_median() -> None:
    company = Company(events=[event(0), event(100)])
    assert signal(company, "core_actions", 99) == (0, 0, 0)
    assert signal(company, "core_actions", 100) == (1 / 3, 0, 100)


def test_median_grace_of_a_ratio_takes_means() -> None:
    # 2 of 4 seats active on every day 0..55, then 1 of 4: x = 0.5 for d in 0..82 and less only when both leave.
    company = Company(
        accounts=[{"account_id": "a", "seats": 4}],
        events=[event(n, user) for n in range(56) for user in ("u1", "u2")] + [event(n) for n in range(56, 140)],
    )
    # D = 139: the last 21 days have x = 0.25; D-83..D-28 is days 56..111: x = 0.5 to day 82, 0.25 from 83.
    # Weekly means of days 56..: 0.5, 0.5, 0.5, then 77..83: (6 * 0.5 + 0.25) / 7, then 0.25 four times.
    # The median of the eight lies between 0.25 and 3.25/7.
    middle = (0.25 + 3.25 / 7) / 2
    value, baseline, points = signal(company, "active_user_ratio", 139, usage_card("active_user_ratio", "median_grace"))
    assert value == pytest.approx(0.25)
    assert baseline == pytest.approx(middle)
    assert points == pytest.approx(100 * 0.25 / (0.85 * middle))


def test_habit() -> None:
    company = Company(events=weeks([1, 0, 1, 1, 0, 0, 1]))
    # Day 34 closes the fifth week: 3 of 5. Day 26: three whole weeks only.
    assert signal(company, "habit", 34) == (3, 5, 60)
    assert signal(company, "habit", 26)[2] is None
    # Day 90: the weeks end on day 90, 83, ... 13; actions on days 14, 21, 42 are in weeks 14..20, 21..27, 42..48.
    assert signal(company, "habit", 90) == (3, 12, 25)


def test_core_list_counts_any_activity_but_no_identify() -> None:
    settings = Settings(card=four_inputs(), core_actions=["Report"])
    names = [("Report", "track"), ("Report", "PAGE"), ("Report", "Identify"), ("report", "track"), ("edit", "track")]
    company = Company(events=[event(0, name=name, type=kind) for name, kind in names])
    assert signal(company, "core_actions", 0, settings)[0] == 2
    assert signal(company, "core_actions", 0, AS_PUBLISHED)[0] == 3, "no list: every track event"


def test_percentile_range_and_steps() -> None:
    events = [event(0, account_id=account) for account, n in {"a": 1, "b": 2, "c": 2, "d": 9}.items() for _ in range(n)]
    segments = {"a": "smb", "b": "smb", "c": "smb", "d": None}
    company = Company(
        accounts=[{"account_id": account, "segment": segment} for account, segment in segments.items()], events=events
    )
    of_cohort = usage_card("core_actions", ("percentile", "segment"))
    # Of 1, 2, 2: a has none below and half of itself; b has one below and half of two; d is alone.
    assert signal(company, "core_actions", 0, of_cohort, "a")[2] == pytest.approx(100 / 6)
    assert signal(company, "core_actions", 0, of_cohort, "b")[2] == pytest.approx(200 / 3)
    assert signal(company, "core_actions", 0, of_cohort, "d")[2] == 50
    assert signal(company, "core_actions", 0, usage_card("core_actions", ("range", 1, 5)), "b")[2] == 25
    steps = usage_card("core_actions", ("steps", [(2, 40), (9, 100)]))
    assert [signal(company, "core_actions", 0, steps, account)[2] for account in "abd"] == [0, 40, 100]


def test_velocity() -> None:
    # 20 in days 0..27, 22 in days 28..55: v = 0.1.
    company = Company(events=weeks([5, 5, 5, 5, 6, 6, 5, 5]))
    assert signal(company, "velocity", 54)[2] is None
    value, baseline, points = signal(company, "velocity", 55)
    assert (value, baseline, points) == (pytest.approx(0.1), 20, pytest.approx(75))
    assert signal(Company(events=[event(0), event(30)]), "velocity", 57) == (None, 0, 100)
    assert signal(Company(events=[event(0)]), "velocity", 57) == (None, 0, 0)


def test_velocity_knows_the_season() -> None:
    # The same fall of 50 % a year ago (20 -> 10 against 40 -> 20): v = 0.5 / 0.5 - 1 = 0.
    then = [event(364 - 55)] * 20 + [event(364 - 10)] * 10
    now = [event(728 - 55)] * 40 + [event(728 - 10)] * 20
    value, baseline, points = signal(Company(events=then + now), "velocity", 728)
    assert (value, baseline, points) == (pytest.approx(0), 40, pytest.approx(50))
    # 19 a year ago are too few to say: v stays -0.5.
    assert signal(Company(events=then[1:] + now), "velocity", 728)[0] == pytest.approx(-0.5)
    # Growth by 150 % a year ago counts as 50 %: v = 0.5 / 1.5 - 1.
    booming = [event(364 - 55)] * 20 + [event(364 - 10)] * 50
    assert signal(Company(events=booming + now), "velocity", 728)[0] == pytest.approx(-2 / 3)


def test_velocity_knows_the_fleet() -> None:
    # 20 accounts fall from 20 to 18 (-10 %), a small one rises from 10 to 11; the median of the 20 is -10 %.
    events = [
        event(number, account_id=account)
        for account in [f"a{n:02}" for n in range(20)] + ["small"]
        for number, count in (((0, 10), (40, 11)) if account == "small" else ((0, 20), (40, 18)))
        for _ in range(count)
    ]
    value, _, points = signal(Company(events=events), "velocity", 55, account="a00")
    assert (value, points) == (pytest.approx(0), pytest.approx(50))
    assert signal(Company(events=events), "velocity", 55, account="small")[0] == pytest.approx(1.1 / 0.9 - 1)
    nineteen = Company(events=[row for row in events if row["account_id"] != "a19"])
    assert signal(nineteen, "velocity", 55, account="small")[0] == pytest.approx(0.1)


def test_consistency() -> None:
    # Weeks 1, 3, 1, 3, ...: mean 2, population sd 1: 100 * (1 - 1/2).
    assert signal(Company(events=weeks([1, 3] * 4)), "consistency", 55) == (0.5, None, 50)
    assert signal(Company(events=[event(0)]), "consistency", 100) == (None, None, 0)
    assert signal(Company(events=[event(0)]), "consistency", 54)[2] is None


def test_a_dimension_of_weightless_signals_is_null() -> None:
    # Seats unknown, 28 days of history: of product_usage only depth (weight 0) and habit; without core action, depth.
    company = Company(events=[event(0, name="page", type="page")])
    assert signal(company, "depth", 27)[2] == 100
    assert score(company, 27)["dim_product_usage"] is None
    assert default().dimensions["product_usage"][1]["depth"][0] == 0


def test_days_are_of_the_zone() -> None:
    # 23:30 UTC on day 0 is already day 1 in Kolkata; there is no row before it.
    company = Company(zone="Asia/Kolkata", events=[event(0, hour=23.5)])
    assert score(company, 1)["as_of"] == day(1)
    with pytest.raises(StopIteration):
        score(company, 0)
