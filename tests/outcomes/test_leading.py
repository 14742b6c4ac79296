"""Since when a warning had stood."""

from __future__ import annotations

import numpy as np

from weatherglass.outcomes.leading import LAPSE, NEVER_WARNED, Tiers, leads
from weatherglass.outcomes.panel import LOOK_BACK

FIRST = 500
RED, YELLOW, GREEN, UNSCORED = 0, 1, 2, -1


def first(codes: list[int], since: int | None = None) -> tuple[int, int]:
    """Days of warning by red and by red or yellow at the end of the codes; NEVER_WARNED without."""
    day = FIRST + len(codes)
    gone = np.array([day if since is None else FIRST + since])
    found = leads(Tiers(np.array([codes], np.int8), GREEN, FIRST), np.array([0]), np.array([day]), gone)
    return tuple(  # type: ignore[return-value]
        int(day - warned[0]) if warned[0] != NEVER_WARNED else NEVER_WARNED for warned in (found.red, found.alarm)
    )


def test_a_stay_counts_from_its_first_day() -> None:
    assert first([GREEN] * 50 + [YELLOW] * 20 + [RED] * 10) == (10, 30)


def test_a_short_way_out_does_not_end_it() -> None:
    assert first([RED] * 5 + [GREEN] * LAPSE + [RED] * 5) == (5, 5)
    assert first([RED] * 5 + [GREEN] * (LAPSE - 1) + [RED] * 5) == (LAPSE + 9, LAPSE + 9)


def test_a_warning_that_was_over_was_none() -> None:
    assert first([RED] * 50 + [GREEN] * LAPSE) == (NEVER_WARNED, NEVER_WARNED)
    assert first([RED] * 50 + [GREEN] * (LAPSE - 1)) == (49 + LAPSE, 49 + LAPSE)


def test_no_score_is_no_warning() -> None:
    assert first([UNSCORED] * 60) == (NEVER_WARNED, NEVER_WARNED)
    assert first([RED] + [UNSCORED] * 60) == (NEVER_WARNED, NEVER_WARNED)


def test_no_more_is_looked_at_than_half_a_year_before_it_was_gone() -> None:
    assert first([RED] * 400) == (LOOK_BACK, LOOK_BACK)
    assert first([RED] * 400, since=310) == (LOOK_BACK + 90, LOOK_BACK + 90)


def test_a_history_that_begins_late() -> None:
    assert first([RED] * 3) == (3, 3)
    assert first([]) == (NEVER_WARNED, NEVER_WARNED)
