"""docs/configuration.md names every option, its default, and examples that work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from weatherglass.config import (
    PRESETS,
    SIGNALS,
    TIER_PRESETS,
    ColumnMapping,
    Corrections,
    Dimension,
    Milestone,
    OutcomeRules,
    Product,
    Project,
    Rule,
    Scaling,
    Scorecard,
    Signal,
    Sources,
    TableMapping,
    Tiers,
    Windows,
    parse_project,
)
from weatherglass.config.alerts import AlertRule, Alerts
from weatherglass.config.channels import Channel
from weatherglass.config.frozen import Frozen
from weatherglass.config.plays import Audience, Play, Step, Tasks, When
from weatherglass.config.redaction import Redaction
from weatherglass.config.retention import Retention
from weatherglass.config.scaling import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")

TABLES: list[tuple[str, tuple[type[Frozen], ...], set[str]]] = [
    ("## The file", (Project,), set()),
    ("## product", (Product,), set()),
    ("## milestones", (Milestone,), set()),
    ("## scorecard", (Scorecard,), set()),
    ("### rules", (Rule,), set()),
    ("### dimensions and signals", (Dimension, Signal), set()),
    ("### tiers", (Tiers,), set()),
    ("### windows", (Windows,), set()),
    ("### corrections", (Corrections,), set()),
    # In the file the tables stand beside `ignore`, under their own names.
    ("## sources", (Sources,), {"tables"}),
    ("For a table:", (TableMapping,), set()),
    ("For a column:", (ColumnMapping,), set()),
    ("## outcomes", (OutcomeRules,), set()),
    ("## alerts", (Alerts,), set()),
    ("### alert rules", (AlertRule,), set()),
    ("## channels", (Channel,), set()),
    ("## plays", (Play,), set()),
    ("### when", (When,), set()),
    ("### steps", (Step,), set()),
    ("## audiences", (Audience,), set()),
    ("## tasks", (Tasks,), set()),
    ("## retention", (Retention,), set()),
    ("## redact", (Redaction,), set()),
]


def _rows(heading: str, first: str = "option") -> dict[str, tuple[str, str]]:
    """The rows of the first table with that first column below a line: name -> (meaning, default)."""
    below = PAGE[PAGE.index(f"\n{heading}\n") :]
    table = below[below.index(f"\n| {first} |") :].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.strip().splitlines()[2:]]
    return {name.strip("`"): (meaning, default) for name, meaning, default in rows}


@pytest.mark.parametrize(("heading", "models", "elsewhere"), TABLES, ids=[heading for heading, _, _ in TABLES])
def test_every_option_is_on_the_page(heading: str, models: tuple[type[Frozen], ...], elsewhere: set[str]) -> None:
    options = {name for model in models for name in (*model.model_fields, *model.written_as)} - elsewhere
    rows = _rows(heading)
    assert set(rows) == options
    assert all(meaning for meaning, _ in rows.values())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


@pytest.mark.parametrize(("heading", "models", "elsewhere"), TABLES, ids=[heading for heading, _, _ in TABLES])
def test_the_defaults_on_the_page_are_those_of_the_code(
    heading: str, models: tuple[type[Frozen], ...], elsewhere: set[str]
) -> None:
    for model in models:
        for name, field in model.model_fields.items():
            default = _rows(heading).get(name, ("", ""))[1]
            if name not in elsewhere and default.startswith("`") and not default.startswith("`default`"):
                assert default == f"`{_plain(field.default)}`" or name == "tiers", name
    assert Scorecard.model_fields["tiers"].default == TIER_PRESETS["traffic-light"]


def test_every_setting_with_a_plain_default_shows_it() -> None:
    for heading, models, _ in TABLES:
        for model in models:
            for name, field in model.model_fields.items():
                if isinstance(field.default, (int, float, str)) and not isinstance(field.default, Scaling):
                    assert _rows(heading)[name][1] == f"`{_plain(field.default)}`", name


def test_scalings_and_tier_presets_are_on_the_page() -> None:
    assert tuple(_rows("### scaling", "scaling")) == KINDS
    expected = {name: (", ".join(tiers.names), _plain(tiers.lines)) for name, tiers in TIER_PRESETS.items()}
    assert _rows("### tiers", "preset") == expected


def test_the_weights_of_the_cards_are_on_the_page() -> None:
    for dimension, signals in SIGNALS.items():
        weights = " | ".join(_plain(card.dimensions[dimension].weight) for card in PRESETS.values())
        assert f"\n| **{dimension}** | {weights} |\n" in PAGE
        for signal in signals:
            parts = [card.dimensions[dimension].signals.get(signal) for card in PRESETS.values()]
            if not any(parts):
                continue  # docs/signals.md has those that no card names
            assert f"\n| {signal} | {' | '.join(map(_part, parts))} |\n" in PAGE


def _part(part: Signal | None) -> str:
    if part is None:
        return "-"
    return _plain(part.weight) + ("" if part.scaling.kind == "own" else f" {part.scaling.kind}")


EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES, ids=[text.splitlines()[0] for text in EXAMPLES])
def test_the_examples_work(text: str) -> None:
    assert parse_project(text) != Project()
