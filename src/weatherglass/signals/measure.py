"""What a signal returns: a score with the value and the baseline it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from weatherglass.signals.windows import Bools, Floats


@dataclass(frozen=True)
class Measure:
    """Score 0-100 or NaN (null), value and baseline, each `[accounts, days asked for]`."""

    score: Floats
    value: Floats
    baseline: Floats
    absent: bool = False
    """No source of the kind is connected: null for every account and day."""


class Seen(NamedTuple):
    """One account's measure of one day, to be put into words; None where there is no such number."""

    score: float | None
    value: float | None
    baseline: float | None


class Wording(NamedTuple):
    """How the numbers of a measure read where its signal's usual words do not fit them."""

    sentence: str
    arithmetic: str = ""
    """Empty: the usual one."""


def measure(score: object, value: object, baseline: object = None, null: Bools | None = None) -> Measure:
    """A measure of arrays that broadcast together; where `null` holds the score is null."""
    scores = np.asarray(score, dtype=np.float64)
    if null is not None:
        scores = np.where(null, np.nan, scores)
    values = np.asarray(value, dtype=np.float64)
    bases = np.asarray(np.nan if baseline is None else baseline, dtype=np.float64)
    return Measure(scores, np.broadcast_to(values, scores.shape), np.broadcast_to(bases, scores.shape))


def nothing(shape: tuple[int, int]) -> Measure:
    """Null everywhere: no source of the kind is connected."""
    empty = np.broadcast_to(np.float64(np.nan), shape)
    return Measure(empty, empty, empty, absent=True)


def ratio(part: object, whole: object) -> Floats:
    """part / whole; NaN where the whole is 0."""
    parts, wholes = np.asarray(part), np.asarray(whole)
    found = np.empty(np.broadcast_shapes(parts.shape, wholes.shape))
    # dividing all and taking back is twice as fast as leaving out
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(parts, wholes, out=found, dtype=np.float64)
    np.copyto(found, np.nan, where=wholes == 0)
    return found


def between(value: object, at_zero: float, at_hundred: float) -> Floats:
    """0 at one value, 100 at the other, linear between, flat beyond."""
    share = (np.asarray(value, dtype=np.float64) - at_zero) / (at_hundred - at_zero)
    return np.clip(100.0 * share, 0.0, 100.0)
