"""What `train` can fit, by the names that scorecards have for it."""

from __future__ import annotations

from dataclasses import dataclass

from weatherglass.config.fitted import Fitted
from weatherglass.learning import additive, fitting
from weatherglass.learning.additive import Additive
from weatherglass.learning.boosting import Recipe
from weatherglass.learning.hazard import hazard
from weatherglass.learning.table import Table
from weatherglass.signals.windows import Floats


@dataclass(frozen=True)
class Fit:
    """A model as it was fitted; `periods` where it foresees when."""

    model: Additive
    periods: tuple[float, ...] = ()

    def risk(self, table: Table) -> Floats:
        """Log-odds of churn of a table's rows."""
        return additive.risk(self.model, table)

    @property
    def fitted(self) -> Fitted:
        return fitting.fitted(self.model, self.periods)


def fit(method: str, table: Table, recipe: Recipe) -> Fit:
    """Fit a method (learned, hybrid, hazard) to a table with at least one churn and one account that stayed."""
    if method == "hazard":
        return Fit(*hazard(table, recipe))
    return Fit(fitting.hybrid(table, recipe) if method == "hybrid" else fitting.learned(table, recipe))
