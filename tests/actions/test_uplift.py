"""Did it help: drawn at random within strata, and intervals that hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from effort import drawn, times
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.actions.playing import held_out
from weatherglass.actions.uplift import Candidate, Effect, Seen, holdout, matched

STRATA = ("green, large", "green, small", "yellow, small", "red, small")


def company(effect: float, seed: int, accounts: int = 240, share: float = 0.3) -> list[Seen]:
    """Accounts whose score moves by tier and luck, and by the effect where a play was begun."""
    chance = np.random.default_rng(seed)
    strata = {f"a{number}": STRATA[int(chance.integers(len(STRATA)))] for number in range(accounts)}
    out = held_out(list(strata), strata, share, {}, f"play\0{seed}")
    usual = {"green, large": -1.0, "green, small": -2.0, "yellow, small": 0.0, "red, small": 9.0}
    return [
        Seen(name, stratum, name in out, usual[stratum] + chance.normal(0, 10) + (0 if name in out else effect))
        for name, stratum in strata.items()
    ]


@pytest.mark.parametrize("effect", [0.0, 2.0, 8.0])
def test_the_interval_holds_the_truth(effect: float) -> None:
    tries = times(200)
    found = [holdout(company(effect, seed)) for seed in range(tries)]
    held = sum(one is not None and one.low <= effect <= one.high for one in found) / tries
    # 95 %, less what luck does to so many tries
    assert abs(held - 0.95) <= 4 * np.sqrt(0.95 * 0.05 / tries) + 0.005
    if effect == 8:
        assert sum(one is not None and one.sure for one in found) / tries > 0.95
    if effect == 0:
        assert sum(one is not None and one.sure for one in found) / tries < 0.1


def test_alike_is_weaker_than_drawn_and_says_so() -> None:
    chance = np.random.default_rng(5)
    # plays go to accounts that were about to recover anyway: alike by score, and not alike
    treated = [Candidate(f"t{n}", "", 40 + chance.normal(0, 3), 6 + chance.normal(0, 4)) for n in range(60)]
    others = [Candidate(f"o{n}", "", 40 + chance.normal(0, 3), chance.normal(0, 4)) for n in range(200)]
    found = matched(treated, others)
    assert isinstance(found, Effect) and found.how == "matched" and found.sure
    assert matched(treated[:9], others) is None
    assert matched(treated, [Candidate("far", "", 90, 0)]) is None


def test_nothing_is_said_where_there_is_nobody_to_compare_with() -> None:
    assert holdout([]) is None
    assert holdout([Seen("a", "x", False, 1.0), Seen("b", "x", False, 2.0), Seen("c", "x", True, 1.0)]) is None


@given(
    st.lists(st.lists(st.sampled_from(STRATA), max_size=30), min_size=1, max_size=6),
    st.sampled_from([0.1, 0.2, 0.5]),
    st.integers(0, 9),
)
@drawn(60)
def test_each_stratum_has_its_share_however_accounts_come(batches: list[list[str]], share: float, salt: int) -> None:
    so_far: dict[str, tuple[int, int]] = {}
    for day, batch in enumerate(batches):
        strata = {f"a{day}-{place}": name for place, name in enumerate(batch)}
        out = held_out(list(strata), strata, share, so_far, f"{salt}\0{day}")
        assert out == held_out(list(reversed(strata)), strata, share, so_far, f"{salt}\0{day}")
        for account, name in strata.items():
            total, held = so_far.get(name, (0, 0))
            so_far[name] = total + 1, held + (account in out)
        for total, held in so_far.values():
            assert abs(held - share * total) <= 1 + 1e-9
