"""Less use than habits explain, and voices that have turned: what is seen, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from effort import times

from actions.coming import company, opened, told_of, without
from actions.records import DAYS, FIRST, calm
from weatherglass.actions.fading import LEFT, likelier, piled
from weatherglass.actions.habits import LAG, NEVER, SPAN, Habits, habits
from weatherglass.actions.voices import Voices, turned


@pytest.mark.parametrize("seed", range(times(3)))
def test_what_chance_does_is_seldom_spoken_of(seed: int) -> None:
    record, _ = company(seed)
    # 120 accounts with five days of use a week over a quarter
    assert len(opened(record)) <= 4


def test_a_small_account_that_stays_away_is_found_within_a_week_and_a_half() -> None:
    record, came = company(7)
    gone = FIRST + 170
    record = told_of(calm(120), without(came, 3, gone, gone + 40))
    found = [one for one in opened(record) if one.episode.account_id == "a003"]
    assert len(found) == 1 and gone < found[0].day <= gone + 10
    line = found[0].episode.hits[0].line
    assert (
        " in the 7 days to " in line and "user-day" in line and "times likelier if it is fading than by chance" in line
    )


def test_what_is_left_need_not_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for each that may be left is hardly later than who knows, and sooner than who is wrong."""
    _, came = company(7)
    gone, whose = FIRST + 150, range(0, 120, 12)
    for account in whose:
        came = without(came, account, gone, gone + 60)
    record = told_of(calm(120), came)

    def days(of: tuple[float, ...]) -> float:
        monkeypatch.setattr("weatherglass.actions.fading.LEFT", of)
        found = {one.episode.account_id: one.day for one in reversed(opened(record)) if one.day >= gone}
        return float(np.mean([found.get(f"a{account:03}", gone + 60) - gone for account in whose]))

    every, known, wrong = days(LEFT), days((0.1,)), days((0.6,))
    assert known <= every <= known + 2, (every, known)
    assert every < wrong, (every, wrong)


def test_what_may_be_left_is_weighed_alike() -> None:
    evidence = [np.random.default_rng(seed).normal(size=(5, 60)) for seed in range(3)]
    each = np.stack([piled(one, 42) for one in evidence])
    assert likelier(evidence) == pytest.approx(np.log(np.exp(each).mean(axis=0)))
    assert likelier(evidence[:1]) == pytest.approx(each[0])


def test_a_slow_decline_is_no_habit() -> None:
    """Over ten weeks every second day of use is lost, then most."""
    luck = np.random.default_rng(1)
    _, came = company(8, chance=(0.8, 0.5, 0.5))
    begun, whole = FIRST + 130, 70
    came = [
        one for one in came
        if one[0] != 5 or one[2] < begun or luck.random() > min(0.9, 0.9 * (one[2] - begun) / whole)
    ]  # fmt: skip
    found = [one.day for one in opened(told_of(calm(120), came)) if one.episode.account_id == "a005"]
    assert found and begun < found[0] <= begun + 50


def test_everybody_at_the_beach_is_not_fading() -> None:
    _, came = company(9)
    luck = np.random.default_rng(2)
    for weeks in ((170, 198),):
        first, last = (FIRST + day for day in weeks)
        came = [one for one in came if not first <= one[2] < last or luck.random() < 0.6]
    assert len(opened(told_of(calm(120), came))) <= 4


def test_who_was_deactivated_is_not_missed() -> None:
    account, member = np.zeros(400, np.int64), np.repeat([0, 1], 200)
    day = np.tile(np.arange(FIRST - 112, FIRST + 88), 2)
    gone = np.where(member == 1, FIRST + 50, NEVER)
    found = habits(account, member, day, gone, (1, 100), FIRST)
    assert found.days[0, 49] == 2 * SPAN and found.days[0, 50] == SPAN
    assert found.squares[0, 49] == 2 * SPAN**2 and found.squares[0, 50] == SPAN**2


def test_habits_are_what_one_counts_by_hand() -> None:
    luck = np.random.default_rng(3)
    came = [(a, m, int(d)) for a in range(3) for m in range(3) for d in np.flatnonzero(luck.random(300) < 0.3)]
    account, member, day = (np.array(one, np.int64) for one in zip(*came, strict=True))
    gone = np.where(member == 2, 200, NEVER)
    found: Habits = habits(account, member, day, gone, (3, 180), 120)
    for at in (120, 150, 199, 200, 260, 299):
        for one in range(3):
            counts = [
                sum(a == one and m == who and at - LAG - SPAN < d <= at - LAG for a, m, d in came)
                for who in range(3)
                if who != 2 or at < 200
            ]
            assert found.days[one, at - 120] == sum(counts)
            assert found.squares[one, at - 120] == sum(count**2 for count in counts)


def voices(turns: int | None, seed: int = 4, accounts: int = 120) -> Voices:
    """Each account says something every ten days, around 0.5; the third turns on a day."""
    luck = np.random.default_rng(seed)
    rows = [
        (account, day, 0, luck.normal(-0.4 if turns is not None and account == 3 and day >= turns else 0.5, 0.25))
        for account in range(accounts)
        for day in range(FIRST - 200 + account % 10, FIRST + DAYS, 10)
    ]
    account, day, kind, value = zip(*rows, strict=True)
    return Voices(np.array(account), np.array(day), np.array(kind), np.array(value))


def test_voices_that_turn_are_heard_and_those_that_do_not_are_not() -> None:
    turns = FIRST + 170
    found = piled(turned(voices(turns), (120, DAYS), FIRST), 60)
    assert found[3, 170 + 35] > 5 and found[3, 165] < 3
    assert np.mean(np.delete(found, 3, axis=0)[:, 128:] > 5) < 0.01


def test_words_make_up_for_little_use_and_are_named() -> None:
    _, came = company(7)
    some = FIRST + 170
    # one day of use in two is left: not enough to be sure of within three weeks, or only with what they say
    thinned = without(came, 3, some, some + 60, keep=2)
    alone = [one.day for one in opened(told_of(calm(120), thinned)) if one.episode.account_id == "a003"]
    both = opened(told_of(calm(120), thinned, voices(some)))
    found = [one for one in both if one.episode.account_id == "a003"]
    assert found and (not alone or found[0].day <= alone[0])
    assert "what they say has turned" in found[0].episode.hits[0].line


def test_nothing_is_heard_where_few_have_spoken() -> None:
    few = Voices(np.array([0, 0]), np.array([FIRST, FIRST + 9]), np.array([0, 0]), np.array([0.9, -0.9]))
    assert not turned(few, (1, DAYS), FIRST).any()


def test_without_habits_the_rule_says_nothing() -> None:
    assert opened(replace(calm(), habits=None)) == []


def test_an_outage_is_not_fading() -> None:
    _, came = company(10)
    lost = range(FIRST + 170, FIRST + 174)
    record = told_of(calm(120), [one for one in came if one[2] not in lost])
    assert len([one for one in opened(record) if one.episode.account_id]) <= 4
