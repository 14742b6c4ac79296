"""Who was there, counted over all accounts at once, is who was there one by one."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from weatherglass.actions.habits import LAG, NEVER, SPAN
from weatherglass.actions.presence import LATELY, nobody, presence

FIRST, SHAPE = 500, (6, 40)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_and_users_of_each_day(seed: int) -> None:
    draw = np.random.default_rng(seed)
    days = draw.integers([0, 0, FIRST - LAG - SPAN], [5, 4, FIRST + SHAPE[1]], (300, 3))
    account, member, day = np.unique(days, axis=0)[draw.permutation(len(np.unique(days, axis=0)))].T.astype(np.int64)
    found = presence(account, member, day, np.full(len(day), NEVER), SHAPE, FIRST)
    came: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one, who, when in zip(account.tolist(), member.tolist(), day.tolist(), strict=True):
        came[one][when].add(who)
    for one in range(SHAPE[0]):
        for place in range(SHAPE[1]):
            now = FIRST + place
            lately = set().union(*(came[one][when] for when in range(now - LATELY + 1, now + 1)))
            assert (found.people[one, place], found.users[one, place]) == (len(came[one][now]), len(lately))
    assert found.users.any() and not found.users[5].any()


def test_some_accounts_take_their_places_among_all() -> None:
    whole, one = nobody((3, 2)), np.ones(1, np.int64)
    part = presence(one, one, one * FIRST, one * NEVER, (2, 2), FIRST)
    whole.put(np.array([-1, 0]), part)
    assert whole.people.tolist() == [[1, 0], [0, 0], [0, 0]]
    assert whole.users.tolist() == [[1, 1], [0, 0], [0, 0]]
    assert not nobody((2, 2)).users.any()
    none = np.zeros(0, np.int64)
    assert not presence(none, none, none, none, (2, 2), FIRST).users.any()
