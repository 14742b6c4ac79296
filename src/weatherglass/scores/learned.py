"""The learned score: a weighted card whose signals go through curves that were fitted to what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from weatherglass.config.scaling import Scaling
from weatherglass.scores.weighted import ONBOARDING, Dimension, Scores, behavioural_weights, dimension, of_dimensions
from weatherglass.signals import catalogue
from weatherglass.signals.measure import Measure
from weatherglass.signals.windows import Floats

if TYPE_CHECKING:
    from weatherglass.config.fitted import Curve, Fitted
    from weatherglass.config.scorecard import Scorecard
    from weatherglass.signals.block import Block


def score(block: Block) -> Scores:
    """The mean of the card's weighted score and its curves, by weight.

    A signal that has both is one signal with the weight of both, so contributions stay exact; with no weight on curves
    the score is the weighted one.
    """
    fitted = block.card.fitted
    assert fitted is not None, "a card without a model is weighted"
    scalings = block.card.measured
    dimensions, weights = {}, {}
    for name in catalogue.DIMENSIONS:
        signals = [signal.name for signal in catalogue.CATALOGUE if signal.dimension == name]
        found = _dimension(block, {signal: scalings[signal] for signal in signals if signal in scalings}, name)
        dimensions[name] = found
        if name != ONBOARDING and (total := sum(found.weights.values())) > 0:
            weights[name] = total
    return of_dimensions(block, dimensions, weights)


def _dimension(block: Block, scalings: dict[str, Scaling], name: str) -> Dimension:
    fitted, prior = block.card.fitted, _prior(block.card, name)
    assert fitted is not None
    measures, weights = {}, {}
    for signal, scaling in scalings.items():
        measure, curve = catalogue.evaluate(block, signal, scaling), fitted.curves.get(signal)
        measures[signal] = measure if curve is None else _mixed(measure, prior.get(signal, 0.0), curve)
        weights[signal] = prior.get(signal, 0.0) + (0.0 if curve is None else curve.weight)
    return dimension(block, measures, weights)


def _mixed(measure: Measure, prior: float, curve: Curve) -> Measure:
    if prior + curve.weight == 0.0 or measure.absent:
        return measure
    score = (prior * measure.score + curve.weight * worth(curve, measure.score)) / (prior + curve.weight)
    return Measure(score, measure.value, measure.baseline)


def worth(curve: Curve, score: Floats) -> Floats:
    """The points that a signal's own score is worth; NaN stays NaN."""
    points = np.asarray(curve.points)[np.searchsorted(np.asarray(curve.bounds), score, side="left")]
    return np.where(np.isnan(score), np.nan, points)


def _prior(card: Scorecard, name: str) -> dict[str, float]:
    """The weight of each signal of a dimension in the score without learning, times the weight of that score."""
    if name not in card.dimensions:
        return {}
    signals = card.dimensions[name].signals
    if name == ONBOARDING:
        return {signal: part.weight for signal, part in signals.items()}
    fitted: Fitted | None = card.fitted
    assert fitted is not None
    weights = behavioural_weights(card)
    inside = sum(part.weight for part in signals.values())
    share = fitted.prior * weights.get(name, 0.0) / sum(weights.values())
    return {signal: share * part.weight / inside if inside > 0 else 0.0 for signal, part in signals.items()}
