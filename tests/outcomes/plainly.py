"""The measures of a ranking, told as slowly and plainly as they are defined."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

Rows = list[tuple[int, int, int]]
"""Rows as (risk, churned, weight)."""


def auc(rows: Rows) -> float:
    """Pairs of a churn and another row in the right order; ties count half."""
    won = Fraction(0)
    pairs = 0
    for risk, churned, weight in rows:
        for other, stayed, weight_of_other in rows:
            if churned and not stayed:
                pairs += weight * weight_of_other
                won += Fraction(weight * weight_of_other) * ((risk > other) + Fraction(risk == other, 2))
    return float(won / pairs) if pairs else math.nan


def _steps(rows: Rows) -> list[tuple[int, int]]:
    """(churned, all) of each group of equal risk, the worst first."""
    ordered = sorted(rows, key=lambda row: -row[0])
    groups = [list(group) for _, group in groupby(ordered, key=lambda row: row[0])]
    return [(sum(w * c for _, c, w in group), sum(w for *_, w in group)) for group in groups]


def average_precision(rows: Rows) -> float:
    churned = every = 0
    total = sum(w * c for _, c, w in rows)
    found = Fraction(0)
    for hits, size in _steps(rows):
        churned, every = churned + hits, every + size
        if every:
            found += Fraction(hits, total) * Fraction(churned, every) if total else 0
    return float(found) if total else math.nan


def capture(rows: Rows, share: Fraction) -> float:
    """The churn among the worst rows, taken one unit of weight after the other."""
    total, every = sum(w * c for _, c, w in rows), sum(w for *_, w in rows)
    left, found = share * every, Fraction(0)
    for hits, size in _steps(rows):
        part = min(Fraction(size), left)
        found += Fraction(hits, size) * part if size else 0
        left -= part
    return float(found / total) if total else math.nan


def flagged(rows: Rows, caught: Fraction) -> float:
    """How much of all rows it takes, the worst first, to hold so much of the churn."""
    total, every = sum(w * c for _, c, w in rows), sum(w for *_, w in rows)
    if not total:
        return math.nan
    needed, taken = caught * total, Fraction(0)
    for hits, size in _steps(rows):
        if hits >= needed > 0:
            return float((taken + Fraction(size) * needed / hits) / every)
        needed, taken = needed - hits, taken + size
    return float(taken / every)


def share(part: Sequence[int], whole: Sequence[int]) -> float:
    return sum(part) / sum(whole) if sum(whole) else math.nan
