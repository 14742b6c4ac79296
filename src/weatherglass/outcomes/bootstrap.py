"""Bootstrap intervals clustered by account: accounts are drawn anew, with all of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weatherglass.outcomes.metrics import Caught, Flags, Ranking
from weatherglass.signals.windows import Bools, Floats, Ints

DRAWS = 500
FEWEST = 100
LEVEL = 0.95
EXACT_ROWS = 5_000
"""More rows than this are drawn in groups of similar risk; the measure itself is that of the rows as they are."""
GROUPS = 256
CELLS = 8_000_000
"""Numbers held at a time."""
COUNTS = 100_000_000
"""How often each account was drawn, of all draws together."""


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


@dataclass(frozen=True)
class Draws:
    """How often each account is in each draw: `[draws, accounts]`; `place` is the account of each row."""

    counts: npt.NDArray[np.uint8]
    place: Ints

    @classmethod
    def of(cls, cluster: npt.NDArray[np.integer], draws: int = DRAWS, seed: int = 0) -> Draws:
        """As many accounts as there are, with replacement, the same for the same seed; fewer draws of very many."""
        _, place = np.unique(cluster, return_inverse=True)
        accounts = int(place.max(initial=-1)) + 1
        times = min(draws, max(FEWEST, COUNTS // max(1, accounts)))
        generator = np.random.default_rng(seed)
        drawn = (np.bincount(generator.integers(0, accounts, accounts), minlength=accounts) for _ in range(times))
        counts = np.stack([np.minimum(count, 255).astype(np.uint8) for count in drawn]) if accounts else None
        return cls(np.zeros((0, 0), np.uint8) if counts is None else counts, place.astype(np.int64))

    def where(self, keep: Bools) -> Draws:
        """The same draws for fewer rows."""
        return Draws(self.counts, self.place[keep])

    def chunks(self, width: int) -> list[slice]:
        """Stretches of draws of which so many numbers a draw can be held."""
        step = max(1, CELLS // max(1, width))
        return [slice(low, low + step) for low in range(0, len(self.counts), step)]

    def summed(self, group: Ints, groups: int, amount: Floats) -> Floats:
        """What the rows of each group add up to in each draw: `[draws, groups]`."""
        total = np.zeros((len(self.counts), groups))
        rows = np.flatnonzero(amount)
        present, place = np.unique(self.place[rows], return_inverse=True)
        step = max(1, CELLS // groups)
        for low in range(0, len(present), step):
            high = min(low + step, len(present))
            mine = (place >= low) & (place < high)
            cells = (place[mine] - low) * groups + group[rows[mine]]
            held = np.bincount(cells, amount[rows[mine]], (high - low) * groups).reshape(-1, groups)
            total += self.counts[:, present[low:high]].astype(np.float32) @ held.astype(np.float32)
        return total


@dataclass(frozen=True)
class Sample:
    """Measures by name: of the rows as they are, and of every draw."""

    whole: Mapping[str, float]
    drawn: Mapping[str, Floats]

    def estimates(self) -> dict[str, Estimate]:
        return {name: _interval(value, self.drawn[name]) for name, value in self.whole.items()}

    def less(self, other: Sample, name: str) -> Estimate:
        """By how much a measure is larger than that of another sample of the same draws."""
        return _interval(self.whole[name] - other.whole[name], self.drawn[name] - other.drawn[name])


def sample(
    risk: Floats,
    label: npt.NDArray[np.integer],
    draws: Draws,
    weight: Floats | None = None,
    red: Bools | None = None,
) -> Sample:
    """All measures of a ranking, and of what it flags where it flags something; see `metrics`.

    risk: higher is worse. label: 1 or 0. draws: of these rows. weight: what each row counts, such as its revenue; one
    each if not given.
    """
    amount = np.ones(len(risk)) if weight is None else np.asarray(weight, dtype=np.float64)
    ranking = Ranking.of(risk, label)
    whole = Caught.of(ranking, amount[None, :]).measures()
    found = _drawn_exactly(ranking, draws, amount) if len(risk) <= EXACT_ROWS else _in_groups(ranking, draws, amount)
    if red is not None:
        flags = Flags.of(red, label, amount)
        whole |= flags.measures(flags.amounts.sum(axis=0, keepdims=True))
        found |= flags.measures(_by_account(draws, flags.amounts))
    return Sample({name: float(values[0]) for name, values in whole.items()}, found)


def ranking_estimates(
    risk: Floats,
    label: npt.NDArray[np.integer],
    cluster: npt.NDArray[np.integer],
    weight: Floats | None = None,
    red: Bools | None = None,
    drawn: Draws | None = None,
) -> dict[str, Estimate]:
    """A ranking's measures with their intervals: percentiles of multinomial draws of accounts.

    cluster: the account of each row. drawn: draws to use again, of these rows. The others are those of `sample`.
    """
    return sample(risk, label, Draws.of(cluster) if drawn is None else drawn, weight, red).estimates()


def auc_difference(
    one: Floats,
    other: Floats,
    label: npt.NDArray[np.integer],
    cluster: npt.NDArray[np.integer],
    drawn: Draws | None = None,
) -> Estimate:
    """How much larger one risk's AUC is than another's on the same rows, drawn together."""
    draws = Draws.of(cluster) if drawn is None else drawn
    return sample(one, label, draws).less(sample(other, label, draws), "auc")


def _drawn_exactly(ranking: Ranking, draws: Draws, amount: Floats) -> dict[str, Floats]:
    parts = [
        Caught.of(ranking, draws.counts[chunk][:, draws.place] * amount[None, :]).measures()
        for chunk in draws.chunks(len(amount))
    ]
    return _concatenated(parts)


def _in_groups(ranking: Ranking, draws: Draws, amount: Floats) -> dict[str, Floats]:
    """Rows in groups of about equal number, the worst first; rows of equal risk are never parted."""
    ends = np.searchsorted(ranking.ends, np.arange(len(ranking.order)))
    wanted = np.arange(len(ranking.order)) * GROUPS // max(1, len(ranking.order))
    group = np.empty(len(ranking.order), dtype=np.int64)
    group[ranking.order] = wanted[ranking.ends[ends]]
    churned = np.empty(len(amount))
    churned[ranking.order] = ranking.churned
    every = np.cumsum(draws.summed(group, GROUPS, amount), axis=1)
    caught = np.cumsum(draws.summed(group, GROUPS, amount * churned), axis=1)
    return Caught(caught, every).measures()


def _by_account(draws: Draws, amounts: Floats) -> Floats:
    accounts = draws.counts.shape[1]
    columns = [np.bincount(draws.place, amounts[:, column], accounts) for column in range(amounts.shape[1])]
    return np.asarray(draws.counts.astype(np.float64) @ np.stack(columns, axis=1))


def _concatenated(parts: list[dict[str, Floats]]) -> dict[str, Floats]:
    names: Mapping[str, object] = parts[0] if parts else Caught(np.zeros((0, 0)), np.zeros((0, 0))).measures()
    return {name: np.concatenate([part[name] for part in parts] or [np.zeros(0)]) for name in names}


def _interval(value: float, drawn: Floats) -> Estimate:
    found = drawn[~np.isnan(drawn)]
    if not len(found) or np.isnan(value):
        return Estimate(value, float("nan"), float("nan"))
    edge = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(found, (edge, 1.0 - edge))
    return Estimate(value, float(low), float(high))
