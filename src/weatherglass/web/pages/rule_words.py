"""What alert rules and plays wait for, in words, and which of a rule's options its kind looks at."""

from __future__ import annotations

from weatherglass.config.alerts import AlertRule, Kind
from weatherglass.config.plays import When
from weatherglass.reports.wording import clean, count

OPTIONS: dict[Kind, tuple[str, ...]] = {
    "tier_down": ("points",),
    "tier_up": (),
    "drop": ("points", "days"),
    "trend": ("points", "days"),
    "dimension_below": ("below",),
    "signal_below": ("below",),
    "renewal": ("days",),
    "contact_gone": ("days",),
    "contact_silent": ("days",),
    "payment": ("days",),
    "milestone": ("days",),
    "expansion": ("days",),
    "silence": ("days",),
    "use_drop": ("points", "days"),
    "fading": ("points", "days", "odds"),
    "tickets": ("days",),
    "detractor": ("days",),
}
"""The numbers that a rule's kind looks at; others would change nothing."""
SIGNS: dict[Kind, str] = {
    "tier_down": "the shown tier falls",
    "tier_up": "the shown tier rises",
    "drop": "the score drops",
    "trend": "the score sinks week by week",
    "dimension_below": "a dimension is low",
    "signal_below": "a signal is low",
    "renewal": "a renewal is near, and the tier not the highest",
    "contact_gone": "a champion or sponsor is gone",
    "contact_silent": "a champion or sponsor is silent",
    "payment": "a payment failed or is late",
    "milestone": "a milestone of onboarding is overdue",
    "expansion": "the account is ready to expand",
    "silence": "nobody comes any more",
    "use_drop": "fewer people use it",
    "fading": "there is less use than their habits explain",
    "tickets": "there are far more tickets than usual",
    "detractor": "somebody is a detractor",
}
"""What a kind of rule looks for, to choose from."""
LABELS = {"points": "Points", "days": "Days", "below": "Below", "odds": "Odds"}


def waits_for(rule: AlertRule) -> str:
    """When a rule speaks."""
    days, points, below = count(rule.days, "day"), f"{rule.points:g}", f"{rule.below:g}"
    words: dict[Kind, str] = {
        "tier_down": f"the shown tier fell, and the score by {points} points in 28 days",
        "tier_up": "the shown tier rose",
        "drop": f"the score fell {points} points in {days}",
        "trend": f"the score fell in each quarter of {days}, {points} points in all",
        "dimension_below": f"{_named(rule.dimension)} is below {below}",
        "signal_below": f"{_named(rule.signal)} is below {below}",
        "renewal": f"the renewal is within {days} and the tier is not the highest",
        "contact_gone": "a champion or executive sponsor was deactivated",
        "contact_silent": f"a champion or sponsor who came twice a week has not for {days}",
        "payment": f"an invoice failed, or is unpaid {days} after it was due",
        "milestone": f"a milestone is {days} late",
        "expansion": f"steadily the highest tier for {days}, seats nearly all in use and more people than before",
        "silence": f"nobody was there for {days} and four times the usual gap",
        "use_drop": f"the people who use it are {points}% fewer than usual",
        "fading": (
            f"{points}% less use in {days} than their habits explain, and {rule.odds:g} times likelier than chance"
        ),
        "tickets": f"far more tickets in {days} than usual",
        "detractor": "somebody answered 6 or less to an NPS question",
    }
    return words[rule.kind]


def _named(name: str | None) -> str:
    return clean(name).replace("_", " ")


def begins_with(when: When) -> str:
    """The accounts that a play or an audience is for."""
    parts = [
        ("tier ", when.tier),
        ("an alert about ", when.alert),
        ("lifecycle ", when.lifecycle),
        ("segment ", when.segment),
    ]
    words = [f"{what}{' or '.join(clean(one, 40) for one in values)}" for what, values in parts if values]
    if when.renewal_days is not None:
        words.append(f"a renewal within {count(when.renewal_days, 'day')}")
    if when.score_below is not None:
        words.append(f"a score below {when.score_below:g}")
    if when.steady_days is not None:
        words.append(f"in its tier for {count(when.steady_days, 'day')}")
    return ", and ".join(words) or "every account"
