"""Training: a model for each scorecard from what became of its accounts, judged out of time before it is used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.jobs.foresight.models import Models, base
from weatherglass.learning import fitting
from weatherglass.learning.boosting import Recipe
from weatherglass.learning.hindsight import without_hindsight
from weatherglass.learning.logistic import chance
from weatherglass.learning.methods import Fit, fit
from weatherglass.learning.model import Measured, Model, ModelCard
from weatherglass.learning.table import Table
from weatherglass.learning.trial import FEW, Trial, trial
from weatherglass.outcomes.labels import NOT_YET
from weatherglass.rollups import calendar
from weatherglass.signals.catalogue import CATALOGUE
from weatherglass.signals.windows import Bools, Floats

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.scoring.run import Progress
    from weatherglass.outcomes.bootstrap import Estimate
    from weatherglass.outcomes.panel import Panel
    from weatherglass.store import Store

EVERY = 7
"""Days between the snapshots that are learned from."""
DECILES = np.linspace(0.1, 0.9, 9)


@dataclass(frozen=True)
class Training:
    """What came of training one scorecard."""

    scorecard: str
    method: str
    churns: int
    rows: int
    trial: Trial | None
    model: Model | None
    """None where there was nothing to learn."""
    promoted: bool
    why: str
    """Why it was promoted, or was not."""
    replaced: str = ""
    """The name of the model that it took the place of."""


@dataclass(frozen=True)
class Wish:
    """What is asked of `train`."""

    method: str | None = None
    """Else each card's own; a card that does not learn is trained as a hybrid."""
    seed: int = 0
    horizon: int = 90
    force: bool = False
    """Promote whatever the trial says."""
    until: dt.date | None = None
    """Know nothing that came after this day."""
    scorecards: frozenset[str] | None = None
    """Only these; None: all."""


def train(
    store: Store, project: Project, folder: Path, wish: Wish | None = None, progress: Progress | None = None
) -> list[Training]:
    """Train a model for every scorecard and promote those that are better out of time than what is used now.

    Errors: NothingToScore without a history to look back at.
    """
    asked = wish or Wish()
    seen = learning_panel(store, project, asked.horizon, asked.until, progress)
    models = Models(folder)
    return [
        _trained(seen, project, place, asked, models)
        for place, card in enumerate(project.scorecards)
        if asked.scorecards is None or card.name in asked.scorecards
    ]


def learning_panel(
    store: Store,
    project: Project,
    horizon: int,
    until: dt.date | None = None,
    progress: Progress | None = None,
) -> Panel:
    """A dense panel with every signal there is, and the score that cards have without learning.

    until: what came after that day is left out; None: nothing is.
    """
    names = [signal.name for signal in CATALOGUE if signal.dimension != "onboarding"]
    cards = tuple(unlearned(card).also(names) for card in project.scorecards)
    wide = project.model_copy(update={"scorecards": cards})
    return known_then(panel(store, wide, Replay(every=EVERY, horizons=(horizon,), until=until), progress), until)


def known_then(seen: Panel, until: dt.date | None) -> Panel:
    """A panel as it was known by the end of a day."""
    return seen if until is None else without_hindsight(seen, calendar.number(until))


def unlearned(card: Scorecard) -> Scorecard:
    """The card as it scores without a model or rules."""
    return card.model_copy(update={"method": "weighted", "fitted": None, "rules": ()})


def _trained(seen: Panel, project: Project, place: int, asked: Wish, models: Models) -> Training:
    card = project.scorecards[place]
    method = asked.method or (card.method if card.method in ("learned", "hybrid", "hazard") else "hybrid")
    mine = seen.where(seen.card == place)
    whole = Table.of(mine, asked.horizon)
    if not fitting.learnable(whole):
        why = f"{whole.churns} churns are known, {fitting.ENOUGH} are needed: the weighted score stays"
        return Training(card.name, method, whole.churns, len(whole), None, None, promoted=False, why=why)
    recipe = Recipe(seed=asked.seed)
    current = models.of(card.name)
    judged = judge(mine, method, recipe, asked.horizon, _split(mine, asked.horizon, current))
    model = _model(seen, project, card, (method, recipe, asked.horizon), fit(method, whole, recipe), whole, judged)
    models.keep(model)
    rival = current if current is not None and _rivals(current, model) else None
    promoted, why = _verdict(judged, rival, mine, asked)
    if promoted:
        models.promote(model)
    replaced = current.name if promoted and current is not None else ""
    return Training(card.name, method, whole.churns, len(whole), judged, model, promoted, why, replaced)


def _split(seen: Panel, horizon: int, current: Model | None) -> tuple[Bools, Bools]:
    """Rows to learn from and later ones to judge by: those that the model in use has not seen either."""
    learn, test = seen.split(horizon=horizon)
    if current is None:
        return learn, test
    known = _known_to(current)
    later = (seen.day > known - horizon) & (seen.label(horizon) != NOT_YET)
    if Table.of(seen.where(later), horizon).churns < FEW:
        return learn, test
    return seen.known_by(horizon, int(seen.day[later].min())), later


