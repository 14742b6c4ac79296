"""Values are changed in a project file's text, and all else stays as it was."""

from __future__ import annotations

import pytest

from weatherglass.config import ConfigError, parse_project, template
from weatherglass.config.editing import card_path, edited

TEXT = template("Acme")


def test_only_the_line_changes() -> None:
    new = edited(TEXT, {("scorecard", "dimensions", "product_usage", "weight"): 0.35}, "x")
    changed = [(old, line) for old, line in zip(TEXT.splitlines(), new.splitlines(), strict=True) if old != line]
    assert changed == [("      weight: 0.30", "      weight: 0.35")]
    assert parse_project(new).scorecards[0].dimensions["product_usage"].weight == 0.35


def test_lines_take_the_place_of_a_preset() -> None:
    new = edited(TEXT, {("scorecard", "tiers"): {"lines": [38.5, 61.0]}}, "x")
    assert parse_project(new).scorecards[0].tiers.lines == (38.5, 61.0)
    assert new.count("#") == TEXT.count("#")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "name: Acme\n",
        "scorecard:\n",
        "scorecard: {}\n",
        "scorecard: {min_coverage: 0.4}  # why\n",
        "scorecard:\n  # why\n  min_coverage: 0.4\nname: Acme\n",
        "scorecards:\n  - name: all\n    min_coverage: 0.4\n",
        "scorecards: [{name: all}]\n",
        "scorecard:\n  dimensions:\n    product_usage:\n      weight: 0.2 # why\n\n\nname: Acme\n",
        "scorecard:\n  dimensions: {product_usage: {weight: 0.2}}\n  tiers:\n    lines: [10, 20]\n\n# end\nname: A\n",
    ],
)
def test_it_is_set_wherever_it_may_stand(text: str) -> None:
    import yaml

    at = card_path(yaml.safe_load(text), 0)
    changes = {
        (*at, "method"): "hybrid",
        (*at, "tiers"): {"lines": [30.5, 62.0]},
        (*at, "dimensions", "product_usage", "weight"): 0.35,
    }
    new = edited(text, changes, "x")
    card = parse_project(new).scorecards[0]
    assert (card.method, card.tiers.lines, card.dimensions["product_usage"].weight) == ("hybrid", (30.5, 62.0), 0.35)
    assert new.count("#") == text.count("#")
    again = edited(new, changes, "x")
    assert parse_project(again) == parse_project(new)


def test_what_cannot_hold_it_is_told() -> None:
    with pytest.raises(ConfigError, match="cannot be set"):
        edited("scorecard: [1, 2]\n", {("scorecard", "method"): "hybrid"}, "x")
