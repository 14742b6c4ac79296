"""How much of what a new account should have done by now it has done."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, measure, nothing, ratio

DOCUMENT = "Milestones done against milestones due, by weight; reached late is done."
SENTENCE = "{value:g} of {baseline:g} milestones due are done"
ARITHMETIC = "100 x {value:g} / {baseline:g}"


def milestones(block: Block) -> Measure:
    """100 * done / due; null while nothing is due or done.

    The sparse facts `milestones` have one row an account and milestone: the day it was reached (or never), its due
    day and its weight.
    """
    rows = block.facts("milestones")
    if rows is None:
        return nothing(block.shape)
    done = np.zeros(block.shape)
    due = np.zeros(block.shape)
    for number in np.unique(rows["milestone"]):
        one = rows.where(rows["milestone"] == number)
        reached = one["reached_day"].astype(np.int64)[:, None] <= block.asked
        done[one.row] += np.where(reached, one["weight"][:, None], 0.0)
        due[one.row] += np.where(reached | (block.age[one.row] >= one["due_age"][:, None]), one["weight"][:, None], 0.0)
    return measure(100.0 * ratio(done, due), done, due)
