"""The probabilities of churn that `calibrate` found: kept in the project, shown beside every score."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from weatherglass.config.frozen import Frozen, Text
from weatherglass.config.version import content_version
from weatherglass.jobs.foresight.models import FOLDER, base
from weatherglass.jobs.replacing import replace_text
from weatherglass.learning.errors import ModelRefused
from weatherglass.learning.probability import Probability

if TYPE_CHECKING:
    import pyarrow as pa

    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard

FILE = "probabilities.json"


class Kept(Frozen):
    """The probabilities of one way of scoring, by days ahead."""

    scorecard: Text
    known_to: Text
    """The last day with facts when they were found."""
    horizons: tuple[Probability, ...]
    spread: tuple[float, ...] = ()
    """Deciles of the score over the rows that they were found on."""


class Probabilities:
    """What the folder `models` has, by what makes the score; lines may move under it."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FOLDER / FILE

    def read(self) -> dict[str, Kept]:
        """All that are kept. Errors: ModelRefused for a file that is something else."""
        if self._path is None or not self._path.exists():
            return {}
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            found = {str(name): Kept.model_validate_json(json.dumps(kept)) for name, kept in content["scoring"].items()}
        except (ValueError, ValidationError, KeyError, TypeError, AttributeError) as error:
            raise ModelRefused(f"{self._path} cannot be read: {str(error).splitlines()[0]}") from None
        if content.get("sha256") != content_version(content["scoring"]):
            raise ModelRefused(f"{self._path} was changed after it was made; run `weatherglass calibrate` again")
        return found

    def keep(self, found: Mapping[str, Kept]) -> None:
        """Add probabilities, each by what makes the score that they are about."""
        assert self._path is not None, "a folder of files keeps nothing"
        known = {name: kept.model_dump(mode="json") for name, kept in {**self.read(), **found}.items()}
        content = {"sha256": content_version(known), "scoring": known}
        replace_text(self._path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def scoring(project: Project, card: Scorecard) -> str:
    """12 hex digits that name what makes a card's scores; its lines are no part of it."""
    made = card.model_dump(mode="json", include={"method", "rules", "fitted", "min_coverage"})
    return content_version({"base": base(project, card), "made": made})


def by_version(project: Project, kept: Mapping[str, Kept]) -> dict[str, Kept]:
    """The probabilities of a project's cards, by the version that score rows name."""
    found = {project.version(card): kept.get(scoring(project, card)) for card in project.scorecards}
    return {version: one for version, one in found.items() if one is not None}


def chances(row: Mapping[str, Any], known: Mapping[str, Kept]) -> dict[int, float]:
    """The chances of churn of one score row, by days ahead; none where it is unscored or its card has none."""
    kept = known.get(row["scorecard_version"])
    if kept is None or row["score"] is None:
        return {}
    import numpy as np

    return {one.horizon: float(one(np.array([row["score"]]))[0]) for one in kept.horizons}


def beside(table: pa.Table, known: Mapping[str, Kept]) -> pa.Table:
    """Score rows with a column `churn_<days>` for each horizon; empty where the row's card has no probability."""
    if not known:
        return table
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    horizons = sorted({one.horizon for kept in known.values() for one in kept.horizons})
    score = table["score"].to_numpy(zero_copy_only=False).astype(np.float64)
    for horizon in horizons:
        chance = np.full(len(score), np.nan)
        for version, kept in known.items():
            mine = pc.equal(table["scorecard_version"], version).to_numpy(zero_copy_only=False).astype(bool)
            for one in kept.horizons:
                if one.horizon == horizon:
                    chance[mine] = one(score[mine])
        table = table.append_column(f"churn_{horizon}", pa.array(chance, pa.float64(), mask=np.isnan(chance)))
    return table
