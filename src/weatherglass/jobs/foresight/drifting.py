"""Looking whether accounts are still like those that a model was made of, and churn as often as was expected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.jobs.data_health.checking import Finding
from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.jobs.foresight.models import Models
from weatherglass.jobs.foresight.probabilities import Kept, Probabilities, scoring
from weatherglass.learning.drift import Drift, stability, surprise
from weatherglass.outcomes.labels import NOT_YET, YES
from weatherglass.rollups import calendar

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.outcomes.panel import Panel
    from weatherglass.store import Store

RECENT = 28
"""Days whose accounts are looked at."""
HORIZON = 90


@dataclass(frozen=True)
class Drifted:
    """The drift of one scorecard, and what is said where there is nothing to compare with."""

    scorecard: str
    drift: Drift | None
    said: str = ""


def drift(store: Store, project: Project, folder: Path) -> list[Drifted]:
    """Compare the last weeks with what each scorecard's model and probabilities were made of."""
    kept = Probabilities(folder).read()
    since = _since(folder)
    seen = panel(store, project, Replay(every=7, horizons=(HORIZON,), since=since))
    return [_of(seen, project, place, folder, kept) for place in range(len(project.scorecards))]


def findings(store: Store, project: Project, folder: Path) -> list[Finding]:
    """What the doctor says of the models and probabilities of a folder; nothing where there are none."""
    models, kept = Models(folder).names(), Probabilities(folder).read()
    if not any(card.name in models or scoring(project, card) in kept for card in project.scorecards):
        return []
    return [said for one in drift(store, project, folder) if one.drift is not None for said in _said(one, one.drift)]


def _said(one: Drifted, found: Drift) -> list[Finding]:
    mend = "run `weatherglass train` and `weatherglass calibrate`"
    if found.warnings:
        return [Finding("bad", f"scorecard {one.scorecard}: {warning}", mend) for warning in found.warnings]
    return [Finding("good", f"scorecard {one.scorecard}: accounts are like those that it was made of")]


def _since(folder: Path) -> dt.date | None:
    """Snapshots from before the oldest of what is compared with, so that churns since are among them."""
    found = [kept.known_to for kept in Probabilities(folder).read().values()]
    return dt.date.fromisoformat(min(found)) - dt.timedelta(days=HORIZON) if found else None


def _of(seen: Panel, project: Project, place: int, folder: Path, kept: dict[str, Kept]) -> Drifted:
    card = project.scorecards[place]
    model, found = Models(folder).of(card.name), kept.get(scoring(project, card))
    if model is None and found is None:
        return Drifted(card.name, None, "it has neither a model nor probabilities: run `weatherglass calibrate`")
    mine = seen.where(seen.card == place)
    recent = mine.where(mine.day > seen.reading.known_to - RECENT)
    spread = {} if found is None else {"score": found.spread}
    if model is not None and card.fitted is not None:
        spread["score"] = model.spread.get("score", ())
    index = {name: stability(deciles, recent.score) for name, deciles in spread.items() if deciles}
    return Drifted(card.name, _with_churn(index, mine, found))


def _with_churn(index: dict[str, float], mine: Panel, found: Kept | None) -> Drift:
    one = None if found is None else next((one for one in found.horizons if one.horizon == HORIZON), None)
    if found is None or one is None:
        return Drift(index)
    made = calendar.number(dt.date.fromisoformat(found.known_to))
    fresh = mine.where((mine.day + HORIZON > made) & (mine.label(HORIZON) != NOT_YET))
    if not len(fresh):
        return Drift(index)
    label = (fresh.label(HORIZON) == YES).astype(np.float64)
    expected, churned, far = surprise(one, fresh.score, label, fresh.account)
    return Drift(index, expected, churned, len(fresh), far)
