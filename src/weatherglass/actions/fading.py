"""Fading: less use than an account's own habits explain, of fewer features, and voices that have turned, together.

Each day is asked how much likelier it is if a tenth, 40 or 60 per cent is left of what the account used to do than if
it is as ever; what speaks for each is piled up, what speaks against it takes it down again (a CUSUM), and the three
are weighed alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from weatherglass.actions.arrays import Bools, Floats, before, window
from weatherglass.actions.fleet import Fleet
from weatherglass.actions.guard import broken_sources
from weatherglass.actions.habits import LAG, SPAN
from weatherglass.actions.narrowing import given_up, learned, left, narrowing
from weatherglass.actions.record import Record
from weatherglass.actions.seen import Seen, begun, latched
from weatherglass.actions.voices import weighed
from weatherglass.config.alerts import AlertRule
from weatherglass.reports.wording import count

LEFT = (0.1, 0.4, 0.6)
"""Of the usual use, what may be left when it fades: almost nothing in a pause, more than half in a slow decline."""
KNOWN = 28
"""Days of a habit that must be known."""
MOST_REGULAR = 0.9
"""Nobody is surer to come than nine times in ten."""
WEEKS_DIFFER = 0.02
"""How much more than chance the weeks of an account differ, for each day of use a week."""
USE_DAYS, VOICE_DAYS = 42, 60
"""How far back evidence is piled up."""
MANY = 5.0
"""Days of use a week from which on an account says what the fleet does."""
FALLS, FALLS_DAYS = 0.5, 28
"""What is left of the use of so many days where an account says which features go first."""
NAMED = 3
"""Features that are named."""


@dataclass(frozen=True)
class Use:
    """(A, D) days of use, of all people together: what came, and what was to be expected of it."""

    came: Floats
    expected: Floats
    evidence: list[Floats]
    """For each of LEFT, the logarithm of how much likelier each day is if so much is left than if all is."""


def fading(rule: AlertRule, record: Record, fleet: Fleet) -> Seen:
    """The rule: enough evidence, and less use in the last `days` by the share asked for."""
    use = _use(record, fleet)
    words = fleet.once("voices", lambda every: weighed(every.voices))
    voices = piled(words.laid(record.offset, record.score.shape, record.first), VOICE_DAYS)
    weight = likelier(use.evidence) + voices
    came, expected = window(use.came, rule.days), window(use.expected, rule.days)
    less = came <= (1 - rule.points / 100) * expected
    starts = begun((weight >= np.log(rule.odds)) & less & (expected >= 1) & (record.lifecycle > 0))

    def said(account: int, day: int) -> str:
        words = _given_up(given_up(record, account, day))
        words += ", and what they say has turned" if voices[account, day] >= 1 else ""
        there = count(round(float(came[account, day])), "user-day")
        stretch = f"{count(rule.days, 'day')} to {record.told(day)}"
        usual = f"where {expected[account, day]:.0f} are usual"
        odds = f"{_times(weight[account, day])} if it is fading than by chance"
        return f"{there} in the {stretch}, {usual}{words} ({odds})"

    return Seen(starts, latched(starts, expected, came, 0.15 * expected), said)


def _times(weight: float) -> str:
    """How much likelier; what has many digits is no surer than what has five."""
    most = 10_000
    return f"over {most:,} times likelier" if weight > np.log(most) else f"{np.exp(weight):,.0f} times likelier"


def _given_up(features: list[str]) -> str:
    if not features:
        return ""
    more = f" and {len(features) - NAMED} more" if len(features) > NAMED else ""
    return f", hardly any {', '.join(features[:NAMED])}{more}"


def piled(evidence: Floats, days: int) -> Floats:
    """The most evidence that any stretch that ends on a day holds, of at most so many days; none is 0."""
    total = np.cumsum(evidence, axis=1)
    # before the first day nothing is piled up
    padded = np.concatenate([np.zeros((len(total), days)), total], axis=1)
    return np.asarray(total - _least(padded, days + 1))


def likelier(evidence: list[Floats]) -> Floats:
    """The evidence of all that may be left, piled up: none of it is likelier beforehand."""
    found = piled(evidence[0], USE_DAYS)
    for one in evidence[1:]:
        found = np.logaddexp(found, piled(one, USE_DAYS))
    return np.asarray(found - np.log(len(evidence)))


def _least(values: Floats, width: int) -> Floats:
    """The least of each so many neighbours: of two stretches, each made of two half as long."""
    least, length = values, 1
    while 2 * length <= width:
        least, length = np.minimum(least[:, :-length], least[:, length:]), 2 * length
    more = width - length
    return np.minimum(least[:, : least.shape[1] - more], least[:, more:])


@dataclass(frozen=True)
class _Usual:
    """(A, D) what habits alone make expect, by weekday."""

    came: Floats
    expected: Floats
    daily: Floats
    """Days of use a day."""
    known: Floats
    """Days of the habit that are known."""


def _use(record: Record, fleet: Fleet) -> Use:
    if record.habits is None:
        nothing = np.zeros(record.score.shape)
        return Use(nothing, nothing, [nothing])
    usual = _usual(record, fleet)
    share = _fleets_share(record, fleet)
    expected = usual.expected * share
    regular, differ = _regular(record, usual.known) * share, 1 + WEEKS_DIFFER * 7 * usual.daily
    fewer = narrowing(record, fleet.once("what is left of features", lambda every: _left(every, fleet)))
    fewer = np.where(fleet.once("broken events", _broken), 0.0, fewer)
    evidence = [(_evidence(usual.came, expected, regular, left) + fewer) / differ for left in LEFT]
    return Use(usual.came, expected, evidence)


def _fleets_share(record: Record, fleet: Fleet) -> Floats:
    """(A, D) what the season has left of the use of an account's region."""
    left = fleet.regional("fading", lambda part: _share(_usual(part, fleet)))
    share = np.stack([left[one.region] for one in record.who])
    return np.clip(np.where(np.isfinite(share), share, 1.0), 0.3, 1.0)


