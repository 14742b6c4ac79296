"""The weighted scorecard: signals to dimensions, dimensions to one explained score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from weatherglass.scores.lifecycle import Blend, blend
from weatherglass.scores.tiers import DECIMALS
from weatherglass.signals import catalogue
from weatherglass.signals.measure import Measure, ratio
from weatherglass.signals.windows import Bools, Floats

if TYPE_CHECKING:
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.signals.block import Block

ONBOARDING = "onboarding"
SURE_AFTER = 84
"""Days of history from which a score is as sure as its coverage."""


@dataclass(frozen=True)
class Dimension:
    """A dimension's score, and the measures and configured weights of its signals."""

    score: Floats
    measures: dict[str, Measure]
    weights: dict[str, float]
    absent: bool


@dataclass(frozen=True)
class Move:
    """A rule's part in the score: `share` of it is the rule's, which pulls it to 0 or to 100 (`toward`).

    `before` is the score that the rule found; `share` is 0 where the rule did nothing. All `[accounts, days]`.
    """

    name: str
    share: Floats
    toward: Floats
    before: Floats


@dataclass(frozen=True)
class Scores:
    """Scores of a block, `[accounts, days asked for]`; only days with `history` >= 1 are rows."""

    score: Floats
    coverage: Floats
    confidence: Floats
    stage: npt.NDArray[np.int8]
    history: npt.NDArray[np.int64]
    dimensions: dict[str, Dimension]
    card: Scorecard
    behaviour: Floats
    """Share of the behavioural dimensions in the score; the rest is onboarding's."""
    t: Floats
    weights: dict[str, float]
    """The weights of the dimensions that make the behavioural score."""
    moves: tuple[Move, ...] = ()
    """What rules did to the score that the dimensions make, in their order."""


def score(block: Block) -> Scores:
    """Every dimension of the block's card, and the score that they make."""
    dimensions = {name: _dimension(block, name) for name in catalogue.DIMENSIONS}
    return of_dimensions(block, dimensions, behavioural_weights(block.card))


def of_dimensions(block: Block, dimensions: dict[str, Dimension], weights: dict[str, float]) -> Scores:
    """The score that dimensions make by their weights, blended with the onboarding of new accounts."""
    milestones = dimensions[ONBOARDING]
    stages = blend(block.age, None if milestones.absent else milestones.score)
    behavioural, covered = _behavioural(weights, dimensions, block.shape)
    return _blended(block, dimensions, weights, stages, (behavioural, covered))


def _dimension(block: Block, name: str) -> Dimension:
    options = block.card.dimensions.get(name)
    signals = options.signals if options is not None else {}
    measures = {signal: catalogue.evaluate(block, signal, options.scaling) for signal, options in signals.items()}
    return dimension(block, measures, {signal: options.weight for signal, options in signals.items()})


def dimension(block: Block, measures: dict[str, Measure], weights: dict[str, float]) -> Dimension:
    """A dimension of measured signals, by their weights."""
    present = {signal: measure for signal, measure in measures.items() if not measure.absent}
    if not present:
        return Dimension(np.broadcast_to(np.float64(np.nan), block.shape), measures, weights, absent=True)
    mean = weighted_mean({signal: measure.score for signal, measure in present.items()}, weights)
    return Dimension(mean, measures, weights, absent=False)


def weighted_mean(scores: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """Mean of what is there; NaN where nothing with a weight is."""
    total, weight = _sums(scores, weights)
    return ratio(total, weight)


def _sums(scores: dict[str, Floats], weights: dict[str, float]) -> tuple[Floats, Floats]:
    shape = next(iter(scores.values())).shape
    total, weight = np.zeros(shape), np.zeros(shape)
    for name, values in scores.items():
        if weights[name] > 0:
            there = ~np.isnan(values)
            total += np.where(there, weights[name] * values, 0.0)
            weight += weights[name] * there
    return total, weight


def _behavioural(
    weights: dict[str, float], dimensions: dict[str, Dimension], shape: tuple[int, int]
) -> tuple[Floats, Floats]:
    present = {name: dimensions[name].score for name in weights if not dimensions[name].absent}
    if not present:
        return np.full(shape, np.nan), np.zeros(shape)
    total, weight = _sums(present, weights)
    return ratio(total, weight), weight / sum(weights.values())


def behavioural_weights(card: Scorecard) -> dict[str, float]:
    """The weights of the dimensions that make the behavioural score; onboarding enters by the blend alone."""
    return {name: d.weight for name, d in card.dimensions.items() if d.weight > 0 and name != ONBOARDING}


def _enough(coverage: Floats, card: Scorecard) -> Bools:
    return np.asarray(np.round(coverage, DECIMALS) >= round(card.min_coverage, DECIMALS))


def _blended(
    block: Block,
    dimensions: dict[str, Dimension],
    weights: dict[str, float],
    stages: Blend,
    made: tuple[Floats, Floats],
) -> Scores:
    behavioural, covered = made
    onboarding, t = dimensions[ONBOARDING].score, stages.t
    started = ~np.isnan(onboarding)
    coverage = (1.0 - t) * started + t * covered
    behavioural = np.where(_enough(covered, block.card), behavioural, np.nan)
    # from the day on which t is 1 onboarding has no part, not even where nothing else is known
    share = np.where(started & (t < 1.0), np.where(np.isnan(behavioural), 0.0, t), 1.0)
    blended = np.where(share < 1.0, (1.0 - share) * onboarding, 0.0) + np.where(share > 0.0, share * behavioural, 0.0)
    scored = _enough(coverage, block.card) & stages.open
    return Scores(
        score=np.where(scored, blended, np.nan),
        coverage=coverage,
        confidence=coverage * np.minimum(1.0, block.history / SURE_AFTER),
        stage=stages.stage,
        history=block.history,
        dimensions=dimensions,
        card=block.card,
        behaviour=share,
        t=t,
        weights=weights,
    )
