"""Calibration: lines, weights and probabilities from what became of accounts, each judged on later rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.jobs.foresight.backtesting import Replay, panel
from weatherglass.jobs.foresight.training import EVERY, deciles, known_then, learning_panel
from weatherglass.learning import thresholds
from weatherglass.learning.boosting import Recipe
from weatherglass.learning.folds import out_of_fold
from weatherglass.learning.probability import Probability, probability
from weatherglass.learning.table import Table
from weatherglass.learning.thresholds import Flagged, flagged
from weatherglass.learning.weights import SEED_BANDS, Rows, fitted
from weatherglass.outcomes.bootstrap import auc_difference, ranking_estimates
from weatherglass.outcomes.labels import EXPANDED, NOT_YET, RENEWED, YES
from weatherglass.rollups import calendar
from weatherglass.signals.windows import Bools, Floats, Ints

if TYPE_CHECKING:
    from weatherglass.config.project import Project
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.jobs.scoring.run import Progress
    from weatherglass.outcomes.bootstrap import Estimate
    from weatherglass.outcomes.panel import Panel
    from weatherglass.store import Store

FEWEST = 20
"""Churns below which lines and weights are not fitted."""
HORIZONS = (30, 60, 90)


@dataclass(frozen=True)
class Wish:
    """What is asked of `calibrate`."""

    capture: float = 0.8
    """Share of churners that red is to hold."""
    horizon: int = 90
    until: dt.date | None = None
    """Know nothing that came after this day."""
    widen: float = 0.0
    """By how much bands are widened to both sides, as a share of the score."""
    seed: int = 0


@dataclass(frozen=True)
class Lines:
    """Proposed lines and what they do, on all rows and, set on earlier rows, on later ones."""

    red: float
    green: float
    green_by: str
    """What green was set by."""
    now: Flagged
    then: Flagged
    later: Flagged | None
    """Of the line that earlier rows alone propose, on later rows; None without."""


@dataclass(frozen=True)
class Weighing:
    """Fitted weights of dimensions; `gain` is the AUC on later rows more than with the present weights."""

    now: Mapping[str, float]
    then: Mapping[str, float]
    gain: Estimate | None
    refused: str
    """Why they are not to be used; empty where they are."""


@dataclass(frozen=True)
class Calibration:
    """What calibrating one scorecard found; parts are None where there was too little to find them by."""

    scorecard: str
    churns: int
    rows: int
    lines: Lines | None
    weights: Weighing | None
    probabilities: tuple[Probability, ...]
    known_to: str
    """The last day with facts."""
    spread: tuple[float, ...] = ()
    said: tuple[str, ...] = field(default=())


def calibrate(
    store: Store, project: Project, wish: Wish | None = None, progress: Progress | None = None
) -> list[Calibration]:
    """Calibrate every scorecard of a project. Errors: NothingToScore without a history to look back at."""
    asked = wish or Wish()
    horizons = tuple(sorted({*HORIZONS, asked.horizon}))
    replay = Replay(every=EVERY, horizons=horizons, until=asked.until)
    seen = known_then(panel(store, project, replay, progress), asked.until)
    learning = [card for card in project.scorecards if card.fitted is not None]
    wide = learning_panel(store, project, asked.horizon, asked.until, progress) if learning else None
    return [_calibrated(seen, wide, project, place, asked) for place in range(len(project.scorecards))]


def _calibrated(seen: Panel, wide: Panel | None, project: Project, place: int, asked: Wish) -> Calibration:
    card = project.scorecards[place]
    mine = seen.where(seen.card == place)
    table = Table.of(mine, asked.horizon, ())
    if table.churns < FEWEST:
        told = f"{table.churns} churns are known, {FEWEST} are needed: nothing is calibrated"
        return Calibration(card.name, table.churns, len(table), None, None, (), _known_to(seen), said=(told,))
    unseen = None if wide is None else _unseen(wide.where(wide.card == place), card, asked)
    if unseen is not None:
        mine = _with_scores(mine, *unseen)
        table = Table.of(mine, asked.horizon, ())
    if _blind(table):
        told = (
            "there is no signal: the score tells churners from others no better than chance, so nothing is calibrated"
        )
        return Calibration(card.name, table.churns, len(table), None, None, (), _known_to(seen), said=(told,))
    found = [_probability(mine, horizon) for horizon in seen.horizons]
    return Calibration(
        scorecard=card.name,
        churns=table.churns,
        rows=len(table),
        lines=_lines(mine, card, asked),
        weights=_weights(mine, card, asked) if card.made_by == "weighted" else None,
        probabilities=tuple(one for one in found if one is not None),
        known_to=_known_to(seen),
        spread=deciles(table.prior),
        said=_said(mine, found, card),
    )


def _blind(table: Table) -> bool:
    label = table.label.astype(np.int64)
    return not ranking_estimates(-table.prior, label, table.account)["auc"].low > 0.5


def _known_to(seen: Panel) -> str:
    return calendar.date(seen.reading.known_to).isoformat()


def _said(mine: Panel, found: list[Probability | None], card: Scorecard) -> tuple[str, ...]:
    said = [
        f"{horizon} days ahead: too few churns for a probability"
        for horizon, one in zip(mine.horizons, found, strict=True)
        if one is None
    ]
    if card.made_by != "weighted":
        said.append(f"weights are fitted for the method weighted; the method is {card.made_by}")
    return tuple(said)


def _unseen(wide: Panel, card: Scorecard, asked: Wish) -> tuple[Table, Floats] | None:
    """Scores of rows by models that did not learn from their accounts: a model's own rows look too good to it."""
    assert card.fitted is not None
    table = Table.of(wide, asked.horizon)
    risk = out_of_fold(card.method, table, Recipe(seed=asked.seed))
    if risk is None or card.fitted.slope == 0.0:
        return None
    return table, np.clip((card.fitted.level - risk) / card.fitted.slope, 0.0, 100.0)


