"""What a calibration changes in a project: options of the scorecard, and the probabilities beside its scores."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from weatherglass.jobs.foresight.probabilities import Kept, Probabilities, scoring

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.foresight.calibrating import Calibration

WEIGHT_DECIMALS = 4


Options = dict[tuple[Hashable, ...], object]


def weights(found: Calibration) -> Options:
    """The weights that it proposes; none where they are refused."""
    if found.weights is None or found.weights.refused:
        return {}
    return {
        ("dimensions", name, "weight"): round(weight, WEIGHT_DECIMALS) for name, weight in found.weights.then.items()
    }


def lines(found: Calibration, card: Scorecard) -> Options:
    """The tiers of a card with the lines that it proposes."""
    if found.lines is None:
        return {}
    moved = card.tiers.model_copy(update={"lines": (found.lines.red, found.lines.green)})
    return {("tiers",): moved.model_dump(exclude_defaults=True) | {"lines": list(moved.lines)}}


def keep(folder: Path, project: Project, found: Iterable[Calibration]) -> None:
    """Keep the probabilities by what makes the scores that they are about: other weights make other scores."""
    cards = {card.name: card for card in project.scorecards}
    kept = {
        scoring(project, cards[one.scorecard]): Kept(
            scorecard=one.scorecard, known_to=one.known_to, horizons=one.probabilities, spread=one.spread
        )
        for one in found
        if one.probabilities
    }
    if kept:
        Probabilities(folder).keep(kept)
