"""What says the same is scored the same, to the bit: however it is ordered, split, packed, named and loaded."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import companies
import pytest
import yaml
import zstandard
from companies import Case
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from inventing import FEATURES, QUIRKS, Shape, invent
from reference import Card, Company
from reference.company import TABLES, Row, last_read
from stores import Bench, bench, rows_in_all, same, scored_exactly, told

from weatherglass.config import FILE_NAME
from weatherglass.jobs.incoming.loading import load

SEEDS = st.integers(0, 2**32 - 1)


def copied(company: Company, **tables: list[Row]) -> Company:
    """The same company with some tables replaced."""
    kept = {name: list(company.table(name)) for name in TABLES}
    return Company(zone=company.zone, **{**kept, **tables})


def agree(case: Case, other: Company, by: Callable[[Bench], None] | None = None) -> None:
    """A company says what another way of saying it says. by: how the other is loaded, if not at once."""
    mine = scored_exactly(case.company, case.settings, case.since, case.as_of)
    with bench(case.settings, other.zone) as one:
        by(one) if by else one.load(other)
        one.score(case.as_of)
        same(mine, told(one, case.since, case.as_of))


def with_ids(company: Company) -> Company:
    """Every event has a message id."""
    events = [{**row, "message_id": row.get("message_id") or f"own {n}"} for n, row in enumerate(company.events)]
    return copied(company, events=events)


def without_ids(company: Company) -> Company:
    return copied(company, events=[{**row, "message_id": None} for row in company.events])


@given(case=companies.cases(), seed=SEEDS)
@drawn(8)
def test_the_order_of_rows(case: Case, seed: int) -> None:
    """Of rows with one id the last read counts: those are made one row first."""
    chance = random.Random(seed)
    once = copied(case.company, **{name: last_read(case.company, name) for name in TABLES if name != "events"})
    mixed = {name: chance.sample(once.table(name), len(once.table(name))) for name in TABLES}
    agree(replace(case, company=once), copied(once, **mixed))


@given(case=companies.cases())
@drawn(6)
def test_the_same_files_again(case: Case) -> None:
    def twice(one: Bench) -> None:
        folder = one.written(case.company)
        if any(folder.iterdir()):
            load(one.store, one.project, [folder])
            again = load(one.store, one.project, [folder])
            changed = {file.table for file in again.files if file.new}
            # a file in which one id stands twice changes the row there and back
            assert not changed, changed

    agree(case, case.company, twice)


@given(case=companies.cases(), seed=SEEDS, parts=st.integers(2, 4), at_once=st.booleans())
@drawn(10)
def test_many_files_and_many_loads_by_message_id(case: Case, seed: int, parts: int, at_once: bool) -> None:
    """Events with ids in any parts, in any order; rows of other tables in the order in which they are read."""
    company = with_ids(case.company)
    chance = random.Random(seed)
    pieces = [Company(zone=company.zone) for _ in range(parts)]
    for row in company.events:
        for number in {chance.randrange(parts), chance.randrange(parts)} if chance.random() < 0.2 else {0}:
            pieces[(number + len(row["name"])) % parts].events.append(row)
    for name in TABLES:
        if name != "events":
            place = 0
            for row in company.table(name):
                place = max(place, chance.randrange(parts)) if chance.random() < 0.1 else place
                pieces[place].table(name).append(row)
    agree(replace(case, company=company), company, lambda one: in_pieces(one, pieces, at_once=at_once))


def in_pieces(one: Bench, pieces: list[Company], *, at_once: bool) -> None:
    """Load the parts of a company one by one, or as many files of one load."""
    folders = [one.written(piece) for piece in pieces if rows_in_all(piece)]
    if at_once and folders:
        load(one.store, one.project, folders)
    for folder in () if at_once else folders:
        load(one.store, one.project, [folder])


@given(case=companies.cases(), seed=SEEDS, parts=st.integers(2, 5), at_once=st.booleans())
@drawn(8)
def test_many_files_and_many_loads_by_time(case: Case, seed: int, parts: int, at_once: bool) -> None:
    """Events without ids, cut between two instants, and the parts in any order."""
    company = without_ids(case.company)
    chance = random.Random(seed)
    instants = sorted({row["timestamp"] for row in company.events})
    edges = sorted(chance.sample(instants, min(parts - 1, len(instants))))
    pieces = [Company(zone=company.zone) for _ in range(parts)]
    for row in company.events:
        pieces[sum(row["timestamp"] >= edge for edge in edges)].events.append(row)
    chance.shuffle(pieces)
    for name in TABLES:
        if name != "events":
            pieces[chance.randrange(parts)].table(name).extend(company.table(name))
    agree(replace(case, company=company), company, lambda one: in_pieces(one, pieces, at_once=at_once))


Packed = Literal["csv", "jsonl", "csv.gz", "jsonl.zst", "csv.zst", "jsonl.gz"]


@pytest.mark.parametrize("form", ["csv", "jsonl", "csv.gz", "jsonl.zst"])
@given(case=companies.cases())
@drawn(3)
def test_the_format_of_files(form: Packed, case: Case) -> None:
    def packed(one: Bench) -> None:
        kind, _, packing = form.partition(".")
        folder = one.written(case.company, "csv" if kind == "csv" else "jsonl")
        for path in list(folder.iterdir()):
            if packing:
                pack(path, packing)
        if any(folder.iterdir()):
            load(one.store, one.project, [folder])

    agree(case, case.company, packed)


def pack(path: Path, packing: str) -> None:
    """Compress a file in place."""
    content = path.read_bytes()
    squeezed = gzip.compress(content) if packing == "gz" else zstandard.compress(content)
    path.with_name(f"{path.name}.{packing}").write_bytes(squeezed)
    path.unlink()


@given(
    case=companies.cases(
        companies.shapes().map(lambda shape: invent(replace(shape, quirks=frozenset(QUIRKS) - {"duplicates"})))
    )
)
@drawn(8)
def test_the_names_of_accounts(case: Case) -> None:
    """The new names stand in another order.

    The rules go by the order of names in two places, which are left out: two group calls of a user at one instant, two
    accounts for one message.
    """
    calls: set[tuple[Any, datetime]] = set()
    events = []
    for row in case.company.events:
        key = (row["user_id"], row["timestamp"])
        if (row.get("type") or "").lower() == "group" and row["account_id"]:
            if key in calls:
                continue
            calls.add(key)
        events.append({**row, "message_id": None})
    company = copied(case.company, events=events)
    names = sorted({row["account_id"] for name in TABLES for row in company.table(name) if row.get("account_id")})
    renamed = {name: f"{len(names) - place:03} {name[::-1]}" for place, name in enumerate(names)}
    other = copied(
        company,
        **{
            table: [{**row, "account_id": renamed.get(row["account_id"])} for row in company.table(table)]
            for table in TABLES
        },
    )
    back = {repr(new): repr(old) for old, new in renamed.items()}
    mine = scored_exactly(company, case.settings, case.since, case.as_of)
    rows, signals = scored_exactly(other, case.settings, case.since, case.as_of)
    same(mine, tuple(sorted((back[row[0]], *row[1:]) for row in part) for part in (rows, signals)))  # type: ignore[arg-type]


@given(case=companies.cases(), seed=SEEDS)
@drawn(8)
def test_an_account_that_has_nothing_to_do_with_it(case: Case, seed: int) -> None:
    """What all accounts have in common is held still: no fleet correction, no ranks, a feature map, a first ticket."""
    company = case.company
    settings = replace(case.settings, features={name: list(events) for name, events in FEATURES.items()})
    settings.key_features = ["Editing"] if settings.key_features else []
    settings.card = unranked(settings.card)
    both = stranger(company, seed)
    results = []
    for each in (company, both):
        with bench(settings, company.zone) as one:
            without_fleet(one.folder / FILE_NAME)
            one.load(each)
            one.score(case.as_of)
            results.append(told(one, case.since, case.as_of))
    mine, (rows, signals) = results
    others = [[row for row in part if row[0] != "'stranger'"] for part in (rows, signals)]
    same(mine, (others[0], others[1]))
    begun = companies.first_and_last_day(company)
    if begun is not None and both is not company and case.as_of >= begun[0] + timedelta(days=2):
        assert len(rows) > len(mine[0]), "the stranger is scored, too"


def unranked(card: Card) -> Card:
    for dimension, (weight, signals) in card.dimensions.items():
        kept: dict[str, Any] = {
            name: (inside, ("range", 0, 10) if scaling[0] == "percentile" else scaling)
            for name, (inside, scaling) in signals.items()
        }
        card.dimensions[dimension] = (weight, kept)
    return card


def without_fleet(path: Path) -> None:
    project = yaml.safe_load(path.read_text(encoding="utf-8"))
    project["scorecard"]["corrections"] = {"fleet": False}
    path.write_text(yaml.safe_dump(project, allow_unicode=True, sort_keys=False), encoding="utf-8")


def stranger(company: Company, seed: int) -> Company:
    """The company and one account more, of its own users, that begins after the others, with no first ticket."""
    shape = Shape(seed=seed, accounts=1, days=120, events=80, zone=company.zone, quirks=frozenset())
    alone = invent(shape)
    begun, own = companies.first_and_last_day(company), companies.first_and_last_day(alone)
    if begun is None or own is None:
        return company
    later = begun[0] - own[0] + timedelta(days=2)
    first_ticket = min((row["opened_at"] for row in company.tickets), default=None)
    both = copied(company)
    for name in TABLES:
        for row in alone.table(name):
            moved = {column: _moved(column, value, later) for column, value in row.items()}
            if name != "tickets" or (first_ticket is not None and moved["opened_at"] >= first_ticket):
                both.table(name).append(moved)
    return both


def _moved(column: str, value: Any, later: timedelta) -> Any:
    if isinstance(value, datetime) and value.year < 9000:
        return value + later
    if isinstance(value, str) and column.endswith("_id"):
        return "stranger" if column == "account_id" else f"stranger {value}"
    return value


@given(case=companies.cases(companies.shapes().map(lambda shape: invent(replace(shape, zone="UTC")))))
@drawn(5)
def test_another_name_for_utc(case: Case) -> None:
    agree(case, replace(case.company, zone="Etc/UTC"))


@given(case=companies.cases(), seed=SEEDS)
@drawn(8)
def test_a_backfill_and_single_days(case: Case, seed: int) -> None:
    chance = random.Random(seed)
    with bench(case.settings, case.company.zone, kept=False) as one:
        one.load(case.company)
        one.score(case.as_of)
        whole = told(one, case.since, case.as_of)
        for _ in range(3):
            day = case.since + timedelta(days=chance.randint(0, (case.as_of - case.since).days))
            same(tuple([row for row in part if row[1] == repr(day)] for part in whole), told(one, day, day))  # type: ignore[arg-type]


@given(case=companies.cases(), seed=SEEDS)
@drawn(5)
def test_a_history_made_day_by_day(case: Case, seed: int) -> None:
    """The kept history is the same whether it was scored at once or a few days at a time."""
    chance = random.Random(seed)
    day = case.since
    with bench(case.settings, case.company.zone) as slow, bench(case.settings, case.company.zone) as fast:
        for one in (slow, fast):
            one.load(case.company)
        while day < case.as_of:
            slow.score(day)
            day += timedelta(days=chance.choice((1, 1, 2, 9, 40)))
        slow.score(case.as_of)
        fast.score(case.as_of)
        assert slow.history() == fast.history()
        same(told(fast, case.since, case.as_of), told(slow, case.since, case.as_of))


@given(case=companies.cases(), seed=SEEDS, exports=st.integers(2, 4))
@drawn(8)
def test_an_export_that_repeats_all_earlier_rows(case: Case, seed: int, exports: int) -> None:
    """Without ids: each file holds what the one before held, and some rows more, new or late."""
    chance = random.Random(seed)
    company = without_ids(case.company)
    steps = [chance.randrange(exports) for _ in company.events]

    def again_and_again(one: Bench) -> None:
        one.load(copied(company, events=[]))
        held = 0
        for export in range(exports):
            events = [row for row, step in zip(company.events, steps, strict=True) if step <= export]
            done = one.load(Company(zone=company.zone, events=events))
            assert sum(file.new for file in done.files) == len(events) - held
            held = len(events)
        assert one.count("events") == len(company.events)

    agree(replace(case, company=company), company, again_and_again)
