"""Risks of rows by models that did not learn from their accounts."""

from __future__ import annotations

import numpy as np

from weatherglass.learning.boosting import Recipe
from weatherglass.learning.methods import fit
from weatherglass.learning.table import Table
from weatherglass.signals.windows import Floats

FOLDS = 5


def out_of_fold(method: str, table: Table, recipe: Recipe) -> Floats | None:
    """Log-odds of churn of each row by a model of the other accounts; None where a part has no churn to learn from."""
    accounts = np.unique(table.account)
    dealt = np.random.default_rng(recipe.seed).integers(0, FOLDS, len(accounts))
    fold = dealt[np.searchsorted(accounts, table.account)]
    risk = np.full(len(table), np.nan)
    for number in range(FOLDS):
        learn = table.where(fold != number)
        if not 0 < learn.label.sum() < len(learn):
            return None
        mine = fold == number
        risk[mine] = fit(method, learn, recipe).risk(table.where(mine))
    return risk
