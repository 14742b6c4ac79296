"""A signal's numbers in plain words: what was seen, and how it became a score."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from weatherglass.scores.contributions import RULES
from weatherglass.signals.catalogue import BY_NAME
from weatherglass.signals.measure import Seen, Wording

if TYPE_CHECKING:
    from weatherglass.config.scaling import Scaling
    from weatherglass.config.scorecard import Scorecard

Row = dict[str, Any]
"""A signal row."""

_SCALED = {
    "peak": "100 x min(1, {value:.6g} / {baseline:.6g}), the most in {peak} days",
    "median_grace": (
        "100 x min(1, {value:.6g} / ({grace:g} x {baseline:.6g})), the week's mean of the last {recent} days against "
        "the median of {baseline_weeks} weeks that ended {usage} days ago"
    ),
}

_FROM_NOTHING = {
    "peak": "0, since the most in {peak} days is 0",
    "median_grace": (
        "100 for anything and 0 for nothing, since the median of {baseline_weeks} weeks that ended {usage} days ago is "
        "0; {value:.6g} is the week's mean of the last {recent} days"
    ),
}
"""The same where there is nothing to divide by."""

_VALUE = re.compile(r"\{value:[^}]*\}")
"""How a sentence writes its value."""


def sentence(row: Row, card: Scorecard) -> str:
    """What was seen, as a sentence without a full stop."""
    if row["dimension"] == RULES:
        return f"the rule {row['signal']!r} changed a score of {row['value']:.2f}"
    text = _wording(row).sentence
    if _lacks(text, row):
        return f"no data for {row['signal'].replace('_', ' ')}"
    return _filled(text, row, card)


def compared(row: Row, earlier: Row | None, card: Scorecard, when: str) -> str:
    """What was seen, and beside it the value of an earlier day, of which `when` tells, where that was another."""
    said = sentence(row, card)
    if earlier is None or row["dimension"] == RULES or row["value"] is None or earlier["value"] is None:
        return said
    written = _VALUE.search(_wording(row).sentence)
    if written is None or _wording(earlier).sentence != _wording(row).sentence:
        return said
    now, then = (written[0].format(value=one["value"]) for one in (row, earlier))
    return said if now == then else f"{said}; {when} {then}"


def arithmetic(row: Row, card: Scorecard) -> str:
    """How the value became the score, as a formula with its numbers."""
    if row["score"] is None:
        return "null: no source is connected, or the account never had it, or its history is too short"
    if row["dimension"] == RULES:
        return _ruled(row, card)
    formula = _formula(row, card.measured[row["signal"]])
    learned = card.fitted is not None and row["signal"] in card.fitted.curves
    if row["value"] is None or _lacks(formula, row):
        return f"{row['score']:.2f} by {'its learned curve' if learned else 'rule'}, without a value"
    made = "; its learned curve makes" if learned else " ="
    return f"{_filled(formula, row, card)}{made} {row['score']:.2f}"


def _ruled(row: Row, card: Scorecard) -> str:
    rule = next(rule for rule in card.rules if rule.name == row["signal"])
    action, number = rule.action
    return f"{action} {number:g} when {rule.when}: {row['weight']:.0%} of the way from the score to {row['score']:g}"


def _wording(row: Row) -> Wording:
    signal = BY_NAME[row["signal"]]
    seen = Seen(row["score"], row["value"], row["baseline"])
    # a null signal has none of the cases that other words are for
    instead = None if seen.score is None else signal.instead(seen)
    if instead is None:
        return Wording(signal.sentence, signal.arithmetic)
    return instead if instead.arithmetic else instead._replace(arithmetic=signal.arithmetic)


def _lacks(text: str, row: Row) -> bool:
    return any(f"{{{name}" in text and row[name] is None for name in ("value", "baseline"))


def _formula(row: Row, scaling: Scaling) -> str:
    if scaling.kind == "range":
        return f"linear from 0 at {scaling.low:g} to 100 at {scaling.high:g}, at {{value:.6g}}"
    if scaling.kind == "steps":
        steps = ", ".join(f"{score:g} from {bound:g}" for bound, score in scaling.steps)
        return f"steps ({steps}), at {{value:.6g}}"
    if scaling.kind == "percentile":
        return f"share of accounts of the same {scaling.cohort} below, and half of the ties, at {{value:.6g}}"
    scaled = _FROM_NOTHING if row["baseline"] == 0 else _SCALED
    return scaled.get(scaling.kind, _wording(row).arithmetic)


def document(signal: str, card: Scorecard) -> str:
    """What the signal is, with the card's windows."""
    return BY_NAME[signal].document.format(**card.windows.model_dump())


def _filled(text: str, row: Row, card: Scorecard) -> str:
    weekly = row["signal"] in card.measured and card.measured[row["signal"]].kind == "median_grace"
    told = {"per": "a week" if weekly else f"in {card.windows.usage} days", **card.windows.model_dump()}
    return text.format(value=row["value"], baseline=row["baseline"], **told)