def _with_scores(mine: Panel, table: Table, score: Floats) -> Panel:
    """The rows that have such a score, with it."""
    from dataclasses import replace

    keys = {pair: place for place, pair in enumerate(zip(table.account.tolist(), table.day.tolist(), strict=True))}
    places = np.array([keys.get(pair, -1) for pair in zip(mine.account.tolist(), mine.day.tolist(), strict=True)])
    kept = mine.where(places >= 0)
    return replace(kept, score=score[places[places >= 0]])


def _probability(mine: Panel, horizon: int) -> Probability | None:
    learn, test = mine.split(horizon=horizon)
    known = mine.label(horizon) != NOT_YET
    parts = [(mine.score[rows], (mine.label(horizon)[rows] == YES).astype(np.float64)) for rows in (learn, test, known)]
    return probability(parts[0], parts[1], parts[2], horizon)


def _lines(mine: Panel, card: Scorecard, asked: Wish) -> Lines | None:
    if len(card.tiers.lines) != 2:
        return None
    known = mine.label(asked.horizon) != NOT_YET
    red, green, green_by = _proposed(mine, known, asked)
    score, label = _pair(mine, known, asked.horizon)
    learn, test = mine.split(horizon=asked.horizon)
    later = None
    if Table.of(mine.where(learn), asked.horizon, ()).churns and test.any():
        later = flagged(*_pair(mine, test, asked.horizon), _proposed(mine, learn, asked)[0])
    now = flagged(score, label, card.tiers.lines[0])
    return Lines(red, green, green_by, now, flagged(score, label, red), later)


def _proposed(mine: Panel, rows: Bools, asked: Wish) -> tuple[float, float, str]:
    score, label = _pair(mine, rows, asked.horizon)
    churns = Table.of(mine.where(rows), asked.horizon, ()).churns
    red = thresholds.red_line(score, label, asked.capture, churns)
    for kind, name in ((EXPANDED, "expansions"), (RENEWED, "renewals")):
        told = rows & (mine.label(asked.horizon, kind) != NOT_YET)
        good = (mine.label(asked.horizon, kind)[told] == YES).astype(np.float64)
        line = thresholds.green_line(mine.score[told], good, red) if good.sum() >= FEWEST else None
        if line is not None:
            return red, line, name
    return red, thresholds.calm_line(score, label, red), "half the usual churn, for no expansion or renewal is known"


def _pair(mine: Panel, rows: Bools, horizon: int) -> tuple[Floats, Floats]:
    return mine.score[rows], (mine.label(horizon)[rows] == YES).astype(np.float64)


def _weights(mine: Panel, card: Scorecard, asked: Wish) -> Weighing | None:
    present = {name: part.weight for name, part in card.dimensions.items() if part.weight > 0}
    now = {name: weight / sum(present.values()) for name, weight in present.items()}
    bands = {
        name: (max(0.0, low - asked.widen), min(1.0, high + asked.widen))
        for name, (low, high) in SEED_BANDS.items()
        if name in now
    }
    learn, test = mine.split(horizon=asked.horizon)
    known = mine.label(asked.horizon) != NOT_YET
    try:
        earlier = fitted(_rows(mine, card, learn, asked.horizon), now, bands)
        then = fitted(_rows(mine, card, known, asked.horizon), now, bands)
    except ValueError as error:
        return Weighing(now, now, None, str(error))
    gain = _gain(_rows(mine, card, test, asked.horizon), earlier, now, mine.account[test])
    return Weighing(now, then, gain, _refusal(gain))


def _gain(rows: Rows, then: Mapping[str, float], now: Mapping[str, float], account: Ints) -> Estimate | None:
    if not 0 < rows.label.sum() < len(rows.label):
        return None
    one, other = -rows.score(then), -rows.score(now)
    return auc_difference(one, other, rows.label.astype(np.int64), account)


def _refusal(gain: Estimate | None) -> str:
    if gain is None:
        return "no later churn is known to judge them by"
    if not gain.value > 0.0:
        return "on later rows they foresee churn no better than the present weights"
    if not gain.low > 0.0:
        return "on later rows their gain may as well be chance"
    return ""


def _rows(mine: Panel, card: Scorecard, rows: Bools, horizon: int) -> Rows:
    dimensions = {
        name: _dimension(mine, {signal: part.weight for signal, part in dimension.signals.items()})[rows]
        for name, dimension in card.dimensions.items()
        if dimension.weight > 0
    }
    label = (mine.label(horizon)[rows] == YES).astype(np.float64)
    return Rows(dimensions, label, np.ones(len(label)))


def _dimension(mine: Panel, weights: Mapping[str, float]) -> Floats:
    total, held = np.zeros(len(mine)), np.zeros(len(mine))
    for signal, weight in weights.items():
        score = mine.signals.get(signal)
        if score is not None and weight > 0:
            total += np.where(np.isnan(score), 0.0, weight * np.nan_to_num(score))
            held += weight * ~np.isnan(score)
    return np.asarray(np.divide(total, held, out=np.full(len(mine), np.nan), where=held > 0))
