"""Arithmetic over windows of days: sums, largest values and unions of the last N columns of account x day arrays.

Shapes: input `[accounts, days]`; `start` is the first column asked for, so that one day costs one column and a
backfill costs all of them. Integers in, integers out: sums are exact whatever the length of the history.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


def prefix(daily: npt.NDArray[Any]) -> Ints:
    """Running totals with a leading 0: column j holds the sum of the days before j."""
    sums = np.empty((daily.shape[0], daily.shape[1] + 1), dtype=np.int64)
    sums[:, 0] = 0
    # widened first: NumPy would do it in an array of its own
    sums[:, 1:] = daily
    return np.cumsum(sums, axis=1, out=sums)


def running(daily: npt.NDArray[Any]) -> Ints:
    """Running totals: column j holds the sum of the days up to j."""
    sums = daily.astype(np.int64)
    return np.cumsum(sums, axis=1, out=sums)


def total(sums: npt.NDArray[Any], start: int, length: int, lag: int = 0) -> npt.NDArray[Any]:
    """Sum of `length` days ending `lag` days before each day from `start` on; days before the first count 0."""
    until = shifted(sums, start + 1, lag)
    first, width = start + 1 - lag - length, until.shape[1]
    if first >= 0:
        return np.asarray(until - sums[:, first : first + width])
    # nothing is taken from the days whose window reaches before the first
    result = until.copy() if start + 1 >= lag else until
    if first + width > 0:
        result[:, -first:] -= sums[:, : first + width]
    return result


def shifted(array: npt.NDArray[Any], start: int, lag: int) -> npt.NDArray[Any]:
    """Columns `start - lag` to the end less `lag`, with zeros for columns before the first."""
    width = array.shape[1] - start
    first = start - lag
    if first >= 0:
        return array[:, first : first + width]
    result = np.zeros((array.shape[0], width), dtype=array.dtype)
    if first + width > 0:
        result[:, -first:] = array[:, : first + width]
    return result


def largest(values: npt.NDArray[Any], start: int, length: int) -> npt.NDArray[Any]:
    """Largest value of the `length` days ending on each day from `start` on; a NaN is a day left out."""
    days = values.shape[1]
    if days - start == 1:
        last: npt.NDArray[Any] = np.fmax.reduce(values[:, max(0, days - length) :], axis=1, keepdims=True)
        return last
    if days <= length:
        running: npt.NDArray[Any] = np.fmax.accumulate(values, axis=1)[:, start:]
        return running
    return _doubled(values, length, np.fmax)[:, start:]


def union(words: Words, start: int, length: int) -> Words:
    """Bits set on any of the `length` days ending on each day from `start` on."""
    days = words.shape[1]
    if days - start == 1:
        last: Words = np.bitwise_or.reduce(words[:, max(0, days - length) :], axis=1, keepdims=True)
        return last
    return _doubled(words, length, np.bitwise_or)[:, start:]


def _doubled(values: npt.NDArray[Any], length: int, join: np.ufunc) -> npt.NDArray[Any]:
    # a window of 2k days is two windows of k days side by side: log2(length) passes instead of length
    joined = values
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        wider = joined.copy()
        join(joined[:, step:], joined[:, :-step], out=wider[:, step:])
        joined = wider
        reach += step
    return joined


def median_of(weeks: list[npt.NDArray[Any]]) -> Floats:
    """Median of a handful of arrays, element by element; the mean of the middle two when there are an even number."""
    ranked = np.sort(np.stack(weeks), axis=0) if len(weeks) != 8 else _middle_of_eight(weeks)
    half = len(ranked) // 2
    if len(ranked) % 2:
        return np.asarray(ranked[half], dtype=np.float64)
    return np.asarray((ranked[half - 1] + ranked[half]) / 2.0)


# Batcher's odd-even mergesort of eight; the last comparisons that cannot touch ranks 4 and 5 are left out
_EXCHANGES = (
    *((0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (1, 2), (5, 6)),
    *((0, 4), (1, 5), (2, 6), (3, 7), (2, 4), (3, 5), (3, 4)),
)


def _middle_of_eight(weeks: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    ranked = list(weeks)
    for low, high in _EXCHANGES:
        ranked[low], ranked[high] = np.minimum(ranked[low], ranked[high]), np.maximum(ranked[low], ranked[high])
    return ranked
