"""What a method has learned: curves of signals and their weights, as a part of the scorecard that uses them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from weatherglass.config.catalogue import DIMENSION_OF
from weatherglass.config.frozen import Frozen, FrozenMap, Number
from weatherglass.config.problems import unknown

Part = Annotated[Number, Field(ge=0, le=1e9)]
Points = Annotated[Number, Field(ge=0, le=100)]


class Curve(Frozen):
    """A signal's own score, 0-100, to the points that it is worth, in steps; its weight among the curves."""

    weight: Part
    bounds: tuple[Number, ...] = ()
    """Ascending: a score on a bound belongs to the step below it."""
    points: tuple[Points, ...]
    """One more than there are bounds."""

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if len(self.points) != len(self.bounds) + 1 or any(low >= high for low, high in pairwise(self.bounds)):
            raise ValueError("points must be one more than bounds, and bounds must ascend")
        return self


class Fitted(Frozen):
    """A learned score: the mean of the card's weighted score and the points of curves, by weight.

    The log-odds of churn are `level` less `slope` times the score; `periods` has those of each 30 days ahead, given
    that the account is still there when they begin, for the method that foresees when.
    """

    prior: Part
    """The weight of the score that the card has without learning."""
    curves: Annotated[Mapping[str, Curve], AfterValidator(FrozenMap)]
    level: Number
    slope: Annotated[Number, Field(ge=0)]
    periods: tuple[Number, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        strangers = [name for name in self.curves if name not in DIMENSION_OF]
        if strangers:
            raise ValueError(unknown("signal", strangers[0], DIMENSION_OF))
        if self.prior <= 0 and not any(curve.weight > 0 for curve in self.curves.values()):
            raise ValueError("nothing has a weight")
        return self
