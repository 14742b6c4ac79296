"""A version names what decides the numbers: all of it, and nothing else."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from weatherglass.config import DEFAULT_PROJECT, PRESETS, ConfigError, Project, Scorecard, parse_project, template

BASE = """
name: Acme
timezone: Europe/Berlin
product:
  core_actions: [Saved, Shared]
  features: {reports: [Saved, Shared], export: Exported}
  key_features: [reports]
milestones:
  - {name: invited, due_day: 14, event: [Invited, Imported]}
  - {name: second, due_day: 14, derived: second_feature}
scorecard:
  base: default
  dimensions: {product_usage: {weight: 0.4, signals: {habit: {weight: 0.5}, depth: {scaling: {steps: {0: 1, 9: 50}}}}}}
  min_coverage: 0.6
sources:
  events: {files: "u*.csv"}
"""


def version(text: str) -> str:
    project = parse_project(text)
    return project.version(project.scorecards[0])


def test_form() -> None:
    for name in (version(BASE), parse_project(BASE).rollup_version()):
        assert len(name) == 12 and set(name) <= set("0123456789abcdef")


def test_the_default_card_has_a_fixed_version() -> None:
    """Stored scores name their version: a change here asks for a note to those who compare them."""
    assert DEFAULT_PROJECT.version(PRESETS["default"]) == "35e7cc595185"
    assert len({DEFAULT_PROJECT.version(card) for card in PRESETS.values()}) == len(PRESETS)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: _shuffled(item, chance) for key, item in items}
    if isinstance(value, list):
        items = [_shuffled(item, chance) for item in value]
        chance.shuffle(items)
        return items
    return value


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_file_means_nothing(seed: int) -> None:
    data = yaml.safe_load(BASE)
    other = yaml.safe_dump(_shuffled(data, random.Random(seed)), sort_keys=False)
    assert parse_project(other) == parse_project(BASE)
    assert version(other) == version(BASE)
    assert parse_project(other).rollup_version() == parse_project(BASE).rollup_version()


def test_comments_and_spelled_out_defaults_mean_nothing() -> None:
    spelled = BASE.replace(
        "  min_coverage: 0.6", "  # why\n  min_coverage: 0.60\n  tiers: traffic-light\n  windows: {usage: 28}"
    )
    assert spelled != BASE and version(spelled) == version(BASE)
    # The template spells the whole default card out.
    assert parse_project(template("x")).scorecards == DEFAULT_PROJECT.scorecards


def test_names_and_sources_mean_nothing() -> None:
    assert version(BASE.replace("Acme", "Other")) == version(BASE)
    assert version(BASE.replace("u*.csv", "v*.csv")) == version(BASE)
    assert version(BASE.replace("base: default", "name: other")) == version(BASE)
    card = PRESETS["default"]
    renamed = Scorecard.model_validate({**card.model_dump(), "name": "big", "where": {"plan": ["x"]}})
    assert DEFAULT_PROJECT.version(renamed) == DEFAULT_PROJECT.version(card)


CHANGES = [
    ("Europe/Berlin", "UTC"),
    ("core_actions: [Saved, Shared]", "core_actions: [Saved]"),
    ("export: Exported", "export: [Exported, Saved]"),
    ("key_features: [reports]", "key_features: [export]"),
    ("event: [Invited, Imported]", "event: [Invited]"),
    ("due_day: 14, derived: second_feature", "due_day: 14, derived: third_active_user"),
    ("due_day: 14, event", "due_day: 15, event"),
    ("due_day: 14, event", "due_day: 14, weight: 2, event"),
    ("base: default", "base: four-inputs"),
    ("base: default", "tiers: {hysteresis_days: 4}"),
    ("base: default", "seats_unknown: distinct_users"),
    ("base: default", "corrections: {year: false}"),
    ("base: default", "windows: {grace: 0.9}"),
    ("weight: 0.4", "weight: 0.41"),
    ("weight: 0.5", "weight: 0.51"),
    ("9: 50", "9: 51"),
    ("min_coverage: 0.6", "min_coverage: 0.7"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[new for _, new in CHANGES])
def test_every_change_of_a_rule_changes_the_version(old: str, new: str) -> None:
    changed = BASE.replace(old, new, 1)
    assert changed != BASE and version(changed) != version(BASE)
    # The roll-ups know the events, and neither cards nor when a milestone is due.
    of_rollups = CHANGES.index((old, new)) < 6
    assert (parse_project(changed).rollup_version() != parse_project(BASE).rollup_version()) == of_rollups


@pytest.mark.parametrize("text", ["", BASE, template("Acme"), "scorecards: [{name: a, where: {plan: [x, y]}}]"])
def test_json_round_trip(text: str) -> None:
    project = parse_project(text)
    stored = project.to_json()
    again = Project.from_json(stored)
    assert again == project and again.to_json() == stored
    assert [again.version(card) for card in again.scorecards] == [project.version(card) for card in project.scorecards]


def test_json_keeps_milestones_that_only_rows_can_reach() -> None:
    project = parse_project("milestones: [{name: a, due_day: 3}]")
    assert [milestone.name for milestone in Project.from_json(project.to_json()).milestones] == ["a"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"timezone": 3}', '{"nmae": "x"}'])
def test_a_stored_text_that_is_no_project(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^stored project: "):
        Project.from_json(text)
