"""Hypothesis strategies for companies and settings, and the files to feed the product with.

The companies are built from a drawn seed and a few drawn measures, so that drawing is fast and shrinking still leads
to fewer accounts, days, events, tables and quirks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from company_files import Form, write_company
from hypothesis import strategies as st
from inventing import EVENT_NAMES, FEATURES, QUIRKS, TABLES, Shape, invent
from reference import Card, Company, Milestone, Scaling, Settings, comprehensive, default, four_inputs, init_milestones
from reference.card import TIERS
from settings_file import write_settings

__all__ = [
    "Case",
    "Form",
    "cases",
    "companies",
    "first_and_last_day",
    "fleets",
    "long_companies",
    "settings",
    "shapes",
    "write_company",
    "write_settings",
]

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana")
"""Havana moves its clock at midnight: there is a day that begins at 01:00."""

STARTS = (
    date(2024, 1, 1),
    date(2024, 2, 20),  # the leap day; New York and Havana move on 10 March
    date(2024, 3, 25),  # Lord Howe moves by half an hour on 7 April
    date(2024, 9, 25),  # Lord Howe on 6 October, New York and Havana on 3 November
    date(2023, 12, 5),
)

Range = tuple[int, int]


@st.composite
def shapes(
    draw: st.DrawFn, accounts: Range = (1, 6), days: Range = (1, 200), events: Range = (0, 80), busy: bool = False
) -> Shape:
    """Measures of a company. It shrinks to few of everything, to UTC and to no quirk."""
    return Shape(
        seed=draw(st.integers(0, 2**32 - 1)),
        accounts=draw(st.integers(*accounts)),
        days=draw(st.integers(*days)),
        events=draw(st.integers(*events)),
        start=draw(st.sampled_from(STARTS)),
        zone=draw(st.sampled_from(ZONES)),
        tables=frozenset(draw(st.lists(st.sampled_from(TABLES), unique=True))),
        quirks=frozenset(draw(st.lists(st.sampled_from(QUIRKS), unique=True))),
        busy=busy,
    )


def companies(accounts: Range = (1, 6), days: Range = (1, 200), events: Range = (0, 80)) -> st.SearchStrategy[Company]:
    """Small companies."""
    return shapes(accounts, days, events).map(invent)


def fleets() -> st.SearchStrategy[Company]:
    """Companies of enough busy accounts for a fleet median."""
    return shapes(accounts=(26, 30), days=(57, 75), events=(130, 160), busy=True).map(invent)


def long_companies() -> st.SearchStrategy[Company]:
    """Companies with more than 420 days of history: a year-ago correction, peaks that are forgotten."""
    return shapes(accounts=(1, 2), days=(430, 480), events=(600, 900), busy=True).map(invent)


# Settings

USAGE_SCALINGS: tuple[Scaling, ...] = ("peak", "median_grace")
NAMED_SCALINGS: tuple[Scaling, ...] = (
    ("percentile", "segment"),
    ("percentile", "region"),
    ("range", 0, 10),
    ("range", 0.1, 2),
    ("range", 5, 0),
    ("steps", [(0, 10), (1, 40), (3, 100)]),
    ("steps", [(0.25, 30), (0.5, 60), (2, 90)]),
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """One of the three cards, as it is or with some of its options changed."""
    card = draw(st.sampled_from((default, four_inputs, comprehensive)))()
    if draw(st.booleans()):
        return card
    card.min_coverage = draw(st.sampled_from((0.5, 0.3, 0.45, 0.75, 1.0)))
    card.tier_names, card.tier_lines = TIERS[draw(st.sampled_from(sorted(TIERS)))]
    card.hysteresis_points = draw(st.sampled_from((2.0, 0.0, 5.0)))
    card.hysteresis_days = draw(st.sampled_from((3, 1, 2, 5)))
    card.seats_unknown = draw(st.sampled_from(("null", "distinct_users")))
    for dimension, (weight, signals) in card.dimensions.items():
        for signal, (inside, scaling) in signals.items():
            own = USAGE_SCALINGS if scaling in USAGE_SCALINGS else ("own",)
            if draw(st.integers(0, 3)) == 3:
                signals[signal] = (inside, draw(st.sampled_from((*own, *NAMED_SCALINGS))))
        if draw(st.integers(0, 5)) == 5:
            card.dimensions[dimension] = (draw(st.sampled_from((weight, 0.1, 0.5))), signals)
    return card


MILESTONES: tuple[list[Milestone], ...] = (
    [],
    init_milestones(),
    [
        Milestone("kick-off", 3, 2.0),
        Milestone("setup completed", 10, 0.5, ["setup", "edit"]),
        Milestone("second feature", 80, 1.0, ["share"], "second_feature"),
    ],
    [Milestone("someday", 400)],
)


@st.composite
def settings(draw: st.DrawFn) -> Settings:
    """A card, and what the product is made of."""
    features = draw(st.sampled_from(({}, FEATURES)))
    keys = sorted(features) if features else list(EVENT_NAMES)
    return Settings(
        card=draw(cards()),
        core_actions=draw(st.sampled_from(([], ["edit", "report"], ["view", "share", "export"], ["never happens"]))),
        features={name: list(names) for name, names in features.items()},
        key_features=draw(st.lists(st.sampled_from(keys), unique=True, max_size=3)),
        milestones=list(draw(st.sampled_from(MILESTONES))),
    )


# Cases


@dataclass(frozen=True)
class Case:
    """A company, how it is scored, and which days are asked for."""

    company: Company
    settings: Settings
    since: date
    as_of: date


def first_and_last_day(company: Company) -> tuple[date, date] | None:
    """The first and the last day of the zone with a dated fact, whoever's; None without one."""
    zone = ZoneInfo(company.zone)
    dated = {
        "events": "timestamp",
        "tickets": "opened_at",
        "invoices": "issued_at",
        "subscriptions": "started_at",
        "surveys": "answered_at",
        "interactions": "occurred_at",
        "milestones": "reached_at",
    }
    days = [row[column].astimezone(zone).date() for table, column in dated.items() for row in company.table(table)]
    return (min(days), max(days)) if days else None


@st.composite
def cases(draw: st.DrawFn, of: st.SearchStrategy[Company] | None = None) -> Case:
    """Companies with settings and days to score: in the middle of their history, at its end, and after it.

    The days of companies that are given end with their history: fleets and long companies need all of it.
    """
    company = draw(companies() if of is None else of)
    ends = (-60, 40) if of is None else (-5, 5)
    first, last = first_and_last_day(company) or (date(2024, 3, 1), date(2024, 3, 1))
    as_of = max(first, last + timedelta(days=draw(st.integers(*ends))))
    since = max(first - timedelta(days=2), as_of - timedelta(days=draw(st.integers(0, 250))))
    return Case(company, draw(settings()), min(since, as_of), as_of)
