"""Made-up accounts whose people come by chances of their own, and what the rule of fading says of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from actions.records import DAYS, FIRST, calm
from weatherglass.actions.episodes import Change
from weatherglass.actions.habits import LAG, NEVER, SPAN, habits
from weatherglass.actions.record import Record
from weatherglass.actions.voices import Voices
from weatherglass.actions.watch import replay
from weatherglass.config.alerts import PRESET_RULES, Alerts

SINCE = FIRST + 128
ALONE = Alerts(rules={name: one.model_copy(update={"enabled": name == "fading"}) for name, one in PRESET_RULES.items()})
Days = list[tuple[int, int, int]]


def company(seed: int, accounts: int = 120, *, chance: tuple[float, ...] = (0.8, 0.2)) -> tuple[Record, Days]:
    """Accounts of a few people each of whom comes on workdays by a chance of their own; and who came when."""
    luck = np.random.default_rng(seed)
    days = np.arange(FIRST - LAG - SPAN, FIRST + DAYS)
    workdays = (days + 3) % 7 < 5
    came = [
        (account, person, int(day))
        for account in range(accounts)
        for person, often in enumerate(chance)
        for day in days[workdays & (luck.random(len(days)) < often)]
    ]
    return told_of(calm(accounts), came), came


def told_of(record: Record, came: Days, voices: Voices | None = None) -> Record:
    """The record of who came when."""
    account, member, day = (np.array(column, np.int64) for column in zip(*came, strict=True))
    shape = record.score.shape
    people = np.zeros(shape)
    there = day >= FIRST
    np.add.at(people, (account[there], day[there] - FIRST), 1)
    known = habits(account, member, day, np.full(len(day), NEVER), shape, FIRST)
    made = replace(record, people=people, activity=people * 4, habits=known)
    made.arrivals["events"] = people.sum(axis=0) * 4
    return made if voices is None else replace(made, voices=voices)


def opened(record: Record, alerts: Alerts = ALONE) -> list[Change]:
    return [one for one in replay(record, alerts, SINCE) if one.kind == "opened"]


def without(came: Days, account: int, first: int, last: int, keep: int = 0) -> Days:
    """All but what one account did between two days, of which one day in `keep` stays."""
    gone = [one for one in came if one[0] == account and first <= one[2] < last]
    stay = set(gone[::keep]) if keep else set()
    return [one for one in came if one not in set(gone) - stay]
