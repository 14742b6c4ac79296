"""Which share of a score each signal has, so that the contributions add up to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from weatherglass.scores.weighted import ONBOARDING, Scores
from weatherglass.signals.windows import Bools, Floats

SHOWN = ("product_usage", "engagement_trends", "feature_adoption", "support_signals")
"""Dimensions of which null signals are shown too; of the others only what there is."""


RULES = "rules"
"""What stands for the dimension in the line of a rule; its signal is the rule's name."""


@dataclass(frozen=True)
class Line:
    """One signal on every account and day: what was measured, and its part in the score; NaN is empty."""

    dimension: str
    signal: str
    value: Floats
    baseline: Floats
    score: Floats
    weight: Floats
    contribution: Floats
    rows: Bools
    """Where there is such a row."""


def contributions(scores: Scores) -> list[Line]:
    """A line for each signal; weights of a scored day add up to 1, contributions to the score."""
    weights = scores.weights
    total = np.zeros(scores.score.shape)
    for name, weight in weights.items():
        total += weight * ~np.isnan(scores.dimensions[name].score)
    lines = []
    for name in scores.dimensions:
        if name == ONBOARDING:
            lines.extend(_onboarding(scores))
        else:
            share = weights.get(name, 0.0) * scores.behaviour / np.where(total > 0, total, 1.0)
            lines.extend(_dimension(scores, name, share))
    return _ruled(lines, scores)


def _ruled(lines: list[Line], scores: Scores) -> list[Line]:
    """The lines of rules besides: what they take of the score, the others have the less of."""
    for move in scores.moves:
        acted = (move.share > 0) & ~np.isnan(scores.score)
        lines = [_less(line, np.where(acted, 1.0 - move.share, 1.0)) for line in lines]
        weight, empty = np.where(acted, move.share, np.nan), np.full(acted.shape, np.nan)
        toward = np.where(acted, move.toward, np.nan)
        lines.append(Line(RULES, move.name, move.before, empty, toward, weight, weight * toward, acted))
    return lines


def _less(line: Line, left: Floats) -> Line:
    return replace(line, weight=line.weight * left, contribution=line.contribution * left)


def _dimension(scores: Scores, name: str, share: Floats) -> list[Line]:
    dimension = scores.dimensions[name]
    total = np.zeros(scores.score.shape)
    for signal, measure in dimension.measures.items():
        total += dimension.weights[signal] * ~np.isnan(measure.score)
    lines = []
    for signal, measure in dimension.measures.items():
        weight = share * dimension.weights[signal] / np.where(total > 0, total, 1.0)
        there = ~np.isnan(measure.score)
        rows = np.ones(there.shape, dtype=np.bool_) if name in SHOWN else there
        weight = np.where(there & ~np.isnan(scores.score), weight, np.nan)
        contribution = weight * measure.score
        lines.append(Line(name, signal, measure.value, measure.baseline, measure.score, weight, contribution, rows))
    return lines


def _onboarding(scores: Scores) -> list[Line]:
    lines = []
    for signal, measure in scores.dimensions[ONBOARDING].measures.items():
        rows = (scores.t < 1.0) & ~np.isnan(measure.score)
        weight = np.where(rows & ~np.isnan(scores.score), 1.0 - scores.behaviour, np.nan)
        contribution = weight * measure.score
        lines.append(
            Line(ONBOARDING, signal, measure.value, measure.baseline, measure.score, weight, contribution, rows)
        )
    return lines
