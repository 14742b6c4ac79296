"""The objects themselves: immutable, hashable, safe to send to another process, cheap to import."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from weatherglass.config import (
    PRESETS,
    Dimension,
    Product,
    Project,
    Scaling,
    Scorecard,
    Signal,
    parse_project,
    template,
)
from weatherglass.config.frozen import FrozenMap


def test_nothing_can_be_changed() -> None:
    # Any, because the type checker refuses these changes too.
    project: Any = parse_project(template("x"))
    card = project.scorecards[0]
    with pytest.raises(ValidationError, match="frozen"):
        project.timezone = "Europe/Berlin"
    changes: tuple[Callable[[], object], ...] = (
        lambda: card.dimensions.__setitem__("growth", None),
        lambda: card.dimensions.pop("growth"),
        lambda: card.dimensions["growth"].signals.update({}),
        project.product.features.clear,
        lambda: card.where.__ior__({}),
    )
    for change in changes:
        with pytest.raises(TypeError, match="cannot be changed"):
            change()


def test_equal_content_is_one_object_to_a_set() -> None:
    assert len({parse_project("scorecard: default"), parse_project(""), Project()}) == 1
    assert hash(FrozenMap({"a": 1, "b": 2})) == hash(FrozenMap({"b": 2, "a": 1}))


@pytest.mark.parametrize("copied", [lambda it: pickle.loads(pickle.dumps(it)), copy.deepcopy, copy.copy])
def test_copies_are_equal_and_as_frozen(copied: Any) -> None:
    project = parse_project(template("x"))
    again = copied(project)
    assert again == project and hash(again) == hash(project)
    assert type(again.scorecards[0].dimensions) is FrozenMap


def test_objects_made_in_python_are_checked_as_well() -> None:
    with pytest.raises(ValidationError, match="must be at least 0, not -1"):
        Signal(weight=-1)
    with pytest.raises(ValidationError, match="unknown dimension; did you mean growth"):
        Scorecard(name="x", dimensions={"grwth": Dimension(weight=1, signals={"contract": Signal(weight=1)})})
    with pytest.raises(ValidationError, match="signal of commercial"):
        Scorecard(name="x", dimensions={"growth": Dimension(weight=1, signals={"contract": Signal(weight=1)})})
    with pytest.raises(ValidationError, match="the last scorecard must be for every account"):
        Project(scorecards=(PRESETS["default"].model_copy(update={"where": {"plan": ("x",)}}),))
    with pytest.raises(ValidationError, match="at least one scorecard"):
        Project(scorecards=())


def test_a_card_of_a_few_dimensions_can_be_made_in_python() -> None:
    card = Scorecard(
        name="small",
        dimensions={
            "support_signals": Dimension(weight=1, signals={"severity": Signal(weight=1), "volume": Signal(weight=2)}),
            "product_usage": Dimension(weight=1, signals={"depth": Signal(weight=1, scaling=Scaling(kind="peak"))}),
        },
    )
    assert list(card.dimensions) == ["product_usage", "support_signals"]
    assert list(card.dimensions["support_signals"].signals) == ["volume", "severity"]


def test_the_order_of_names_means_nothing() -> None:
    assert Product(core_actions=("b", "a", "b")) == Product(core_actions=("a", "b"))


def test_negative_zero_is_zero() -> None:
    assert (
        Scaling(kind="range", low=-0.0, high=1).model_dump_json()
        == Scaling(kind="range", low=0, high=1).model_dump_json()
    )


def test_importing_the_room_loads_nothing_heavy() -> None:
    heavy = {"duckdb", "numpy", "pyarrow", "pandas", "polars", "rich", "typer", "jinja2"}
    script = "import sys, weatherglass.config; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "pydantic" in loaded and not heavy & set(loaded)
    assert "weatherglass.events" not in loaded
