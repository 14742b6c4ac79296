"""Where plays begin, whom they are withheld from, and how urgent their tasks are."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from weatherglass.actions.record import Record
from weatherglass.config.plays import Role, Tasks, When

LIFECYCLES = ("new", "onboarding", "behavioural")
RENEWAL_DAYS = 90


def fits(when: When, record: Record, place: int, signs: frozenset[str]) -> bool:
    """Whether an account is one of those meant, on the record's last day. signs: rules and problems of its alerts."""
    who, column = record.who[place], record.days - 1
    tier = record.tier_name(place, int(record.tier[place, column]))
    stage = int(record.lifecycle[place, column])
    score = record.score[place, column]
    left = None if who.renewal_day is None else who.renewal_day - record.last
    return bool(
        stage >= 0
        and who.named
        and (who.left is None or who.left > record.last)
        and (not when.tier or tier in when.tier)
        and (not when.alert or signs & set(when.alert))
        and (not when.lifecycle or LIFECYCLES[stage] in when.lifecycle)
        and (not when.segment or who.segment in when.segment)
        and (when.renewal_days is None or (left is not None and 0 <= left <= when.renewal_days))
        and (when.score_below is None or (np.isfinite(score) and score < when.score_below))
        and (when.steady_days is None or _steady(record, place, when.steady_days))
    )


def _steady(record: Record, place: int, days: int) -> bool:
    """In one tier for so many days; a record that is shorter counts as all there is, if it has a quarter."""
    stretch = record.tier[place, -min(days, record.days) :]
    return bool((stretch == stretch[-1]).all() and stretch[-1] >= 0)


def strata(record: Record, places: Iterable[int]) -> dict[str, str]:
    """Account -> tier and size: within these, who is held out is drawn."""
    paying = [one.revenue for one in record.who if one.revenue > 0]
    lines = np.quantile(paying, [1 / 3, 2 / 3]) if paying else np.zeros(2)
    found = {}
    for place in places:
        size = ("small", "medium", "large")[int(np.searchsorted(lines, record.who[place].revenue, side="right"))]
        tier = record.tier_name(place, int(record.tier[place, -1]))
        found[record.who[place].account_id] = f"{tier}, {size}"
    return found


def held_out(
    accounts: Sequence[str], strata: Mapping[str, str], share: float, before: Mapping[str, tuple[int, int]], salt: str
) -> set[str]:
    """Who of the newly eligible accounts is held out: at random, and in each stratum the share asked for, all told.

    strata: account -> stratum. before: stratum -> accounts, and held out, so far.
    """
    found: set[str] = set()
    groups: dict[str, list[str]] = defaultdict(list)
    for account in accounts:
        groups[strata[account]].append(account)
    for name, group in groups.items():
        total, held = before.get(name, (0, 0))
        wanted = share * (total + len(group)) - held
        # what is left over a whole number is drawn, too: no stratum is rounded to nobody
        count = int(np.floor(wanted)) + (_drawn(salt, name, len(group)) < wanted % 1)
        ranked = sorted(group, key=lambda account: _drawn(salt, account, 0))
        found |= set(ranked[: max(0, min(count, len(group)))])
    return found


def _drawn(salt: str, name: str, number: int) -> float:
    """A number in [0, 1) that is the same whenever it is drawn again."""
    digest = hashlib.sha256(f"{salt}\0{name}\0{number}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def priority(record: Record, place: int) -> float:
    """Risk times revenue times the nearness of the renewal: what is at stake, doubled on the day of renewal."""
    who, score = record.who[place], record.score[place, -1]
    risk = 0.5 if np.isnan(score) else (100 - float(score)) / 100
    left = RENEWAL_DAYS if who.renewal_day is None else who.renewal_day - record.last
    near = 1 + max(0.0, (RENEWAL_DAYS - left) / RENEWAL_DAYS) if left >= 0 else 1.0
    return round(risk * max(who.revenue, 1.0) * near, 2)


class Desk:
    """Who gets a task, given how many each has open."""

    def __init__(self, tasks: Tasks, owners: Iterable[str], load: Mapping[str, int]) -> None:
        self._tasks = tasks
        self._owners = sorted({owner for owner in owners if owner})
        self._load = Counter(dict(load))

    def give(self, role: Role, owner: str) -> str:
        """Whose a task of a role is: the owner's while they have room, else theirs who has most of it."""
        named = {"manager": self._tasks.managers, "executive": self._tasks.executives}.get(role, ())
        if named:
            chosen = min(named, key=lambda one: (self._load[one], one))
        elif owner and self._room(owner) > 0:
            chosen = owner
        else:
            freest = max(self._owners, key=lambda one: (self._room(one), one), default=owner)
            chosen = freest if self._owners and self._room(freest) > 0 else owner or freest
        self._load[chosen] += 1
        return chosen

    def _room(self, owner: str) -> int:
        return self._tasks.capacity.get(owner, self._tasks.usual_capacity) - self._load[owner]
