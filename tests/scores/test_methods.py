"""Every method: weights add up to 1, contributions to the score, and nothing is above 100 or below 0."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

import weatherglass
from weatherglass import Workspace
from weatherglass.config import PRESETS, Project, Rule, Scorecard
from weatherglass.config.fitted import Curve, Fitted
from weatherglass.jobs.epochs import Epochs
from weatherglass.jobs.scoring.run import evaluate
from weatherglass.scores.rows import score_rows, signal_rows
from weatherglass.scores.words import arithmetic, sentence
from weatherglass.signals.catalogue import CATALOGUE
from weatherglass.simulation import simulate_company, write_company

Rows = list[dict[str, Any]]
LEARNED = [signal.name for signal in CATALOGUE if signal.dimension != "onboarding"]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A small company with everything that signals look at."""
    folder = tmp_path_factory.mktemp("company")
    write_company(simulate_company(12, 220, 3, date(2025, 6, 30)), folder)
    with weatherglass.open_data(folder, Project()) as opened:
        opened.update()
        yield opened


def rows_with(opened: Workspace, card: Scorecard) -> tuple[Rows, Rows]:
    """Score rows and signal rows of a few days under a card."""
    project = opened.project.model_copy(update={"scorecards": (card,)})
    epochs = Epochs.read(opened.store).only(project)
    rows: Rows = []
    signals: Rows = []
    assert opened.last_run is not None
    last = opened.last_run.as_of
    first = last - timedelta(days=120)
    for scored in evaluate(opened.store, first, last, None, epochs):
        for day in (first, last):
            chosen = scored.days_between(day, day)
            rows += score_rows(scored.result, scored.whose, chosen).to_pylist()
            signals += signal_rows(scored.result, scored.whose, chosen).to_pylist()
    return rows, signals


def check(card: Scorecard, rows: Rows, signals: Rows) -> None:
    for row in rows:
        mine = [line for line in signals if (line["account_id"], line["as_of"]) == (row["account_id"], row["as_of"])]
        for line in mine:
            assert sentence(line, card) and arithmetic(line, card)
        if row["score"] is None:
            assert all(line["weight"] is None for line in mine)
            continue
        assert -1e-9 <= row["score"] <= 100.0 + 1e-9
        assert math.isclose(math.fsum(line["weight"] or 0.0 for line in mine), 1.0, abs_tol=1e-9)
        assert math.isclose(math.fsum(line["contribution"] or 0.0 for line in mine), row["score"], abs_tol=1e-9)
        for line in mine:
            if line["weight"] is not None:
                assert math.isclose(line["weight"] * line["score"], line["contribution"], abs_tol=1e-9)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    bounds = sorted(draw(st.sets(st.floats(0.0, 100.0), max_size=4)))
    points = draw(st.lists(st.floats(0.0, 100.0), min_size=len(bounds) + 1, max_size=len(bounds) + 1))
    return Curve(weight=draw(st.sampled_from([0.0, 0.01, 0.3, 1.0])), bounds=tuple(bounds), points=tuple(points))


@st.composite
def learned(draw: st.DrawFn) -> Scorecard:
    found = draw(st.dictionaries(st.sampled_from(LEARNED), curves(), min_size=1, max_size=8))
    prior = draw(st.sampled_from([0.0, 0.5, 1.0]))
    if not any(curve.weight > 0 for curve in found.values()):
        prior = 1.0
    fitted = Fitted(prior=prior, curves=found, level=0.0, slope=0.05)
    preset = PRESETS[draw(st.sampled_from(sorted(PRESETS)))]
    return preset.model_copy(update={"method": "hybrid", "fitted": fitted})


@given(card=learned())
@drawn(8)
def test_learned_scores_add_up(company: Workspace, card: Scorecard) -> None:
    check(card, *rows_with(company, card))


CONDITIONS = (
    *("score < 70", "recency.value >= 3", "habit >= 50 and pulse > 20", "product_usage < 60", "survey_score is null"),
    *("champion_activity is not null", "velocity.baseline > 5 and score >= 20"),
)


@st.composite
def rules(draw: st.DrawFn) -> Scorecard:
    actions = {"set": (0.0, 100.0), "cap": (0.0, 100.0), "floor": (0.0, 100.0), "shift": (-100.0, 100.0)}
    found = []
    for number in range(draw(st.integers(1, 4))):
        action = draw(st.sampled_from(sorted(actions)))
        found.append(
            Rule.model_validate(
                {
                    "name": f"rule {number}",
                    "when": draw(st.sampled_from(CONDITIONS)),
                    action: draw(st.floats(*actions[action])),
                    "priority": draw(st.integers(-1, 1)),
                }
            )
        )
    return PRESETS["default"].model_copy(update={"method": "rules", "rules": tuple(found)})


