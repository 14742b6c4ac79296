"""What would make an account well: the fewest signals that, at their best, carry its score over the next line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weatherglass.jobs.views.explaining import Day

Row = dict[str, Any]


@dataclass(frozen=True)
class Recovery:
    """The way to a tier. It holds for scores that are weighted means, where gains add up."""

    tier: str
    line: float
    signals: list[tuple[Row, float]]
    """Signal rows, each with the points that it would bring at 100, the most first."""
    reached: float
    """The score that all of them together would make."""


def recovery(day: Day) -> Recovery | None:
    """The fewest signals; None where the account is in its best tier, unscored, or not scored by weights."""
    score, tiers = day.score, day.card.tiers
    if score is None or day.card.made_by != "weighted":
        return None
    above = [(line, name) for line, name in zip(tiers.lines, tiers.names[1:], strict=True) if line > score]
    if not above:
        return None
    line, tier = above[0]
    gains = [
        (row, (100.0 - row["score"]) * row["weight"])
        for row in day.signals
        if row["score"] is not None and row["weight"]
    ]
    gains.sort(key=lambda gain: -gain[1])
    reached, chosen = score, []
    for row, gain in gains:
        if reached >= line or gain <= 0:
            break
        chosen.append((row, gain))
        reached += gain
    return Recovery(tier, line, chosen, reached)
