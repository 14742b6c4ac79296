"""A store that is loaded and scored bit by bit ends with exactly what one has that was given everything at once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import companies
from companies import Case
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st
from reference import Company
from reference.company import TABLES, Row
from stores import Bench, bench, rows_in_all, same, told, unlike

Orders = st.sampled_from(("any", "by day", "late", "by table"))


@dataclass(frozen=True)
class Step:
    """What comes in together, and the day up to which it is scored; None: as the product thinks best."""

    rows: Company
    as_of: date | None


@dataclass(frozen=True)
class Story:
    """A company that comes in by and by."""

    case: Case
    steps: list[Step] = field(default_factory=list)

    @property
    def whole(self) -> Company:
        """Everything, in the order in which it is read."""
        everything = Company(zone=self.case.company.zone)
        for step in self.steps:
            for name in TABLES:
                everything.table(name).extend(step.rows.table(name))
        return everything


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Companies cut into steps: by time with some that come late, by table, or anyhow."""
    case = draw(companies.cases())
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    count, order = draw(st.integers(2, 4)), draw(Orders)
    company = distinct(amended(case.company, chance), all_ids=draw(st.booleans()))
    first, last = companies.first_and_last_day(company) or (case.since, case.as_of)
    steps = [Company(zone=company.zone) for _ in range(count)]
    for place, name in enumerate(TABLES):
        for row in company.table(name):
            number = _step(order, count, chance, place, _share(row, name, first, last))
            steps[number].table(name).append(row)
    days = sorted(
        draw(st.lists(st.one_of(st.none(), st.integers(-20, 60)), min_size=count, max_size=count)),
        key=lambda day: day is None,
    )
    ends = [None if back is None else min(case.as_of, max(first, last - timedelta(days=back))) for back in days]
    return Story(case, [Step(rows, end) for rows, end in zip(steps, ends, strict=True)])


DATED = {
    "events": "timestamp",
    "tickets": "opened_at",
    "invoices": "issued_at",
    "subscriptions": "started_at",
    "surveys": "answered_at",
    "interactions": "occurred_at",
    "milestones": "reached_at",
    "outcomes": "occurred_at",
}


def _share(row: Row, table: str, first: date, last: date) -> float:
    """How far in the company's life a row lies, 0 to 1."""
    if table not in DATED:
        return 0.0
    since: timedelta = row[DATED[table]].date() - first
    return since.days / max(1, (last - first).days)


def _step(order: str, count: int, chance: random.Random, table: int, share: float) -> int:
    if order == "any":
        return chance.randrange(count)
    if order == "by table":
        return table % count
    usual = min(count - 1, max(0, int(share * count)))
    late = chance.random() < (0.3 if order == "late" else 0.03)
    return chance.randrange(usual, count) if late else usual


def amended(company: Company, chance: random.Random) -> Company:
    """The company with rows that are read again and say something else: seats, entitlements, tickets that close."""
    more = Company(zone=company.zone, **{name: list(company.table(name)) for name in TABLES})
    for row in company.accounts:
        if chance.random() < 0.5:
            changed = {"seats": chance.choice((None, 2, 8)), "region": chance.choice((None, "north", "east"))}
            more.accounts.append({**row, **changed, "entitled_features": chance.choice((None, "edit; share"))})
    for table, column in (("tickets", "resolved_at"), ("invoices", "paid_at"), ("subscriptions", "ended_at")):
        for row in company.table(table):
            if chance.random() < 0.2:
                after = row[DATED[table]] + timedelta(days=chance.randrange(30))
                more.table(table).append({**row, column: chance.choice((None, after))})
    for row in company.users:
        if chance.random() < 0.2:
            more.users.append({**row, "is_champion": True})
    return more


def distinct(company: Company, *, all_ids: bool) -> Company:
    """Events that cannot be taken for each other: each has an id, or no two without one are equal."""
    events, seen = [], set()
    for number, row in enumerate(company.events):
        if row.get("message_id"):
            events.append(row)
        elif all_ids:
            events.append({**row, "message_id": f"own {number}"})
        elif (content := repr({**row, "properties": None})) not in seen:
            seen.add(content)
            events.append(row)
    return Company(zone=company.zone, **{n: company.table(n) if n != "events" else events for n in TABLES})


def tell(one: Bench, story: Story) -> None:
    for step in story.steps:
        if rows_in_all(step.rows):
            one.load(step.rows)
        one.score(step.as_of)
    one.score(story.case.as_of)


@given(story=stories())
@drawn(20)
def test_bit_by_bit_is_as_at_once(story: Story) -> None:
    case = story.case
    with bench(case.settings, case.company.zone) as slowly, bench(case.settings, case.company.zone) as at_once:
        tell(slowly, story)
        at_once.load(story.whole)
        at_once.score(max(case.as_of, scored_to(slowly) or case.as_of))
        for name, rows in at_once.rollups().items():
            assert not unlike(slowly.rollups()[name], rows), f"{name}: {unlike(slowly.rollups()[name], rows)}"
        same(told(slowly, case.since, case.as_of), told(at_once, case.since, case.as_of))
        difference = unlike(slowly.history(), at_once.history())
        assert not difference, f"history: {difference}"


def scored_to(one: Bench) -> date | None:
    found = one.store.setting("scored_to")
    return None if found is None else date(1970, 1, 1) + timedelta(days=int(found))
