"""Bootstrap intervals clustered by account: accounts are drawn anew, with all of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weatherglass.outcomes.metrics import Ranking, flagged, ranked
from weatherglass.signals.windows import Bools, Floats

DRAWS = 500
LEVEL = 0.95
CHUNK_CELLS = 2_000_000
"""Weights held at a time."""

Measures = Callable[[Floats], Mapping[str, Floats]]
"""Weights `[draws, rows]` to measures `[draws]`, by name."""


@dataclass(frozen=True)
class Estimate:
    """A measure of all rows, and the interval that 95 % of the draws fall in; NaN where it is not defined."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value, or there is no interval to tell."""
        return not (self.low > value or self.high < value)

    def to_json(self, *, interval_only: bool = False) -> dict[str, float | None]:
        """Plain numbers; None where a measure is not defined, or too few churned for a single number."""
        shown = np.nan if interval_only else self.value
        return {
            name: None if np.isnan(number) else float(number)
            for name, number in (("value", shown), ("low", self.low), ("high", self.high))
        }


UNDEFINED = Estimate(float("nan"), float("nan"), float("nan"))


def estimates(
    measures: Measures,
    cluster: npt.NDArray[np.integer],
    weight: Floats | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Measures with their intervals.

    cluster: the account of each row. weight: what each row counts, such as its revenue; one each if not given.
    Method: percentiles of `draws` multinomial draws of as many accounts as there are, the same for the same seed.
    """
    base = np.ones(len(cluster)) if weight is None else weight
    whole = {name: float(found[0]) for name, found in measures(base[None, :]).items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in whole}
    for weights in _drawn(cluster, draws, seed):
        for name, found in measures(weights * base).items():
            drawn[name].append(found)
    return {name: _interval(value, drawn[name]) for name, value in whole.items()}


def _drawn(cluster: npt.NDArray[np.integer], draws: int, seed: int) -> Iterator[Floats]:
    _, place = np.unique(cluster, return_inverse=True)
    accounts = int(place.max(initial=-1)) + 1
    if not accounts:
        return
    generator = np.random.default_rng(seed)
    # a chunk's size would decide the draws, were they drawn by chunk: each has its own
    step = max(1, CHUNK_CELLS // max(1, len(place)))
    for first in range(0, draws, step):
        counts = [
            np.bincount(generator.integers(0, accounts, accounts), minlength=accounts)
            for _ in range(min(step, draws - first))
        ]
        yield np.asarray(np.stack(counts)[:, place], dtype=np.float64)


def _interval(value: float, drawn: list[Floats]) -> Estimate:
    found = np.concatenate(drawn) if drawn else np.zeros(0)
    found = found[~np.isnan(found)]
    if not len(found):
        return Estimate(value, float("nan"), float("nan"))
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(found, (edge, 1.0 - edge))
    return Estimate(value, float(low), float(high))


def ranking_estimates(
    risk: Floats,
    label: npt.NDArray[np.integer],
    cluster: npt.NDArray[np.integer],
    weight: Floats | None = None,
    red: Bools | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Estimate]:
    """All measures of a ranking, and of what it flags where it flags something; see `metrics`."""
    order = Ranking.of(risk, label)

    def measures(weights: Floats) -> Mapping[str, Floats]:
        found = ranked(order, weights)
        return found if red is None else {**found, **flagged(red, label, weights)}

    return estimates(measures, cluster, weight, draws, seed)


def auc_difference(
    one: Floats,
    other: Floats,
    label: npt.NDArray[np.integer],
    cluster: npt.NDArray[np.integer],
    draws: int = DRAWS,
    seed: int = 0,
) -> Estimate:
    """How much larger one risk's AUC is than another's on the same rows, drawn together."""
    rankings = [Ranking.of(risk, label) for risk in (one, other)]

    def measures(weights: Floats) -> Mapping[str, Floats]:
        first, second = (ranked(ranking, weights)["auc"] for ranking in rankings)
        return {"auc": first - second}

    return estimates(measures, cluster, None, draws, seed)["auc"]
