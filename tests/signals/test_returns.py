"""Who is expected back: the same as a plain account of it, however the members are cut into planes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.signals import returns
from weatherglass.signals.returns import AHEAD, USUAL, YEAR, Presence, evidence

DAYS = 500


def plainly(days: list[int], day: int) -> float:
    """The chance that one member is active in the 90 days after a day, by its active days."""
    seen = sorted(one for one in set(days) if day - YEAR < one <= day)
    if not seen:
        return 0.0
    weeks = len({(day - one) // 7 for one in seen})
    known, active = (day - seen[0]) / 7, (seen[-1] - seen[0]) / 7
    left = ((USUAL + known) / (USUAL + active)) ** weeks / weeks
    back = 1.0 - ((USUAL + known) / (USUAL + known + AHEAD / 7)) ** weeks
    return back / (1.0 + left)


@st.composite
def presences(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    return draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, DAYS - 1)), max_size=60))


def of(rows: list[tuple[int, int, int]]) -> Presence:
    return Presence.of(*(np.array([row[part] for row in rows], dtype=np.int64) for part in range(3)))


@given(rows=presences(), cells=st.sampled_from([1, 900, 60_000]), start=st.integers(0, DAYS - 1))
@drawn(60)
def test_it_is_what_a_plain_account_says(rows: list[tuple[int, int, int]], cells: int, start: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(returns, "CELLS", cells)
        found = evidence(of(rows), 3, DAYS, start)
    assert found.shape == (3, DAYS - start)
    for account in range(3):
        members = {member for row, member, _ in rows if row == account}
        for day in (start, (start + DAYS) // 2, DAYS - 1):
            chances = [plainly([d for r, m, d in rows if (r, m) == (account, one)], day) for one in members]
            expected = -math.fsum(math.log1p(-chance) for chance in chances)
            assert found[account, day - start] == pytest.approx(expected, abs=1e-8)


@given(rows=presences())
@drawn(30)
def test_the_bits_do_not_depend_on_how_it_is_cut(rows: list[tuple[int, int, int]]) -> None:
    whole = evidence(of(rows), 3, DAYS, 0)
    for cells, start in ((1, 0), (900, 100), (60_000, DAYS - 1)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(returns, "CELLS", cells)
            assert evidence(of(rows), 3, DAYS, start).tobytes() == whole[:, start:].tobytes()
