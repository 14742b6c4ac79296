"""The rows that a block's scores make: one an account and day, with the raw and the shown tier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.scores import methods, tiers
from weatherglass.scores.weighted import Scores
from weatherglass.signals.block import Block
from weatherglass.signals.windows import Bools


@dataclass(frozen=True)
class Result:
    """Scores of a block with their tiers; `rows` says on which days an account has a row."""

    scores: Scores
    tier: tiers.Codes
    tier_shown: tiers.Codes
    grade: tiers.Codes
    rows: Bools


def result(block: Block, before: tiers.Before) -> Result:
    """Score a block; `before` is how its accounts stood on the days before the first asked for."""
    scores = methods.score(block)
    rows = np.asarray(scores.history >= 1)
    raw = np.where(rows, tiers.beyond(scores.score, block.card.tiers.lines), tiers.NO_ROW).astype(np.int8)
    shown = tiers.shown(raw, scores.score, block.card.tiers, before)
    return Result(scores, raw, shown, tiers.beyond(scores.score, tiers.GRADE_LINES), rows)
