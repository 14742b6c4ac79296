"""Looking, once in four weeks, whether models still hold, and making better ones where later churn tells them apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from weatherglass.config.scorecard import LEARNING
from weatherglass.jobs.foresight.drifting import drift
from weatherglass.jobs.foresight.models import with_models
from weatherglass.jobs.foresight.training import Wish, train

if TYPE_CHECKING:
    from weatherglass.jobs.live.store import Live
    from weatherglass.jobs.schedule.running import Task

EVERY = 28
"""Days: there have to be later churns before another model can be told from the one in use."""


def retrain(live: Live, folder: Path, task: Task) -> dict[str, Any]:
    """Say what has drifted, train the cards that learn, and score with a new model where it has won.

    Looking back numbers accounts, so it takes the writer's turn: what arrives meanwhile waits in the log.
    Returns the warnings, and by scorecard whether its new model was promoted and why.
    """
    project = live.project
    task.progress("comparing accounts with those that were learned from", 0, 2)
    drifted = live.submit(lambda store: drift(store, project, folder)).result()
    warnings = [f"{one.scorecard}: {said}" for one in drifted if one.drift is not None for said in one.drift.warnings]
    learning = frozenset(card.name for card in project.scorecards if card.method in LEARNING)
    task.progress("training models", 1, 2)
    wish = Wish(scorecards=learning)
    trained = live.submit(lambda store: train(store, project, folder, wish)).result() if learning else []
    if any(one.promoted for one in trained):
        # training takes its time: what was changed meanwhile stays
        live.adopt(with_models(live.latest, folder)).result()
    task.progress("training models", 2, 2)
    told = {one.scorecard: {"promoted": one.promoted, "why": one.why} for one in trained}
    for line in (*warnings, *(f"{name}: {one['why']}" for name, one in told.items())):
        task.say(line)
    return {"warnings": warnings, "scorecards": told}
