"""What customers said of the help they got."""

from __future__ import annotations

import numpy as np

from weatherglass.signals.block import Block
from weatherglass.signals.measure import Measure, Seen, Wording, measure, nothing, ratio
from weatherglass.signals.support_signals.tickets import SCALE, tickets, whole

DOCUMENT = (
    "Mean rating of the tickets of the last {satisfaction} days; without ratings the mood of those of {tickets} days."
)
SENTENCE = "tickets were rated {value:.1f} on average"
ARITHMETIC = "({value:.4f} - 1) x 25"
MOOD = Wording("the mood of the tickets is {value:+.2f} (-1 to 1), and none was rated", "({value:.4f} + 1) x 50")

WORST_RATING = BEST_MOOD = 1.0
MIDDLE = 50.0


def satisfaction(block: Block) -> Measure:
    """CSAT 1..5 -> 0..100; without ratings the sentiment -1..1 -> 0..100; null with neither."""
    rows = tickets(block)
    if rows is None:
        return nothing(block.shape)
    rated = rows.where(~np.isnan(rows["csat"]))
    felt = rows.where(~np.isnan(rows["sentiment"]))
    days = block.windows.satisfaction
    ratings = block.daily(rated, "rated_day").total(days)
    rating = ratio(block.daily(rated, "rated_day", whole(rated["csat"])).total(days), ratings) / SCALE
    moods = block.daily(felt, "opened_day").total(block.windows.tickets)
    mood_sum = block.daily(felt, "opened_day", whole(felt["sentiment"])).total(block.windows.tickets)
    mood = ratio(mood_sum, moods) / SCALE
    score = np.where(ratings > 0, (rating - 1.0) * 25.0, (mood + 1.0) * 50.0)
    return measure(score, np.where(ratings > 0, rating, mood))


def instead(seen: Seen) -> Wording | None:
    """A mood is at most 1 and a rating at least; of a mean of exactly 1 the score tells which it is."""
    if seen.value is None or seen.score is None or seen.value > WORST_RATING:
        return None
    return MOOD if seen.value < BEST_MOOD or seen.score > MIDDLE else None
