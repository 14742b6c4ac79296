"""Scoring a day from all that is known today gives the same bits as from what was known at its end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import companies
import pytest
from companies import Case
from effort import drawn, times
from hypothesis import given
from hypothesis import strategies as st
from inventing import Shape, invent
from reference import Company, Settings, comprehensive, four_inputs, init_milestones
from reference.card import Card
from reference.company import Row, last_read
from reference.days import end_of
from stores import Exact, bench, exact, told, unlike

from weatherglass.config.catalogue import SIGNALS
from weatherglass.events.tables import BY_NAME
from weatherglass.signals.catalogue import CATALOGUE

CLOSED: dict[str, dict[str, tuple[str, ...]]] = {
    "tickets": {"resolved_at": ("resolved_at", "csat")},
    "invoices": {"paid_at": ("paid_at",)},
    "subscriptions": {"ended_at": ("ended_at",)},
    "users": {
        "deactivated_at": ("deactivated_at",),
        # who is to be a champion is none yet; whose account the user is has no date
        "created_at": ("is_champion", "is_executive_sponsor"),
    },
    "accounts": {"created_at": ("created_at",)},
}
"""What is not known yet of a row while the time in a column is still to come."""

FACTS = ("events", "tickets", "invoices", "subscriptions", "surveys", "interactions", "milestones", "outcomes")


def cut(company: Company, day: date) -> Company:
    """What was known of a company at the end of a day."""
    end = end_of(day, ZoneInfo(company.zone))
    known = Company(zone=company.zone)
    for table in (*FACTS, "accounts", "users"):
        rows = company.events if table == "events" else last_read(company, table)
        dated_by = BY_NAME[table].dated_by if table in FACTS else None
        kept = [row for row in rows if dated_by is None or row[dated_by] < end]
        known.table(table).extend(_without_future(row, CLOSED.get(table, {}), end) for row in kept)
    return known


def _without_future(row: Row, closed: dict[str, tuple[str, ...]], end: datetime) -> Row:
    to_come = [column for column in closed if row.get(column) is not None and row[column] >= end]
    hidden = {name for column in to_come for name in closed[column]}
    return {name: None if name in hidden else value for name, value in row.items()}


def of_day(rows: Exact, day: date) -> Exact:
    return [row for row in rows if row[1] == repr(day)]


def known_then(company: Company, settings: Settings, day: date) -> tuple[Exact, Exact]:
    """A day's score rows and signal rows from a store that ends with the day."""
    with bench(settings, company.zone, kept=False) as past:
        past.load(cut(company, day))
        past.score(day)
        return told(past, day, day)


@st.composite
def looks_back(draw: st.DrawFn) -> tuple[Case, date]:
    """A company, and a day in the middle of its history."""
    case = draw(companies.cases())
    first, last = companies.first_and_last_day(case.company) or (case.since, case.as_of)
    return case, first + timedelta(days=draw(st.integers(0, max(0, (last - first).days))))


@given(looked=looks_back())
@drawn(25)
def test_a_day_knows_nothing_of_the_days_after(looked: tuple[Case, date]) -> None:
    case, day = looked
    last = max(day, case.as_of)
    with bench(case.settings, case.company.zone, kept=False) as full:
        full.load(case.company)
        full.score(last)
        told_of_all = told(full, min(day, case.since), last)
    for which, of_all, then in zip(
        ("score rows", "signal rows"), told_of_all, known_then(case.company, case.settings, day), strict=True
    ):
        difference = unlike(of_day(of_all, day), then)
        assert not difference, f"{day} {which}: {difference}"


# Signal by signal

DAYS_EACH = 3


def with_every_signal() -> Card:
    """The card `comprehensive` with all signals that no card names by itself."""
    card = comprehensive()
    for dimension, (_, signals) in card.dimensions.items():
        signals.update({name: (0.1, "own") for name in SIGNALS[dimension] if name not in signals})
    return card


def examined() -> Iterator[tuple[Company, Settings, list[date]]]:
    """Companies with every kind of fact, long enough for every signal, and days to look back from."""
    cards = (with_every_signal, four_inputs)
    for seed in range(times(3)):
        shape = Shape(seed=seed, accounts=5, days=170, events=150, zone="America/New_York", busy=True)
        company = invent(replace(shape, quirks=shape.quirks - {"duplicates"}))
        settings = Settings(cards[seed % 2](), milestones=init_milestones(), key_features=["edit", "share"])
        first, last = companies.first_and_last_day(company) or (shape.start, shape.start)
        span = (last - first).days
        days = sorted(random.Random(seed).sample(range(span // 3, span), DAYS_EACH))
        yield company, settings, [first + timedelta(days=number) for number in days]


@cache
def seen() -> list[tuple[str, Exact, Exact, int]]:
    """By signal: its rows on a day from all data, from the data of that day, and how many of them have a score."""
    found = []
    for company, settings, days in examined():
        with bench(settings, company.zone, kept=False) as full:
            full.load(company)
            full.score()
            _, of_all = full.rows(min(days), max(days))
        for day in days:
            with bench(settings, company.zone, kept=False) as past:
                past.load(cut(company, day))
                past.score(day)
                _, then = past.rows(day, day)
            for signal in CATALOGUE:
                here = [row for row in of_all if row["signal"] == signal.name and row["as_of"] == day]
                there = [row for row in then if row["signal"] == signal.name]
                scored = sum(row["score"] is not None for row in here)
                found.append((signal.name, exact(here), exact(there), scored))
    return found


@pytest.mark.parametrize("signal", [signal.name for signal in CATALOGUE])
def test_a_signal_knows_nothing_of_the_days_after(signal: str) -> None:
    scored = 0
    for name, of_all, then, count in seen():
        if name == signal:
            difference = unlike(of_all, then)
            assert not difference, difference
            scored += count
    assert scored, f"no drawn company has a score of {signal}: nothing is proven"


def test_the_future_that_is_cut_off_matters() -> None:
    """The companies that are looked at do have facts after the day: dropping them changes later days."""
    for company, settings, days in examined():
        day = days[0]
        with bench(settings, company.zone, kept=False) as full, bench(settings, company.zone, kept=False) as past:
            full.load(company)
            past.load(cut(company, day))
            full.score()
            past.score(day + timedelta(days=30))
            later = day + timedelta(days=30)
            assert told(full, later, later) != told(past, later, later)
        break
