"""What a score is made of adds up to it, and what moved it adds up to the move."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta
from typing import Any

import companies
import pytest
from companies import Case
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from reference import split_change
from stores import bench

from weatherglass.config import PRESETS
from weatherglass.scores.change import Part, split
from weatherglass.signals.catalogue import CATALOGUE, DIMENSIONS

EXACT = 1e-9


@given(case=companies.cases())
@drawn(10)
def test_contributions_add_up_to_the_score_and_weights_to_one(case: Case) -> None:
    with bench(case.settings, case.company.zone, kept=False) as one:
        one.load(case.company)
        one.score(case.as_of)
        rows, signals = one.rows(case.since, case.as_of)
    lines = defaultdict(list)
    for line in signals:
        lines[line["account_id"], line["as_of"]].append(line)
    for row in rows:
        mine = lines[row["account_id"], row["as_of"]]
        if row["score"] is None:
            assert all(line["weight"] is None and line["contribution"] is None for line in mine)
            continue
        weights = [line["weight"] for line in mine if line["weight"] is not None]
        contributions = [line["contribution"] for line in mine if line["contribution"] is not None]
        assert math.isclose(math.fsum(weights), 1.0, abs_tol=EXACT)
        assert math.isclose(math.fsum(contributions), row["score"], abs_tol=EXACT)
        for line in mine:
            if line["weight"] is not None:
                assert line["contribution"] == line["weight"] * line["score"]
                assert 0 <= line["weight"] <= 1 + EXACT and 0 <= line["score"] <= 100
            else:
                assert line["score"] is None and line["contribution"] is None


NAMES = st.sampled_from([(signal.dimension, signal.name) for signal in CATALOGUE])


@st.composite
def parts(draw: st.DrawFn) -> dict[tuple[str, str], Part]:
    """A scored day: some signals with a score, their weights adding up to 1."""
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    weights = [draw(st.floats(0.001, 1)) for _ in names]
    return {
        name: Part(draw(st.floats(0, 100)), weight / math.fsum(weights))
        for name, weight in zip(names, weights, strict=True)
    }


def score(day: dict[tuple[str, str], Part]) -> float:
    return math.fsum((part.weight or 0.0) * (part.score or 0.0) for part in day.values())


@given(before=parts(), after=parts())
@drawn(300)
def test_a_change_is_split_exactly(before: dict[tuple[str, str], Part], after: dict[tuple[str, str], Part]) -> None:
    change = split(before, after)
    assert math.isclose(change.total, score(after) - score(before), abs_tol=EXACT)
    expected = split_change(as_rows(before), as_rows(after))
    assert math.isclose(change.weights, expected.weights, abs_tol=EXACT)
    for move in change.moves:
        assert math.isclose(move.points, expected.signals[move.dimension, move.signal], abs_tol=EXACT)
    sizes = [abs(move.points) for move in change.moves]
    assert sizes == sorted(sizes, reverse=True)


def as_rows(day: dict[tuple[str, str], Part]) -> list[dict[str, Any]]:
    return [
        {
            "dimension": dimension,
            "signal": signal,
            "score": part.score,
            "weight": part.weight,
            "contribution": (part.weight or 0.0) * (part.score or 0.0),
        }
        for (dimension, signal), part in day.items()
    ]


@given(case=companies.cases(), back=st.integers(1, 120))
@drawn(5)
def test_the_change_between_any_two_scored_days_is_split_exactly(case: Case, back: int) -> None:
    with bench(case.settings, case.company.zone, kept=False) as one:
        one.load(case.company)
        one.score(case.as_of)
        rows, signals = one.rows(case.as_of - timedelta(days=back), case.as_of)
    days: dict[str, dict[Any, dict[tuple[str, str], Part]]] = defaultdict(lambda: defaultdict(dict))
    for line in signals:
        if line["score"] is not None:
            days[line["account_id"]][line["as_of"]][line["dimension"], line["signal"]] = Part(
                line["score"], line["weight"]
            )
    scores = {(row["account_id"], row["as_of"]): row["score"] for row in rows}
    for account, history in days.items():
        first, last = min(history), max(history)
        was, now = scores[account, first], scores[account, last]
        if was is not None and now is not None:
            change = split(history[first], history[last])
            assert math.isclose(change.total, now - was, abs_tol=EXACT)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_signal_of_a_preset_is_in_the_catalogue(name: str) -> None:
    known = {(signal.dimension, signal.name) for signal in CATALOGUE}
    card = PRESETS[name]
    assert {(dimension, signal) for dimension, part in card.dimensions.items() for signal in part.signals} <= known
    assert set(card.dimensions) <= set(DIMENSIONS)