@given(card=rules())
@drawn(8)
def test_scores_by_rules_add_up(company: Workspace, card: Scorecard) -> None:
    check(card, *rows_with(company, card))


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_hybrid_without_evidence_is_the_weighted_score(company: Workspace, preset: str) -> None:
    nothing = Fitted(prior=1.0, curves={}, level=0.0, slope=0.0)
    plain, signals = rows_with(company, PRESETS[preset])
    other, others = rows_with(company, PRESETS[preset].model_copy(update={"method": "hybrid", "fitted": nothing}))
    assert [row["score"] for row in other] == pytest.approx([row["score"] for row in plain], abs=1e-9)
    assert [row["tier"] for row in other] == [row["tier"] for row in plain]
    assert {row["method"] for row in other} == {"hybrid"} and {row["method"] for row in plain} == {"weighted"}
    parts = [{(s["account_id"], s["as_of"], s["signal"]): s["weight"] for s in lines} for lines in (signals, others)]
    assert parts[0] == pytest.approx(parts[1], abs=1e-9)


@pytest.mark.parametrize("method", ["learned", "hybrid", "hazard"])
def test_without_a_model_the_score_is_the_weighted_one(company: Workspace, method: str) -> None:
    rows, _ = rows_with(company, PRESETS["default"].model_copy(update={"method": method}))
    plain, _ = rows_with(company, PRESETS["default"])
    drop = {"scorecard_version"}
    assert [{k: v for k, v in row.items() if k not in drop} for row in rows] == [
        {k: v for k, v in row.items() if k not in drop} for row in plain
    ]


def ruled(**options: Any) -> Scorecard:
    listed = [Rule.model_validate({"when": "score >= 0", **rule}) for rule in options["rules"]]
    return PRESETS["default"].model_copy(update={"method": "rules", "rules": tuple(listed)})


def test_priority_decides_who_comes_first_and_set_ends_it(company: Workspace) -> None:
    card = ruled(rules=[{"name": "up", "shift": 10.0}, {"name": "fixed", "set": 20.0, "priority": 5}])
    rows, signals = rows_with(company, card)
    assert all(row["score"] == pytest.approx(20.0) for row in rows if row["score"] is not None)
    assert {line["signal"] for line in signals if line["dimension"] == "rules"} == {"fixed"}


def test_one_rule_acts_on_what_the_one_before_left(company: Workspace) -> None:
    card = ruled(rules=[{"name": "up", "shift": 10.0}, {"name": "most", "cap": 30.0, "priority": 5}])
    plain, _ = rows_with(company, PRESETS["default"])
    rows, _ = rows_with(company, card)
    scored = [(row["score"], old["score"]) for row, old in zip(rows, plain, strict=True) if old["score"] is not None]
    assert scored
    for new, old in scored:
        assert new == pytest.approx(min(old, 30.0) + 10.0)


def test_what_is_null_holds_no_comparison(company: Workspace) -> None:
    card = ruled(rules=[{"name": "odd", "when": "habit < 200 and habit is null", "set": 0.0}])
    rows, _ = rows_with(company, card)
    plain, _ = rows_with(company, PRESETS["default"])
    assert [row["score"] for row in rows] == [row["score"] for row in plain]


def test_the_days_of_users_make_the_same_score_in_one_go_and_day_by_day(company: Workspace) -> None:
    card = PRESETS["foresight"]
    project = company.project.model_copy(update={"scorecards": (card,)})
    epochs = Epochs.read(company.store).only(project)
    assert company.last_run is not None
    last = company.last_run.as_of
    first = last - timedelta(days=30)
    whole = {}
    for scored in evaluate(company.store, first, last, None, epochs):
        for row in score_rows(scored.result, scored.whose, scored.days_between(first, last)).to_pylist():
            whole[row["account_id"], row["as_of"]] = row["score"]
    for scored in evaluate(company.store, last, last, None, epochs):
        for row in score_rows(scored.result, scored.whose, scored.days_between(last, last)).to_pylist():
            assert whole[row["account_id"], row["as_of"]] == row["score"]
