"""A believable company that sells software to companies: its customers and all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from weatherglass.simulation.accounts import Account, draw_accounts, entitled
from weatherglass.simulation.clock import Clock
from weatherglass.simulation.money import (
    contract_end,
    invoice_rows,
    outcome_rows,
    renewal_day,
    subscription_rows,
)
from weatherglass.simulation.onboarding import draw_onboarding, milestone_rows
from weatherglass.simulation.people import People, draw_people, user_rows
from weatherglass.simulation.product import draw_habits
from weatherglass.simulation.schemas import arrow_schema, table_of
from weatherglass.simulation.stories import Story, cast_stories, stories_told
from weatherglass.simulation.streams import stream
from weatherglass.simulation.support import ticket_rows
from weatherglass.simulation.usage import (
    NAMES,
    NOBODY,
    TYPES,
    Usage,
    draw_usage,
    joined,
    level_by_day,
    thin_out,
)
from weatherglass.simulation.voices import interaction_rows, survey_rows
from weatherglass.simulation.workdays import REGIONS, activity_by_day

DEFAULT_END = date(2026, 10, 31)
_NUMBERED = {"tickets": "tic", "invoices": "inv", "subscriptions": "sub", "surveys": "ans", "interactions": "int"}
_PROPERTIES = ('{"source":"web"}', '{"source":"desktop"}', '{"source":"mobile"}', '{"source":"web","beta":true}')
_STRANGERS = 0.002
"""Events of visitors whom no account knows, as a share of all."""


@dataclass(frozen=True, slots=True)
class Company:
    """Every source table of a simulated company, and the stories told in them."""

    tables: dict[str, pa.Table]
    """By the names of `events.tables`, each with all canonical columns."""
    stories: tuple[Story, ...]
    """The entries of STORIES for which this company has room."""
    end: date
    days: int
    seed: int

    def __getitem__(self, table: str) -> pa.Table:
        return self.tables[table]


def simulate_company(accounts: int = 300, days: int = 400, seed: int = 1, end: date = DEFAULT_END) -> Company:
    """A company of `accounts` customers with `days` days of history up to and including `end` (UTC).

    The same arguments give the same data in every process. Part of the churn can be foreseen (about two in three:
    use, mood and payments decline 45 to 150 days before), the rest cannot: those leave out of unchanged behaviour.
    The known stories (see STORIES) are played by the first accounts, as far as the history is long enough for them.

    Raises ValueError when `accounts` or `days` is less than 1.
    """
    if accounts < 1 or days < 1:
        raise ValueError(f"a company needs at least 1 account and 1 day: got accounts={accounts}, days={days}")
    clock = Clock(end, days)
    stories = stories_told(accounts, days)
    told = {story.key for story in stories}
    cast = cast_stories(draw_accounts(accounts, days, seed), stories, days)
    busy = {region: activity_by_day(clock.first, days, region) for region in REGIONS}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("users", "milestones", "outcomes", *_NUMBERED)}
    usage: list[Usage] = []
    user_ids: list[str] = []
    for account in cast:
        rng = stream(seed, "life", account.number)
        people = draw_people(account, clock, len(user_ids), rng, "two_accounts" in told)
        start = draw_onboarding(account, clock, rng)
        _write_down(rows, account, people, busy[account.region], clock, seed)
        rows["milestones"] += milestone_rows(account, start, clock, rng)
        habits = draw_habits(account.plan, stream(seed, "habits", account.number))
        events = draw_usage(
            account, people, habits, start, busy[account.region], clock, stream(seed, "usage", account.number)
        )
        usage.append(_with_company_wide_users(events, len(user_ids)))
        user_ids += people.ids
    events_table = _events(joined(usage), cast, user_ids, "outage" in told, clock, seed)
    tables = {name: table_of(name, found, _NUMBERED.get(name)) for name, found in rows.items()}
    account_rows = [_account_row(account, clock) for account in cast]
    accounts_table = pa.Table.from_pylist(account_rows, schema=arrow_schema("accounts"))
    return Company({"accounts": accounts_table, "events": events_table, **tables}, stories, end, days, seed)


def _write_down(
    rows: dict[str, list[dict[str, Any]]],
    account: Account,
    people: People,
    busy: NDArray[np.float64],
    clock: Clock,
    seed: int,
) -> None:
    """All that is known of one account beside its events."""
    number = account.number
    level = level_by_day(account, clock.days, stream(seed, "level", number)) * busy
    rows["users"] += user_rows(account, people, clock, stream(seed, "people", number))
    rows["tickets"] += ticket_rows(account, people, level, clock, stream(seed, "tickets", number))
    rows["subscriptions"] += subscription_rows(account, clock)
    rows["invoices"] += invoice_rows(account, clock, stream(seed, "invoices", number))
    rows["outcomes"] += outcome_rows(account, clock, stream(seed, "outcomes", number))
    rows["surveys"] += survey_rows(account, people, clock, stream(seed, "surveys", number))
    rows["interactions"] += interaction_rows(account, people, clock, stream(seed, "interactions", number))


def _account_row(account: Account, clock: Clock) -> dict[str, Any]:
    """The account as the CRM shows it on the last day; who has left pays nothing and renews nothing."""
    gone = contract_end(account, clock) is not None
    mrr = 0.0 if gone else account.mrr_on(clock.last)
    renewal = renewal_day(account, clock)
    return {
        "account_id": account.account_id,
        "name": account.name,
        "created_at": clock.at(account.created, 4.0 - REGIONS[account.region]),
        "plan": account.plan,
        "seats": account.seats_on(clock.last),
        "arr": round(12 * mrr, 2),
        "mrr": mrr,
        "renewal_date": clock.at(renewal) if renewal is not None else None,
        "owner": account.owner,
        "segment": account.segment,
        "industry": account.industry,
        "region": account.region,
        "parent_account_id": account.parent_id,
        "acquisition_source": account.source,
        "acquisition_campaign": account.campaign,
        "entitled_features": entitled(account),
    }


def _with_company_wide_users(usage: Usage, first: int) -> Usage:
    return Usage(usage.account, np.where(usage.user == NOBODY, NOBODY, usage.user + first), usage.name, usage.us)


def _events(
    usage: Usage, accounts: list[Account], user_ids: list[str], outage: bool, clock: Clock, seed: int
) -> pa.Table:
    """The table `events`, in the order of time, with a message id each."""
    rng = stream(seed, "arrival")
    usage = thin_out(joined([usage, _strangers(usage, len(user_ids), clock, rng)]), outage, clock, rng)
    order = np.argsort(usage.us, kind="stable")
    usage = usage.where(order)
    visitors = [f"visitor_{number:03d}" for number in range(_VISITORS)]
    count = len(usage.us)
    properties = rng.choice(12, count)
    columns = {
        "account_id": _text([account.account_id for account in accounts], usage.account),
        "user_id": _text([*user_ids, *visitors], usage.user),
        "name": _text(NAMES, usage.name),
        "timestamp": pa.array(usage.us, pa.timestamp("us", tz="UTC")),
        "type": _text(TYPES, usage.kind),
        "message_id": _message_ids(count, clock, seed),
        "properties": _text(_PROPERTIES, np.where(properties < len(_PROPERTIES), properties, NOBODY)),
    }
    return pa.table(columns, schema=arrow_schema("events"))


_VISITORS = 40


def _strangers(usage: Usage, known: int, clock: Clock, rng: np.random.Generator) -> Usage:
    """A few visits of people who belong to no account."""
    count = int(len(usage.us) * _STRANGERS)
    us = rng.integers(clock.midnight, clock.over, count)
    user = np.where(rng.random(count) < 0.5, known + rng.integers(0, _VISITORS, count), NOBODY)
    return Usage(np.full(count, NOBODY), user, np.full(count, NAMES.index("home_page")), us)


def _text(words: list[str] | tuple[str, ...], codes: NDArray[np.int64]) -> pa.Array:
    """The word of each code, null for NOBODY."""
    return pa.array(words, pa.string()).take(pa.array(codes, mask=codes == NOBODY))


def _message_ids(count: int, clock: Clock, seed: int) -> pa.Array:
    number = pc.utf8_lpad(pc.cast(pa.array(np.arange(count)), pa.string()), 8, "0")
    return pc.binary_join_element_wise(f"m{seed}-{clock.end.toordinal()}-{clock.days}", number, "-")
