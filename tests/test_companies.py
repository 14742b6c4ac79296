"""The made-up companies hold what they promise, and their files say the same as their rows."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from companies import Case, cases, companies, fleets, settings, write_company, write_settings
from company_files import FALSE, TRUE, Form
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from inventing import Shape, invent
from reference import Card, Company, Settings, comprehensive, default, four_inputs
from reference.company import TABLES

from weatherglass.config import PRESETS, Scaling, read_project
from weatherglass.events.tables import BY_NAME

SLOW = how(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def parsed(kind: str, value: Any, zone: ZoneInfo) -> Any:
    """A value of a file as the typed value of a row."""
    if value is None or value == "":
        return None
    if kind == "time":
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if isinstance(value, str) and len(value) == 10:
            return datetime.combine(date.fromisoformat(value), datetime.min.time(), zone).astimezone(UTC)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if kind == "boolean" and isinstance(value, str):
        assert value in TRUE + FALSE
        return value in TRUE
    if kind in ("number", "integer"):
        return float(value)
    return json.loads(value) if kind == "json" and isinstance(value, str) else value


def read(path: Path, form: Form) -> list[dict[str, Any]]:
    """The rows of a file, untyped."""
    if form == "csv":
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    if form == "jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("zone", ["America/Havana", "Asia/Kolkata"])
def test_files_say_what_the_rows_say(form: Form, zone: str, tmp_path: Path) -> None:
    company = invent(Shape(seed=7, accounts=6, days=90, events=80, start=date(2024, 2, 20), zone=zone))
    write_company(company, tmp_path, form)
    for table in TABLES:
        rows = company.table(table)
        assert (tmp_path / f"{table}.{form}").exists() == bool(rows)
        for was, row in zip(rows, read(tmp_path / f"{table}.{form}", form) if rows else [], strict=True):
            for column in BY_NAME[table].columns:
                got = parsed(column.kind, row.get(column.name), ZoneInfo(zone))
                assert got == was.get(column.name), (table, column.name)


@SLOW
@given(settings())
def test_the_project_file_means_the_settings(drawn: Settings) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "weatherglass.yml")
        write_settings(drawn, path, "Asia/Kolkata")
        project = read_project(path)
    card = project.card_for({})
    assert project.timezone == "Asia/Kolkata"
    assert (set(project.product.core_actions), set(project.product.key_features)) == (
        set(drawn.core_actions),
        set(drawn.key_features),
    )
    assert {name: set(events) for name, events in project.product.features.items()} == {
        name: set(events) for name, events in drawn.features.items()
    }
    assert {(m.name, m.due_day, m.weight, m.events, m.derived) for m in project.milestones} == {
        (m.name, m.due_day, m.weight, tuple(sorted(m.events)), m.derived) for m in drawn.milestones
    }
    assert (card.tiers.names, card.tiers.lines) == (drawn.card.tier_names, drawn.card.tier_lines)
    assert (card.tiers.hysteresis_points, card.tiers.hysteresis_days) == (
        drawn.card.hysteresis_points,
        drawn.card.hysteresis_days,
    )
    assert (card.min_coverage, card.seats_unknown) == (drawn.card.min_coverage, drawn.card.seats_unknown)
    assert weights_of(card) == {
        name: (weight, {signal: (inside, scaling_of(scaling)) for signal, (inside, scaling) in signals.items()})
        for name, (weight, signals) in drawn.card.dimensions.items()
    }


def weights_of(card: Any) -> dict[str, Any]:
    """Weights and scalings of a product's card, without onboarding, which counts by age."""
    return {
        name: (part.weight, {signal: (own.weight, own.scaling) for signal, own in part.signals.items()})
        for name, part in card.dimensions.items()
        if name != "onboarding"
    }


def scaling_of(scaling: Any) -> Scaling:
    """A scaling of the reference as the product's."""
    if isinstance(scaling, str):
        return Scaling(kind=scaling)  # type: ignore[arg-type]
    if scaling[0] == "percentile":
        return Scaling(kind="percentile", cohort=scaling[1])
    if scaling[0] == "range":
        return Scaling(kind="range", low=float(scaling[1]), high=float(scaling[2]))
    return Scaling(kind="steps", steps=tuple((float(bound), float(points)) for bound, points in scaling[1]))


@pytest.mark.parametrize(
    ("name", "card"), [("default", default()), ("four-inputs", four_inputs()), ("comprehensive", comprehensive())]
)
def test_the_cards_are_the_presets(name: str, card: Card) -> None:
    assert weights_of(PRESETS[name]) == {
        dimension: (weight, {signal: (inside, scaling_of(scaling)) for signal, (inside, scaling) in signals.items()})
        for dimension, (weight, signals) in card.dimensions.items()
    }
    assert PRESETS[name].seats_unknown == card.seats_unknown


@SLOW
@given(companies())
def test_rows_hold_their_required_columns(company: Company) -> None:
    for table in TABLES:
        names = {column.name for column in BY_NAME[table].columns}
        required = [column.name for column in BY_NAME[table].columns if column.required]
        for row in company.table(table):
            assert row.keys() <= names
            assert all(row.get(column) is not None for column in required)


def test_a_shape_is_a_company() -> None:
    shape = Shape(seed=3)
    assert invent(shape) == invent(shape)
    assert invent(shape) != invent(Shape(seed=4))


@how(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(fleets())
def test_a_fleet_is_busy(company: Company) -> None:
    accounts = {row["account_id"] for row in company.events}
    assert len(accounts) >= 15
    assert len(company.events) > 1500


@SLOW
@given(cases())
def test_cases_ask_for_days_of_the_company(case: Case) -> None:
    assert case.since <= case.as_of
