"""Tiers, grades, and the tier that is shown (section 7)."""

from __future__ import annotations

from .card import Card
from .numbers import reaches

GRADES = (("A", 90.0), ("B", 80.0), ("C", 70.0), ("D", 60.0))


def grade(score: float | None) -> str | None:
    """The letter of a score."""
    if score is None:
        return None
    return next((letter for letter, line in GRADES if reaches(score, line)), "F")


def level(score: float, card: Card) -> int:
    """How many lines of the card the score reaches: 0 is the lowest tier."""
    return len([line for line in card.tier_lines if reaches(score, line)])


def name(score: float | None, card: Card) -> str:
    """The raw tier of a score."""
    return "unscored" if score is None else card.tier_names[level(score, card)]


def shown(scores: list[float | None], card: Card) -> list[str]:
    """`tier_shown` of every day of an account's history, given its scores from its first day on."""
    names: list[str] = []
    now: int | None = None  # None: unscored, or nothing shown yet
    for day, score in enumerate(scores):
        if score is None:
            now = None
        elif now is None:
            now = level(score, card)
        else:
            now = _moved(now, scores[: day + 1], card)
        names.append("unscored" if now is None else card.tier_names[now])
    return names


def _moved(now: int, scores: list[float | None], card: Card) -> int:
    """The level shown on the last of these days, `now` having been shown on the day before."""
    score = scores[-1]
    assert score is not None
    recent = scores[-card.hysteresis_days :] if len(scores) >= card.hysteresis_days else [None]
    raw = level(score, card)
    # Line number n lies between the levels n and n + 1.
    up = [
        n + 1
        for n in range(now, raw)
        if reaches(score, card.tier_lines[n] + card.hysteresis_points)
        or all(past is not None and level(past, card) > n for past in recent)
    ]
    down = [
        n
        for n in range(raw, now)
        if reaches(card.tier_lines[n] - card.hysteresis_points, score)
        or all(past is not None and level(past, card) <= n for past in recent)
    ]
    return max(up, default=min(down, default=now))
