"""A model file is what was made, or it is not used."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from learning.tables import QUICK, table
from weatherglass.jobs.foresight.models import Models
from weatherglass.learning.errors import ModelRefused
from weatherglass.learning.methods import fit
from weatherglass.learning.model import Model, ModelCard, read_model


def model(seed: int = 0) -> Model:
    card = ModelCard(
        method="learned",
        scorecard="default",
        base="0" * 12,
        horizon=90,
        source="silence",
        seed=seed,
        first_day="2024-01-01",
        last_day="2024-06-01",
        known_to="2024-09-01",
        rows=1800,
        accounts=300,
        churns=90,
        signals=("recency",),
        metrics={},
        made_with="tests",
    )
    return Model(card=card, fitted=fit("learned", table(), QUICK).fitted, spread={"score": (10.0, 20.0)})


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    made, models = model(), Models(tmp_path)
    path = models.keep(made)
    assert read_model(path) == made
    assert path.read_bytes() == made.to_json().encode()
    assert models.of("default") is None
    models.promote(made)
    assert models.of("default") == made


def test_equal_models_are_one_file(tmp_path: Path) -> None:
    models = Models(tmp_path)
    assert models.keep(model()) == models.keep(model())
    assert models.keep(model(seed=1)) != models.keep(model())


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["fitted"].update(level=9.0),
        lambda content: content["card"].update(churns=9000),
        lambda content: content.update(sha256="0" * 64),
        lambda content: content.pop("sha256"),
        lambda content: content.update(format=2),
        lambda content: content.update(code="import os"),
        lambda content: content["fitted"].update(prior=-1.0),
    ],
)
def test_a_changed_file_is_refused(tmp_path: Path, change: object) -> None:
    path = Models(tmp_path).keep(model())
    content = json.loads(path.read_text())
    change(content)  # type: ignore[operator]
    path.write_text(json.dumps(content))
    with pytest.raises(ModelRefused):
        read_model(path)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "models" / "0123456789ab.json"
    with pytest.raises(ModelRefused, match="missing"):
        read_model(path)
    path.parent.mkdir()
    path.write_bytes(pickle.dumps({"card": 1}))
    with pytest.raises(ModelRefused, match="not a model"):
        read_model(path)
    path.write_text("[]")
    with pytest.raises(ModelRefused):
        read_model(path)


def test_a_model_under_another_name_is_refused(tmp_path: Path) -> None:
    path = Models(tmp_path).keep(model())
    other = path.with_name("0123456789ab.json")
    path.rename(other)
    with pytest.raises(ModelRefused):
        read_model(other)


def test_a_list_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    models = Models(tmp_path)
    models.choose({"default": "../../etc/passwd"})
    with pytest.raises(ModelRefused):
        models.of("default")