def judge(seen: Panel, method: str, recipe: Recipe, horizon: int, split: tuple[Bools, Bools]) -> Trial | None:
    """How a method does on later rows when it learns from earlier ones; None where it could not."""
    learn = Table.of(seen.where(split[0]), horizon)
    test = Table.of(seen.where(split[1]), horizon, learn.names)
    if not len(learn) or not 0 < learn.label.sum() < len(learn):
        return None
    found = fit(method, learn, recipe)
    risk = found.risk(test)
    return trial(risk, test, chance(risk))


def _rivals(one: Model, other: Model) -> bool:
    """Whether two models are of one kind and one scorecard: only then does the older have to be beaten."""
    return one.card.base == other.card.base and one.card.method == other.card.method


def _known_to(model: Model) -> int:
    return calendar.number(dt.date.fromisoformat(model.card.known_to))


def _verdict(judged: Trial | None, current: Model | None, seen: Panel, asked: Wish) -> tuple[bool, str]:
    if asked.force:
        return True, "as asked, whatever the trial says"
    if judged is None:
        return False, "nothing was known early enough to judge a model by later churns: the weighted score stays"
    if judged.blind:
        return False, judged.blind
    if current is None:
        return True, "out of time it foresees better than the weighted score"
    later = _known_to(current) - asked.horizon
    if judged.first <= later:
        return False, f"fewer than {FEW} churns are known since the model in use was made: it stays"
    test = Table.of(seen.where((seen.day > later) & (seen.label(asked.horizon) != NOT_YET)), asked.horizon)
    old = trial(-points(current, test), test)
    if old is not None and judged.measures["auc"].value <= old.measures["auc"].value:
        return False, "the model in use foresees the churns since it was made as well or better: it stays"
    return True, "it foresees the churns since the model in use was made better than that one"


def points(model: Model, table: Table) -> Floats:
    """The score that a kept model gives rows: the mean over what there is, as the product makes it."""
    from weatherglass.scores.learned import worth

    total, weight = model.fitted.prior * table.prior, np.full(len(table), model.fitted.prior)
    for place, name in enumerate(table.names):
        curve = model.fitted.curves.get(name)
        if curve is not None:
            there = ~np.isnan(table.x[:, place])
            total = total + np.where(there, curve.weight * np.nan_to_num(worth(curve, table.x[:, place])), 0.0)
            weight = weight + curve.weight * there
    return np.asarray(total / np.where(weight > 0, weight, 1.0))


def _model(
    seen: Panel,
    project: Project,
    card: Scorecard,
    how: tuple[str, Recipe, int],
    found: Fit,
    whole: Table,
    judged: Trial | None,
) -> Model:
    method, recipe, horizon = how
    made = found.fitted
    described = ModelCard(
        method=method,  # type: ignore[arg-type]  # a word that train was given was checked
        scorecard=card.name,
        base=base(project, card),
        horizon=horizon,
        source=seen.reading.source,
        seed=recipe.seed,
        first_day=_iso(int(whole.day.min())),
        last_day=_iso(int(whole.day.max())),
        known_to=_iso(seen.reading.known_to),
        rows=len(whole),
        accounts=len(np.unique(whole.account)),
        churns=whole.churns,
        signals=tuple(made.curves),
        tested_from=None if judged is None else _iso(judged.first),
        tested_to=None if judged is None else _iso(judged.last),
        metrics={} if judged is None else _metrics(judged),
        made_with=f"lightgbm {version('lightgbm')}",
    )
    model = Model(card=described, fitted=made, spread={})
    spread = {"score": points(model, whole)}
    spread |= {name: whole.x[:, place] for place, name in enumerate(whole.names) if name in made.curves}
    return model.model_copy(update={"spread": {name: deciles(values) for name, values in spread.items()}})


def _iso(day: int) -> str:
    return calendar.date(day).isoformat()


def deciles(values: Floats) -> tuple[float, ...]:
    """The nine numbers that part values in ten; without any, none."""
    known = values[~np.isnan(values)]
    return tuple(np.round(np.quantile(known, DECILES), 9).tolist()) if len(known) else ()


def _metrics(judged: Trial) -> dict[str, Measured]:
    found = {**judged.measures, **{f"weighted_{name}": one for name, one in judged.weighted.items()}}
    shown = {name: _measured(one) for name, one in {**found, "gain": judged.gain}.items()}
    error = None if np.isnan(judged.error) else judged.error
    return {**shown, "calibration_error": Measured(value=error, low=None, high=None)}


def _measured(one: Estimate) -> Measured:
    return Measured(**one.to_json())
