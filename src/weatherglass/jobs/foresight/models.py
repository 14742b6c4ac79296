"""The models of a project's folder: which one each scorecard has, and the files of all that were ever made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.config.version import content_version
from weatherglass.jobs.replacing import replace_text
from weatherglass.learning.errors import ModelRefused

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.learning.model import Model

FOLDER = "models"
CURRENT = "current.json"
"""Scorecard to the name of its model."""

_DECIDING = {"dimensions", "windows", "corrections", "seats_unknown"}
"""Options of a card that a model is made of; lines and coverage may change under it."""


class Models:
    """The folder `models` of a project."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def names(self) -> dict[str, str]:
        """Scorecards with their models. Errors: ModelRefused for a file that is no such list."""
        path = self._folder / CURRENT
        if not path.exists():
            return {}
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ModelRefused(f"{path} cannot be read: {error}") from None
        if not isinstance(found, dict) or not all(isinstance(name, str) and name.isalnum() for name in found.values()):
            raise ModelRefused(f"{path} is not a list of scorecards with their models")
        return found

    def of(self, scorecard: str) -> Model | None:
        """The model of a scorecard; None before there is one. Errors: ModelRefused."""
        from weatherglass.learning.model import read_model

        name = self.names().get(scorecard)
        return None if name is None else read_model(self._folder / f"{name}.json")

    def keep(self, model: Model) -> Path:
        """Write a model's file; the same model is written once."""
        path = self._folder / f"{model.name}.json"
        if not path.exists():
            replace_text(path, model.to_json())
        return path

    def promote(self, model: Model) -> None:
        """Make a kept model the one of its scorecard."""
        self.choose({**self.names(), model.card.scorecard: model.name})

    def choose(self, names: dict[str, str]) -> None:
        replace_text(self._folder / CURRENT, json.dumps(dict(sorted(names.items())), indent=1) + "\n")


def with_models(project: Project, folder: Path) -> Project:
    """The project with the models that its cards' methods ask for.

    A card without a model, or whose signals have changed since its model was made, is weighted until `train` makes one.
    Errors: ModelRefused for a model file that was changed.
    """
    from weatherglass.config.scorecard import LEARNING

    if not any(card.method in LEARNING for card in project.scorecards):
        return project
    models, cards = Models(folder), []
    for card in project.scorecards:
        model = models.of(card.name) if card.method in LEARNING else None
        fits = model is not None and model.card.method == card.method and model.card.base == base(project, card)
        cards.append(card.model_copy(update={"fitted": model.fitted}) if fits and model is not None else card)
    return project.model_copy(update={"scorecards": tuple(cards)})


def base(project: Project, card: Scorecard) -> str:
    """12 hex digits that name everything of a configuration that signals and the weighted score go by."""
    content = project.model_dump(mode="json", include={"timezone", "product", "milestones"})
    return content_version({**content, "scorecard": card.model_dump(mode="json", include=_DECIDING)})
