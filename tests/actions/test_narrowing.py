"""Fewer features: what habits make expect, what is learned of those whose use falls, and what it is good for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from actions.coming import Days, company, opened, told_of, without
from actions.records import DAYS, FIRST, calm
from weatherglass.actions.breadth import KNOWN, RARE, Breadth, breadth, usual
from weatherglass.actions.habits import LAG, SPAN
from weatherglass.actions.narrowing import given_up, learned, left, narrowing
from weatherglass.actions.record import Record

NAMES = ("tasks", "reports", "approvals")
SHARES = np.array([0.5, 0.3, 0.2])
"""Of the events, while all is well."""
HOW_LONG = LAG + SPAN + DAYS


def doing(came: Days, seed: int, narrow: tuple[int, ...] = (), since: int = FIRST + DAYS) -> Breadth:
    """One to eight events of each person and day; some accounts do nothing but tasks from a day on."""
    luck = np.random.default_rng(seed)
    days = sorted({(account, day) for account, _, day in came})
    people = dict.fromkeys(days, 0)
    for account, _, day in came:
        people[account, day] += 1
    events, used = [], []
    for account, day in days:
        count = int(luck.integers(1, 9, people[account, day]).sum())
        drawn = luck.choice(3, count, p=SHARES)
        if account in narrow and day >= since:
            drawn[:] = 0
        events.append(count)
        used.append(sum(1 << feature for feature in set(drawn.tolist())))
    account, day = np.array(days, np.int64).T
    return breadth(account, day, np.array(events), np.array(used, np.uint16), NAMES)


def told(seed: int, gone: tuple[int, ...] = (), since: int = 0, keep: int = 0, narrow: bool = False) -> Record:
    """A company in which some accounts do less from a day on, and perhaps fewer things."""
    _, came = company(seed, chance=(0.7, 0.4))
    for account in gone:
        came = without(came, account, since, since + 60, keep)
    record = told_of(calm(120), came)
    return replace(record, breadth=doing(came, seed, gone if narrow else (), since))


def test_what_is_usual_is_what_one_counts_by_hand() -> None:
    found = told(1).breadth
    expected = usual(found, FIRST, DAYS)
    rows = list(
        zip(found.account.tolist(), found.day.tolist(), found.events.tolist(), found.used.tolist(), strict=True)
    )
    for place in range(0, len(expected.at), 1999):
        account, day = int(expected.account[place]), FIRST + int(expected.at[place])
        before = [one for one in rows if one[0] == account and day - LAG - SPAN < one[1] <= day - LAG]
        events = np.array([one[2] for one in before], float)
        today = next(one for one in rows if one[:2] == (account, day))
        middle, spread = events.mean(), max(events.var(), 0.25 * events.mean())
        for feature in range(3):
            share = min(0.98, np.mean([one[3] >> feature & 1 for one in before]))
            # without the feature are E(exp(-rate x events)) of the days, events being spread as a gamma is
            rate = ((1 - share) ** (-spread / middle**2) - 1) * middle / spread
            uses = min(rate, 5.0) * today[2] if len(before) >= KNOWN and share > RARE else 0.0
            assert expected.uses[feature][place] == pytest.approx(uses, rel=1e-9)
            assert expected.used[feature][place] == bool(today[3] >> feature & 1)


def test_as_many_days_have_a_feature_as_are_expected() -> None:
    expected = usual(told(2).breadth, FIRST, DAYS)
    for feature in range(3):
        assert expected.used[feature].sum() == pytest.approx(expected.expected(feature).sum(), rel=0.03)


def test_who_is_seldom_there_has_no_habit_yet() -> None:
    account, day = np.zeros(5, np.int64), np.arange(FIRST - 60, FIRST - 55)
    few = Breadth(account, day, account + 3, np.full(5, 7, np.uint16), NAMES)
    assert not len(usual(few, FIRST, DAYS).at)
    later = usual(few, FIRST - 60, 5)
    assert len(later.at) == 5 and not any(uses.any() for uses in later.uses)


def test_no_more_than_what_lies_before_is_known() -> None:
    record = told(3, gone=tuple(range(40)), since=FIRST + 120, keep=2, narrow=True)
    falls = np.zeros(record.score.shape, bool)
    falls[:40, 120:] = True
    whole, cut = record.breadth, 150
    keep = whole.day < FIRST + cut
    early = Breadth(whole.account[keep], whole.day[keep], whole.events[keep], whole.used[keep], NAMES)
    remains = [left(*learned(one, falls)) for one in (record, replace(record, breadth=early))]
    assert np.array_equal(remains[0][:, :cut], remains[1][:, :cut])
    found = [
        narrowing(one, remain) for one, remain in zip((record, replace(record, breadth=early)), remains, strict=True)
    ]
    assert np.array_equal(found[0][:, :cut], found[1][:, :cut]) and found[0][:, :cut].any()


def test_what_goes_first_is_learned_of_those_whose_use_falls() -> None:
    those, since = tuple(range(0, 60, 2)), FIRST + 130
    record = told(4, gone=those, since=since, keep=2, narrow=True)
    falls = np.zeros(record.score.shape, bool)
    falls[list(those), 130:190] = True
    remain = left(*learned(record, falls))
    assert np.all(remain[:, 129] == 1)
    assert remain[0, 185] > 1 and remain[1, 185] < 0.3 and remain[2, 185] < 0.3
    evidence = narrowing(record, remain)
    others = [account for account in range(120) if account not in those]
    assert evidence[list(those), 150:185].sum(axis=1).min() > 2
    assert evidence[others, 150:185].sum(axis=1).max() < 0


def test_who_does_fewer_things_is_found_sooner() -> None:
    those, since = tuple(range(0, 60, 5)), FIRST + 150

    def days(narrow: bool) -> float:
        found = opened(told(5, gone=those, since=since, keep=2, narrow=narrow))
        first = {one.episode.account_id: one.day for one in reversed(found) if one.day >= since}
        return float(np.mean([min(first.get(f"a{account:03}", since + 60), since + 60) - since for account in those]))

    as_ever, fewer = days(narrow=False), days(narrow=True)
    assert fewer < as_ever - 2, (fewer, as_ever)


def test_what_they_hardly_use_any_more_is_named() -> None:
    record = told(6, gone=(3,), since=FIRST + 150, keep=2, narrow=True)
    assert sorted(given_up(record, 3, 185)) == ["approvals", "reports"] and given_up(record, 4, 185) == []
    found = [one for one in opened(record) if one.episode.account_id == "a003"]
    assert ", hardly any reports, approvals" in found[-1].episode.hits[0].line


def test_without_features_use_alone_speaks() -> None:
    record = told(7, gone=(3,), since=FIRST + 150)
    alone = opened(replace(record, breadth=calm(1).breadth))
    assert [one.episode.account_id for one in alone if one.day >= FIRST + 150][:1] == ["a003"]
