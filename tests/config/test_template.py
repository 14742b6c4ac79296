"""What `weatherglass init` writes."""

from __future__ import annotations

import re

import pytest
import yaml

from weatherglass.config import DIMENSIONS, PRESETS, SIGNALS, Project, Windows, parse_project, template


def test_it_is_the_default_card_and_the_five_milestones() -> None:
    project = parse_project(template("Acme"))
    assert project.name == "Acme"
    assert project == Project(name="Acme", milestones=project.milestones)
    assert project.scorecards == (PRESETS["default"],)
    assert [(m.name, m.due_day, m.derived, m.weight) for m in project.milestones] == [
        ("first core action", 14, "first_core_action", 1),
        ("second feature", 30, "second_feature", 1),
        ("third active user", 45, "third_active_user", 1),
    ]


def test_two_milestones_wait_for_their_event() -> None:
    written = yaml.safe_load(template("Acme"))["milestones"]
    assert [(m["name"], m["due_day"]) for m in written] == [
        ("setup completed", 7),
        ("team invited", 14),
        ("first core action", 14),
        ("second feature", 30),
        ("third active user", 45),
    ]
    text = template("Acme").replace("event: null", "event: Team Invited")
    assert [m.name for m in parse_project(text).milestones] == [
        "setup completed",
        "first core action",
        "team invited",
        "second feature",
        "third active user",
    ]


@pytest.mark.parametrize(
    "name", ["yes", "12", "a: b # c", 'say "hi"', "back\\slash", "Café 😀", "tab\tnew\nline", "- x", "1e3"]
)
def test_any_name_is_written_so_that_it_is_read_again(name: str) -> None:
    assert parse_project(template(name)).name == name
    assert yaml.safe_load(template(name))["name"] == name


def test_it_shows_every_section() -> None:
    text = template("Acme")
    written = yaml.safe_load(text)
    assert set(written) | {"scorecards"} == {*Project.model_fields, "scorecard"}
    assert list(written["scorecard"]["windows"]) == list(Windows.model_fields)
    # Onboarding cannot be weighted, so there is nothing to change.
    for dimension in set(DIMENSIONS) - {"onboarding"}:
        signals = [
            signal for signal in SIGNALS[dimension] if signal in PRESETS["default"].dimensions[dimension].signals
        ]
        assert list(written["scorecard"]["dimensions"][dimension]["signals"]) == signals
    for option in ("tiers", "corrections", "min_coverage", "seats_unknown", "base"):
        assert option in written["scorecard"]


def _switched_off(text: str) -> list[str]:
    """The runs of lines that are switched off by a # without a space."""
    runs = re.findall(r"(?:^ *#(?! \S).*\S.*\n)+", text, flags=re.MULTILINE)
    return [run for run in runs if not re.fullmatch(r"(?: *#\n)*", run)]


def test_every_example_that_is_switched_off_works_when_switched_on() -> None:
    text = template("Acme")
    runs = _switched_off(text)
    assert len(runs) == 11
    for run in runs:
        on = re.sub(r"^( *)#", r"\1", run, flags=re.MULTILINE)
        key = on.split(":")[0].strip()
        indent = on[: len(on) - len(on.lstrip())]
        without = re.sub(rf"^{indent}{key}:.*\n", "", text, flags=re.MULTILINE)
        if key == "scorecards":
            without = without[: without.index("\nscorecard:")] + without[without.index("\n# Other cards") :]
        if key == "key_features":
            without = without.replace("features: {}", "features: {reports: x}")
        assert parse_project(without.replace(run, on)) != parse_project(text), key