def _left(record: Record, fleet: Fleet) -> Floats:
    """(features, D) what is left of each feature's uses where use falls, by all accounts."""
    total = np.zeros((2, len(record.breadth.names), record.days))
    for part in record.parts():
        usual = _usual(part, fleet)
        usually = window(usual.expected * _fleets_share(part, fleet), FALLS_DAYS)
        falls = (usually >= MANY) & (window(usual.came, FALLS_DAYS) <= FALLS * usually)
        total += learned(part, falls)
    return left(*total)


def _usual(record: Record, fleet: Fleet) -> _Usual:
    assert record.habits is not None
    broken = fleet.once("broken events", _broken)
    weekdays = fleet.once("weekdays", lambda every: _weekdays(every, broken))
    good = (~broken).astype(float)[None, :]
    counted = np.asarray(before(window(good, SPAN), LAG, 0.0))
    known = np.minimum(record.habits.known, np.where(np.arange(record.days) < LAG + SPAN, SPAN, counted))
    daily = np.where(known >= KNOWN, record.habits.days / np.maximum(known, 1), 0.0)
    return _Usual(record.people * good, daily * weekdays[None, :] * good, daily, known)


def _broken(record: Record) -> Bools:
    return broken_sources(record).get("events", np.zeros(record.days, bool))


def _evidence(came: Floats, expected: Floats, regular: Floats, left: float) -> Floats:
    """The logarithm of how much likelier so many are when some is left than when all is, among regular people."""
    people = expected / np.maximum(regular, 1e-3)
    away = np.maximum(people - came, 0) * np.log((1 - left * regular) / (1 - regular))
    # where nobody is regular those who stay away are beyond counting
    away = np.where(regular < 0.02, expected * (1 - left), away)
    return np.where(expected > 0, came * np.log(left) + away, 0.0)


def _regular(record: Record, known: Floats) -> Floats:
    """The chance that one of those who come does so on a workday, weighted by how often they come."""
    assert record.habits is not None
    days = np.maximum(record.habits.days, 1)
    return np.clip(record.habits.squares / days / np.maximum(known, 1) * 7 / 5, 0.0, MOST_REGULAR)


def _weekdays(record: Record, broken: Bools) -> Floats:
    """(D,) how busy the weekday of each day is, 1 in the mean; large accounts do not drown the others."""
    total = sum(
        (np.minimum(part.people, 5).sum(axis=0, dtype=np.float64) for part in record.parts()), np.zeros(record.days)
    )
    weekday = np.arange(record.first, record.last + 1) % 7
    shape = np.ones(7)
    for one in range(7):
        chosen = (weekday == one) & ~broken
        shape[one] = np.median(total[chosen]) if chosen.any() else 0.0
    shape = shape / shape.mean() if shape.mean() > 0 else np.ones(7)
    return np.asarray(shape[weekday])


def _share(usual: _Usual) -> Floats:
    """(A, D) what is left of the use of a week, NaN of accounts with little: August, a week off."""
    weeks, expected = window(usual.came, 7), window(usual.expected, 7)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected >= MANY, weeks / expected, np.nan)
