"""A signal of the base that a card does without."""

from __future__ import annotations

import pytest

from weatherglass.config.errors import ConfigError
from weatherglass.config.reading import parse_project

CARD = "scorecard:\n  base: default\n  dimensions:\n    product_usage:\n      signals: {}\n"


def signals(given: str) -> list[str]:
    project = parse_project(CARD.format(given) if "{}" not in CARD else CARD.replace("{}", given), "weatherglass.yml")
    return list(project.scorecards[0].dimensions["product_usage"].signals)


@pytest.mark.parametrize("off", ["off", '"off"', "false"])
def test_a_signal_of_the_base_can_be_left_out(off: str) -> None:
    whole = signals("{}")
    assert signals(f"{{depth: {off}}}") == [one for one in whole if one != "depth"]
    assert "depth" in whole


def test_other_words_and_unknown_signals_are_refused() -> None:
    with pytest.raises(ConfigError, match="depht"):
        signals("{depht: off}")
    with pytest.raises(ConfigError):
        signals("{depth: away}")


def test_a_dimension_that_is_left_without_a_weight_is_refused() -> None:
    whole = signals("{}")
    with pytest.raises(ConfigError, match="has a weight, and none of its signals has"):
        signals("{" + ", ".join(f"{one}: off" for one in whole) + "}")
