"""Values are changed in a project file's text, and all else stays as it was."""

from __future__ import annotations

import pytest

from weatherglass.config import ConfigError, parse_project, template
from weatherglass.config.editing import card_path, edited, listed, removed

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


@pytest.mark.parametrize(
    ("text", "path", "left"),
    [
        ("a: 1\nb: 2 # two\nc: 3\n", ("b",), "a: 1\nc: 3\n"),
        ("a: 1\nb:\n  - x: 1\n    y: 2\n  # of z\n  - z: 3\n", ("b", 0), "a: 1\nb:\n  # of z\n  - z: 3\n"),
        ("a: 1\nb:\n  - x: 1\n  - z: 3\n# end\n", ("b", 1), "a: 1\nb:\n  - x: 1\n# end\n"),
        ("a: 1\nb:\n  # why\n  - x: 1\n# end\n", ("b", 0), "a: 1\n# end\n"),
        ("a: {x: 1, y: {z: 2}, w: 3}\n", ("a", "y"), "a: {x: 1, w: 3}\n"),
        ("a: {x: 1, y: 2}\n", ("a", "x"), "a: {y: 2}\n"),
        ("a: {x: 1}\n", ("a", "x"), "a: {}\n"),
        ("a: [{n: 1}, {n: 2}]\n", ("a", 1), "a: [{n: 1}]\n"),
        ("alerts:\n  rules:\n    mine: {kind: drop}\nname: A\n", ("alerts", "rules", "mine"), "name: A\n"),
        ("a:\n  x: |\n    long\n    text\n  y: 2\n", ("a", "x"), "a:\n  y: 2\n"),
        ('a:\n  "b <i>": 1\n  c: 2\n', ("a", "b <i>"), "a:\n  c: 2\n"),
        ("a: 1\nb: 2", ("b",), "a: 1\n"),
        ("a: 1\n", ("a",), ""),
    ],
)
def test_only_what_is_taken_out_goes(text: str, path: tuple[str | int, ...], left: str) -> None:
    assert removed(text, path, "x") == left


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: 1\n", ("b",)),
        ("a: [1]\n", ("a", 3)),
        ("a: 1\n", ("a", "b")),
        ("", ("a",)),
        ("a: &x {b: 1}\nc: *x\n", ("a",)),
    ],
)
def test_what_cannot_go_by_itself_stays(text: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(ConfigError):
        removed(text, path, "x")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("a: [{n: 1}] # why\n", "a: [{x: y}, {n: 1}] # why\n", "a: [{n: 1}, {x: y}] # why\n"),
        (
            "a:\n  - n: 1 # one\n    m: 2\n# end\nb: 3\n",
            "a:\n  - {x: y}\n  - n: 1 # one\n    m: 2\n# end\nb: 3\n",
            "a:\n  - n: 1 # one\n    m: 2\n  - {x: y}\n# end\nb: 3\n",
        ),
        ("a:\n- n: 1", "a:\n- {x: y}\n- n: 1", "a:\n- n: 1\n- {x: y}\n"),
    ],
)
def test_a_list_is_longer_by_one(text: str, first: str, last: str) -> None:
    assert listed(text, ("a",), {"x": "y"}) == first
    assert listed(text, ("a",), {"x": "y"}, last=True) == last
