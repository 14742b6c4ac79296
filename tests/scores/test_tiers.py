"""Tiers by their lines, and the shown tier that does not flap: in whole arrays as in a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from reference import default
from reference import tiers as plain
from reference.card import Card

from weatherglass.config import Tiers
from weatherglass.scores.tiers import GRADE_LINES, GRADES, NO_ROW, UNSCORED, Before, Codes, beyond, shown
from weatherglass.scores.weighted import weighted_mean
from weatherglass.signals.windows import Floats

Scores = list[float | None]


@st.composite
def bands(draw: st.DrawFn) -> Tiers:
    lines = sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True)))
    return Tiers(
        names=tuple(f"t{number}" for number in range(len(lines) + 1)),
        lines=tuple(lines),
        hysteresis_points=draw(st.sampled_from((0, 0.5, 2, 10))),
        hysteresis_days=draw(st.integers(1, 6)),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Tiers, list[Scores]]:
    """Scores of a few accounts that walk about the lines, with days without a score, each from its own first day on."""
    tiers = draw(bands())
    near = [line + off for line in tiers.lines for off in (-5, -2, -0.5, -1e-10, 0, 1e-10, 1, 2, 2.5, 10)]
    one = st.one_of(st.none(), st.sampled_from(near), st.sampled_from(near), st.floats(0, 100))
    return tiers, draw(st.lists(st.lists(one, min_size=1, max_size=25), min_size=1, max_size=4))


def arrays(accounts: list[Scores]) -> tuple[Floats, Codes]:
    """Accounts x days that end together; days before an account's first have no row."""
    width = max(map(len, accounts))
    score = np.full((len(accounts), width), np.nan)
    rows = np.zeros(score.shape, dtype=np.bool_)
    for place, scores in enumerate(accounts):
        score[place, width - len(scores) :] = [np.nan if one is None else one for one in scores]
        rows[place, width - len(scores) :] = True
    return score, rows.astype(np.int8)


def coded(score: Floats, rows: Codes, tiers: Tiers) -> Codes:
    return np.where(rows, beyond(score, tiers.lines), NO_ROW).astype(np.int8)


def card(tiers: Tiers) -> Card:
    made = default()
    made.tier_names, made.tier_lines = tiers.names, tiers.lines
    made.hysteresis_points, made.hysteresis_days = tiers.hysteresis_points, tiers.hysteresis_days
    return made


@given(drawn_=histories())
@drawn(300)
def test_the_shown_tier_is_that_of_a_plain_loop(drawn_: tuple[Tiers, list[Scores]]) -> None:
    tiers, accounts = drawn_
    score, rows = arrays(accounts)
    codes = shown(coded(score, rows, tiers), score, tiers, Before.nothing(len(accounts), tiers.hysteresis_days))
    for place, scores in enumerate(accounts):
        told = [tiers.names[code] if code >= 0 else "unscored" for code in codes[place, score.shape[1] - len(scores) :]]
        assert told == plain.shown(scores, card(tiers))
        assert (codes[place, : score.shape[1] - len(scores)] == NO_ROW).all()


@given(drawn_=histories(), share=st.floats(0, 1))
@drawn(300)
def test_a_history_goes_on_where_it_was(drawn_: tuple[Tiers, list[Scores]], share: float) -> None:
    """Cut in two anywhere, the second part knows nothing but the raw tiers of the days before and the shown one."""
    tiers, accounts = drawn_
    score, rows = arrays(accounts)
    raw = coded(score, rows, tiers)
    reach = tiers.hysteresis_days - 1
    whole = shown(raw, score, tiers, Before.nothing(len(accounts), tiers.hysteresis_days))
    cut = min(score.shape[1] - 1, max(1, int(share * score.shape[1]))) if score.shape[1] > 1 else 0
    before = Before.nothing(len(accounts), tiers.hysteresis_days)
    kept = min(reach, cut)
    if kept:
        before.raw[:, reach - kept :] = raw[:, cut - kept : cut]
    if cut:
        before.shown[:] = whole[:, cut - 1]
    assert shown(raw[:, cut:], score[:, cut:], tiers, before).tolist() == whole[:, cut:].tolist()


@pytest.mark.parametrize(
    ("score", "tier"),
    [
        (44.9999999994, "red"),
        (44.9999999996, "yellow"),
        (45.0, "yellow"),
        (74.9999999996, "green"),
        (75.0, "green"),
        (0.0, "red"),
        (100.0, "green"),
    ],
)
def test_lines_compare_nine_decimals(score: float, tier: str) -> None:
    tiers = Tiers()
    assert tiers.names[int(beyond(np.array([[score]]), tiers.lines)[0, 0])] == tier


def test_a_mean_that_is_a_hair_below_its_line_is_on_it() -> None:
    both = {"one": np.array([45.0]), "other": np.array([45.0])}
    mean = weighted_mean(both, {"one": 0.1, "other": 0.2})
    assert mean[0] < 45.0
    assert beyond(mean, (45.0,))[0] == 1


@given(score=st.floats(0, 100))
@drawn(200)
def test_the_grade_is_the_letter_of_the_score(score: float) -> None:
    assert GRADES[int(beyond(np.array([score]), GRADE_LINES)[0])] == plain.grade(score)
    assert beyond(np.array([np.nan]), GRADE_LINES)[0] == UNSCORED
