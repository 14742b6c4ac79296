"""The score by rules: the weighted score, and what readable conditions on signals then do to it."""

from __future__ import annotations

import operator
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from weatherglass.config.rule import SCORE
from weatherglass.scores import weighted
from weatherglass.scores.weighted import Move, Scores
from weatherglass.signals import catalogue
from weatherglass.signals.windows import Bools, Floats

if TYPE_CHECKING:
    from weatherglass.config.rule import Condition, Rule
    from weatherglass.signals.block import Block

_COMPARE = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
)


def score(block: Block) -> Scores:
    """The weighted score under the card's rules, the highest priority first."""
    scores = weighted.score(block)
    points, done, moves = scores.score, np.zeros(scores.score.shape, dtype=np.bool_), []
    for rule in sorted(block.card.rules, key=lambda one: -one.priority):
        holds = _holds(rule, block, scores, points) & ~done & ~np.isnan(points)
        target = np.where(holds, _target(rule, points), points)
        moves.append(_move(rule, points, target))
        points = target
        if rule.set is not None:
            done = done | holds
    return replace(scores, score=points, moves=tuple(moves))


def _target(rule: Rule, points: Floats) -> Floats:
    action, number = rule.action
    if action == "set":
        return np.full(points.shape, number)
    if action == "cap":
        return np.minimum(points, number)
    if action == "floor":
        return np.maximum(points, number)
    return np.clip(points + number, 0.0, 100.0)


def _move(rule: Rule, before: Floats, after: Floats) -> Move:
    # the score after is a mean of the one before and of 0 or 100: so the rule has a weight like any signal
    down = after < before
    room = np.where(down, before, 100.0 - before)
    share = np.where(after != before, np.abs(after - before) / np.where(room > 0, room, 1.0), 0.0)
    return Move(rule.name, np.nan_to_num(share), np.where(down, 0.0, 100.0), before)


def _holds(rule: Rule, block: Block, scores: Scores, points: Floats) -> Bools:
    holds = np.ones(points.shape, dtype=np.bool_)
    for condition in rule.conditions:
        seen = _seen(condition, block, scores, points)
        if condition.compare in _COMPARE:
            # compares as lines do: rounded, and never with what is null
            held = _COMPARE[condition.compare](np.round(seen, 9), round(condition.number, 9)) & ~np.isnan(seen)
        else:
            held = np.isnan(seen) == (condition.compare == "null")
        holds &= held
    return holds


def _seen(condition: Condition, block: Block, scores: Scores, points: Floats) -> Floats:
    if condition.subject == SCORE:
        return points
    if condition.subject in scores.dimensions:
        return scores.dimensions[condition.subject].score
    signal = catalogue.BY_NAME[condition.subject]
    measure = scores.dimensions[signal.dimension].measures.get(signal.name)
    if measure is None:
        measure = catalogue.evaluate(block, signal.name, block.card.measured[signal.name])
    return np.asarray(getattr(measure, condition.part))
