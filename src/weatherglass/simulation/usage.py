"""What people do: the events of one account, day by day, session by session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weatherglass.simulation.accounts import Account
from weatherglass.simulation.bursts import Burst, draw_bursts
from weatherglass.simulation.clock import US_A_DAY, US_AN_HOUR, Clock
from weatherglass.simulation.onboarding import Onboarding
from weatherglass.simulation.people import People
from weatherglass.simulation.product import CODES, EVENT_NAMES, PAGES, SERVER_SIDE, Habits
from weatherglass.simulation.stories import GUEST, OUTAGE, OUTAGE_DAYS
from weatherglass.simulation.workdays import REGIONS, weekday_bits

NAMES: tuple[str, ...] = (*EVENT_NAMES, "identify", "group")
"""What the name codes of `Usage` stand for."""
TYPES: tuple[str, ...] = ("track", "page", "identify", "group")
_TYPE_OF = np.array([1 if name in PAGES else TYPES.index(name) if name in TYPES else 0 for name in NAMES])
_IDENTIFY, _GROUP = NAMES.index("identify"), NAMES.index("group")
_ON_SERVER = np.isin(np.array(NAMES), sorted(SERVER_SIDE))
NOBODY = -1

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Usage:
    """Events as columns of codes, in no order."""

    account: Codes
    """Number of the account, or NOBODY when the event names none."""
    user: Codes
    """Place of the user among the account's people, or NOBODY."""
    name: Codes
    """Index into NAMES."""
    us: Codes
    """Microseconds since 1970, UTC."""

    @property
    def kind(self) -> Codes:
        """Index into TYPES."""
        return _TYPE_OF[self.name]

    def where(self, keep: NDArray[np.bool_] | Codes) -> Usage:
        """The events for which `keep` is true, or those at the places that it lists."""
        return Usage(self.account[keep], self.user[keep], self.name[keep], self.us[keep])


def joined(parts: list[Usage]) -> Usage:
    return Usage(
        np.concatenate([part.account for part in parts]),
        np.concatenate([part.user for part in parts]),
        np.concatenate([part.name for part in parts]),
        np.concatenate([part.us for part in parts]),
    )


def draw_usage(
    account: Account,
    people: People,
    habits: Habits,
    start: Onboarding,
    busy: NDArray[np.float64],
    clock: Clock,
    rng: np.random.Generator,
) -> Usage:
    """All events of one account; `busy` says how much its region works on each day."""
    user, day = _active_days(account, people, busy, clock, rng)
    burst = draw_bursts(rng, len(user))
    who, when = user[burst.owner], day[burst.owner]
    us = _instants(account, when, burst, clock)
    names = _draw_names(account, habits, burst, when, clock, rng)
    unsaid = np.array([0.5 if user_id == GUEST else 0.12 for user_id in people.ids])
    number = np.where(rng.random(len(us)) < unsaid[who], NOBODY, account.number)
    events = Usage(number, who, names, us)
    events = joined([events, _greetings(account, events, rng), *_guest_calls(account, people, events, burst)])
    events = joined([_by_servers(events, rng), _invitations(account, people, clock), _setup(account, start, clock)])
    return events.where((events.us >= clock.midnight) & (events.us < clock.over))


def thin_out(usage: Usage, told: bool, clock: Clock, rng: np.random.Generator) -> Usage:
    """What arrives of the events: hardly any during the outage, if there is one."""
    if not told:
        return usage
    begun = clock.midnight + (clock.last - OUTAGE) * US_A_DAY
    lost = (usage.us >= begun) & (usage.us < begun + OUTAGE_DAYS * US_A_DAY) & (rng.random(len(usage.us)) > 0.01)
    # Who belongs where is still told, so that what does arrive is not laid at another's door.
    return usage.where(~lost | (usage.name >= _IDENTIFY))


