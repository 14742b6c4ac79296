"""The people of an account: who they are, when they came and went, how often they are to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.clock import Clock
from weatherglass.simulation.names import domain, person_names
from weatherglass.simulation.stories import GUEST, SECOND_HOME, STORIES
from weatherglass.simulation.workdays import REGIONS

NEVER = 1_000_000
"""The day on which somebody leaves who does not leave."""
EVERY_DAY = 127
"""The bits of all weekdays, Monday being 1."""
MONDAY = 1
_FIRST_HOME = next(story.account_id for story in STORIES if story.key == "two_accounts")
_GUEST_DAYS = {_FIRST_HOME: 1 + 4 + 16, SECOND_HOME: 2 + 8}
_GUEST_PLACE = 2
_ROLES = ("Operations Manager", "Coordinator", "Analyst", "Team Lead", "Planner", "Administrator", "Specialist")


@dataclass(frozen=True, slots=True)
class People:
    """The users of one account; the arrays have one element a user, the first user is the champion."""

    ids: list[str]
    joined: NDArray[np.int64]
    """Day of the first sign-in; may be negative."""
    left: NDArray[np.int64]
    """Day of the deactivation, else NEVER."""
    chance: NDArray[np.float64]
    """Chance of being active on a usual workday."""
    load: NDArray[np.int64]
    """How many days' worth of work an active day holds."""
    weekdays: NDArray[np.int64]
    """Bits of the weekdays on which the user may appear."""
    champions: int
    """The first so many are champions."""
    sponsor: int | None
    """Index of the executive sponsor."""

    def present(self, day: int) -> NDArray[np.int64]:
        """Indexes of the users who have joined by the day and not left; never empty as long as anyone ever joined."""
        here = np.flatnonzero((self.joined <= day) & (self.left > day) & (self.chance > 0))
        return here if len(here) else np.zeros(1, dtype=np.int64)


def draw_people(account: Account, clock: Clock, first_number: int, rng: np.random.Generator, guest: bool) -> People:
    """The users of one account, numbered from `first_number` on; `guest` puts the one who works in two into it."""
    most = max(seats for day, seats in account.seats if day <= clock.last or day == account.created)
    count = max(1, round(most * account.fill))
    joined = _joining(account, count, clock, rng)
    left = np.where(rng.random(count) < 0.1, joined + rng.integers(60, 700, count), NEVER)
    left[0] = account.champion_leaves if account.champion_leaves is not None else NEVER
    champions = 1 if account.segment == "smb" or account.idle == 1.0 else min(3, count)
    left[1:champions] = NEVER
    people = People(
        ids=[f"usr_{first_number + place + 1:06d}" for place in range(count)],
        joined=joined,
        left=left,
        chance=_chances(account, count, champions, rng),
        load=np.ones(count, dtype=np.int64),
        weekdays=np.full(count, MONDAY if account.weekly else EVERY_DAY),
        champions=champions,
        sponsor=champions if count >= champions + 4 else None,
    )
    if people.sponsor is not None:
        people.chance[people.sponsor] = 0.0 if account.idle == 1.0 else 0.14
        people.left[people.sponsor] = NEVER
    if account.champion_leaves is not None:
        people.load[0] = min(6, max(2, count // 3))
    if guest and account.account_id in _GUEST_DAYS:
        _invite_guest(people, account)
    return people


def _invite_guest(people: People, account: Account) -> None:
    people.ids[_GUEST_PLACE] = GUEST
    people.joined[_GUEST_PLACE], people.left[_GUEST_PLACE] = account.created, NEVER
    people.chance[_GUEST_PLACE] = 0.85
    people.weekdays[_GUEST_PLACE] = _GUEST_DAYS[account.account_id]


def _joining(account: Account, count: int, clock: Clock, rng: np.random.Generator) -> NDArray[np.int64]:
    """The days on which the users join: the first on the first day, most of them within six weeks."""
    joined = account.created + rng.exponential(14.0, count).astype(np.int64)
    later = rng.random(count) < 0.25
    joined[later] = rng.integers(account.created, max(clock.last, account.created + 1), int(later.sum()))
    if account.fate.grows:
        start, end = account.fate.grows
        begun = max(1, round(account.seats[0][1] * account.fill))
        joined[begun:] = rng.integers(start, end, count)[begun:]
    joined[: min(2, count)] = account.created
    if account.fate.churned is not None:
        joined[joined >= account.fate.churned] = NEVER
    return joined


def _chances(account: Account, count: int, champions: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Few people are there every day, many now and then; the larger the account, the rarer each of them."""
    usual = 0.23 * max(1.0, count / 5) ** -0.42
    chance: NDArray[np.float64] = np.clip(usual * rng.lognormal(-0.3, 0.8, count), 0.004, 0.9)
    chance[rng.random(count) < account.idle] = 0.0
    chance[:champions] = rng.uniform(0.5, 0.9)
    if account.weekly:
        # More than certain: neither a bad week nor a summer keeps them away.
        chance[:] = 2.0
    return chance


def user_rows(account: Account, people: People, clock: Clock, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Rows of the table `users`: those who have joined by the end."""
    names = person_names(len(people.ids), rng)
    roles = rng.integers(0, len(_ROLES), len(people.ids))
    behind = REGIONS[account.region]
    rows = []
    for place, user_id in enumerate(people.ids):
        joined, left = int(people.joined[place]), int(people.left[place])
        if joined > clock.last:
            continue
        champion, sponsor = place < people.champions, place == people.sponsor
        name = "Robin Ostrander" if user_id == GUEST else names[place]
        rows.append(
            {
                "user_id": user_id,
                "account_id": account.account_id,
                "name": name,
                "email": f"{name.lower().replace(' ', '.')}{place}@{domain(account.name)}",
                "role": "Head of Operations" if champion else "VP Operations" if sponsor else _ROLES[roles[place]],
                "is_champion": champion,
                "is_executive_sponsor": sponsor,
                # Before the working day begins, so that nobody acts before they exist.
                "created_at": clock.at(joined, 5.5 - behind),
                "deactivated_at": clock.at(left, 5.5 - behind) if left <= clock.last else None,
            }
        )
    return rows
