"""The worked example of docs/scoring.md, to the digit: 72, 45, 80 and 65 make 65.85, yellow."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from company_files import write_company
from reference import Company
from reference.stories import event, ticket

import weatherglass
from weatherglass.config import FILE_NAME, PRESETS
from weatherglass.scores import tiers, weighted

EXAMPLE = {"product_usage": 72.0, "engagement_trends": 45.0, "feature_adoption": 80.0, "support_signals": 65.0}


@pytest.mark.parametrize("name", ["default", "four-inputs"])
def test_the_weighted_mean_and_its_tier(name: str) -> None:
    card = PRESETS[name]
    scores = {dimension: np.array([[points]]) for dimension, points in EXAMPLE.items()}
    mean = weighted.weighted_mean(scores, weighted.behavioural_weights(card))
    assert round(float(mean[0, 0]), 9) == 65.85
    tier = tiers.beyond(mean, card.tiers.lines)
    assert card.tiers.names[int(tier[0, 0])] == "yellow"
    parts = [weight * EXAMPLE[dimension] for dimension, weight in weighted.behavioural_weights(card).items()]
    assert [round(part, 9) for part in parts] == [21.6, 11.25, 20, 13]


def test_from_files_to_the_row(tmp_path: Path) -> None:
    """A card whose signals score 72, 45, 80 and 65 whatever they see."""
    company = Company(
        events=[event(number, name=("edit", "view")[number % 2]) for number in range(80)],
        tickets=[ticket("t", 10, 11)],
    )
    write_company(company, tmp_path / "data")
    said = {
        "product_usage": {"session_frequency": 72, "core_actions": 72},
        "engagement_trends": {"velocity": 45},
        "feature_adoption": {"adoption": 80},
        "support_signals": {"volume": 65},
    }
    every = {dimension: list(part.signals) for dimension, part in PRESETS["default"].dimensions.items()}
    dimensions = {
        dimension: {
            "signals": {
                signal: {"weight": float(signal in fixed), "scaling": {"steps": {-1: fixed.get(signal, 0)}}}
                for signal in every[dimension]
            }
        }
        for dimension, fixed in said.items()
    }
    project = {"scorecard": {"base": "default", "dimensions": dimensions}}
    (tmp_path / FILE_NAME).write_text(yaml.safe_dump(project), encoding="utf-8")
    with weatherglass.open(tmp_path) as opened:
        opened.load(tmp_path / "data")
        (row,) = opened.score(date(2024, 3, 10)).to_pylist()
        lines = opened.signals(date(2024, 3, 10)).to_pylist()
    assert (round(row["score"], 9), row["tier"], row["tier_shown"], row["grade"]) == (65.85, "yellow", "yellow", "D")
    assert {name: row[f"dim_{name}"] for name in EXAMPLE} == EXAMPLE
    assert (row["coverage"], row["lifecycle"], row["method"]) == (1.0, "behavioural", "weighted")
    told: dict[str, float] = {}
    for line in lines:
        told[line["dimension"]] = told.get(line["dimension"], 0.0) + (line["contribution"] or 0.0)
    assert [round(told[name], 9) for name in EXAMPLE] == [21.6, 11.25, 20.0, 13.0]