def level_by_day(account: Account, days: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The account's own level of use: its fate, its first weeks, and weeks that are a little better or worse."""
    day = np.arange(days)
    mood_of_weeks = rng.lognormal(0.0, 0.08, days // 7 + 1)[day // 7]
    since = day - account.created
    beginning = np.where(since < 0, 0.0, np.clip(0.5 + since / 60.0, 0.5, 1.0))
    level: NDArray[np.float64] = account.fate.use_by_day(days) * beginning * mood_of_weeks
    return level


def _active_days(
    account: Account, people: People, busy: NDArray[np.float64], clock: Clock, rng: np.random.Generator
) -> tuple[Codes, Codes]:
    """(user, day) of every active day; a user with a load of three has each of them three times."""
    days = np.arange(clock.days)
    level = level_by_day(account, clock.days, rng) * busy
    here = (people.joined[:, None] <= days) & (days < people.left[:, None])
    here &= (people.weekdays[:, None] & weekday_bits(clock.first, clock.days)) > 0
    chance = np.minimum(0.97, people.chance[:, None] * level)
    user, day = np.nonzero(here & (rng.random(chance.shape) < chance))
    times = people.load[user] * (2 if account.weekly else 1)
    return np.repeat(user, times), np.repeat(day, times)


def _instants(account: Account, day: Codes, burst: Burst, clock: Clock) -> Codes:
    behind = REGIONS[account.region] * US_AN_HOUR
    return clock.midnight + day * US_A_DAY + burst.ms * 1_000 - behind


def _draw_names(
    account: Account, habits: Habits, burst: Burst, day: Codes, clock: Clock, rng: np.random.Generator
) -> Codes:
    luck = rng.random(len(day))
    # Whoever is on the way out uses less and less of the product.
    narrow = rng.random(len(day)) < 0.9 * (1.0 - account.fate.trend_on(clock.days)[day])
    last = len(EVENT_NAMES) - 1
    names = np.where(narrow, np.searchsorted(habits.narrow, luck), np.searchsorted(habits.wide, luck))
    begins = np.ones(len(day), dtype=bool)
    begins[1:] = burst.session[1:] != burst.session[:-1]
    names[begins & (rng.random(len(day)) < 0.3)] = CODES["signed_in"]
    return np.minimum(names, last)


def _greetings(account: Account, events: Usage, rng: np.random.Generator) -> Usage:
    """The `identify` and `group` calls just before a user's first event; some clients make none."""
    user, place = np.unique(events.user, return_index=True)
    order = np.lexsort((events.us, events.user))
    first = events.us[order][np.searchsorted(events.user[order], user)]
    greets = rng.random(len(place)) < 0.7
    user, first = user[greets], first[greets]
    return Usage(
        np.concatenate([np.full(len(user), NOBODY), np.full(len(user), account.number)]),
        np.concatenate([user, user]),
        np.repeat([_IDENTIFY, _GROUP], len(user)),
        np.concatenate([first - 2_000_000, first - 1_000_000]),
    )


def _guest_calls(account: Account, people: People, events: Usage, burst: Burst) -> list[Usage]:
    """A `group` call at the head of each session of the user who works in two accounts."""
    if GUEST not in people.ids:
        return []
    begins = np.ones(len(burst.session), dtype=bool)
    begins[1:] = burst.session[1:] != burst.session[:-1]
    heads = events.where(begins & (events.user == people.ids.index(GUEST)))
    same = np.full(len(heads.us), account.number)
    return [Usage(same, heads.user, np.full(len(same), _GROUP), heads.us - 500_000)]


def _by_servers(events: Usage, rng: np.random.Generator) -> Usage:
    """The same events, a part of what servers send without a user; those always name their account."""
    alone = _ON_SERVER[events.name] & (rng.random(len(events.us)) < 0.5) & (events.account != NOBODY)
    return Usage(events.account, np.where(alone, NOBODY, events.user), events.name, events.us)


def _invitations(account: Account, people: People, clock: Clock) -> Usage:
    """`member_invited` by the champion for each one who joins within the history."""
    days = people.joined[2:]
    days = days[(days >= max(0, account.created)) & (days <= clock.last) & (people.left[0] > days)]
    days = days[(weekday_bits(clock.first, clock.days)[days] & people.weekdays[0]) > 0]
    return _single(account, "member_invited", days, 6.2, clock)


def _setup(account: Account, start: Onboarding, clock: Clock) -> Usage:
    days = np.array([start.setup_day] if start.setup_day is not None else [], dtype=np.int64)
    return _single(account, "setup_completed", days, 11.0, clock)


def _single(account: Account, name: str, days: Codes, hour: float, clock: Clock) -> Usage:
    """Events of the champion at a fixed local hour, each a minute after the one before."""
    minutes = np.arange(len(days)) % 20 * 60_000_000
    us = clock.midnight + days * US_A_DAY + minutes + int((hour - REGIONS[account.region]) * US_AN_HOUR)
    same = np.zeros(len(days), dtype=np.int64)
    return Usage(same + account.number, same, same + CODES[name], us)
