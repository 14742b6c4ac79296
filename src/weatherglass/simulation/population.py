"""The accounts and users of the large history: arrays, and a level of use for any day in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from weatherglass.simulation.accounts import MOST_SEATS, monthly_price, plan_for
from weatherglass.simulation.names import company_names
from weatherglass.simulation.product import CORE_ACTIONS, EVENT_NAMES
from weatherglass.simulation.streams import stream

REFERENCE_DAYS = 180
"""The number of events that is asked for is that of so many days, however many are made."""
USERS_AN_ACCOUNT = 12
MIXES = 16
_BINS = 65_536
_SLOPE = 1.0
_CENTRES_MS = np.array([17.0, 11.0, 4.0]) * 3_600_000
"""Where the working day of the three regions lies, in UTC."""
_WEEK = np.array([1.0, 1.06, 1.06, 1.0, 0.86, 0.14, 0.10])

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Population:
    """`n` accounts and `m` users who live through the history. Day 0 is its first day."""

    users: NDArray[np.int64]
    """(n,) users of each account."""
    home: NDArray[np.int32]
    """(m,) account of each user, ascending."""
    chance: Floats
    """(m,) chance that the user is active on a workday of an account at its usual level."""
    born: Floats
    """(n,) first day; below 0 for the accounts that were there before."""
    slope: Floats
    """(n,) growth of the level in 180 days."""
    fades: Floats
    """(n,) day on which the decline begins, far in the future for those who stay."""
    ends: Floats
    """(n,) day on which it has come to nothing."""
    dip: Floats
    """(n,) first day of eight quiet weeks; far in the future for most."""
    hour: NDArray[np.int64]
    """(n,) milliseconds from the hours of a session's draw to those of the account's region."""
    mix: NDArray[np.int64]
    """(n,) which of the MIXES of event names the account has."""
    names: NDArray[np.uint8]
    """(MIXES * 65536,) 16 random bits -> code of an event name, one stretch for each mix."""

    def level(self, day: int, weekday: int) -> Floats:
        """(n,) the level of use of each account on a day."""
        growth = 1.0 + self.slope * np.float32(day / REFERENCE_DAYS)
        fading = np.clip((self.ends - day) / (self.ends - self.fades), 0.0, 1.0)
        ramp = np.clip((day - self.born + 5.0) / 20.0, 0.0, 1.0) * (day >= self.born)
        quiet = np.where((day >= self.dip) & (day < self.dip + 56), np.float32(0.1), np.float32(1.0))
        level: Floats = (growth * fading * ramp * quiet * np.float32(_WEEK[weekday])).astype(np.float32)
        return level


def draw_population(accounts: int, events: int, first: date, seed: int) -> Population:
    """The population whose first 180 days hold about `events` events, with some twelve users an account.

    All draws are for the population as a whole and none depends on the number of days that will be made.
    """
    rng = stream(seed, "population")
    users = _users(accounts, rng)
    home = np.repeat(np.arange(accounts, dtype=np.int32), users)
    kind = rng.choice(4, accounts, p=[0.62, 0.18, 0.13, 0.07])
    never = np.float32(1e6)
    fades = np.where(kind == 2, rng.uniform(-20, 260, accounts), never).astype(np.float32)
    new = rng.random(accounts) < 0.25
    born = np.where(new, rng.integers(0, REFERENCE_DAYS, accounts), -rng.integers(30, 900, accounts))
    region = rng.choice(3, accounts, p=[0.42, 0.43, 0.15])
    population = Population(
        users=users,
        home=home,
        chance=_chances(users, home, rng),
        born=born.astype(np.float32),
        slope=np.where(kind == 1, rng.uniform(0.1, 0.8, accounts), rng.normal(0, 0.05, accounts)).astype(np.float32),
        fades=fades,
        ends=fades + rng.uniform(30, 130, accounts).astype(np.float32),
        dip=np.where(kind == 3, rng.integers(0, 240, accounts), never).astype(np.float32),
        hour=(_CENTRES_MS[region] - 12 * 3_600_000).astype(np.int64),
        mix=rng.integers(0, MIXES, accounts),
        names=_name_tables(rng),
    )
    return _scaled(population, events, first)


def account_table(population: Population, first: date, seed: int) -> pa.Table:
    """The accounts of the large history: account_id, name, created_at (us, UTC, naive), seats, plan, segment, arr."""
    rng = stream(seed, "large accounts")
    count = len(population.users)
    seats = np.maximum(3, (population.users / rng.uniform(0.55, 1.0, count)).astype(np.int64))
    luck = rng.random(count)
    plans = [plan_for(size, chance) for size, chance in zip(seats.tolist(), luck.tolist(), strict=True)]
    prices = [12 * monthly_price(plan, size) for plan, size in zip(plans, seats.tolist(), strict=True)]
    segments = np.array(["smb", "mid-market", "enterprise"])[np.digitize(seats, [20, 150])]
    created = np.datetime64(first, "us") + population.born.astype(np.int64) * np.timedelta64(86_400_000_000, "us")
    return pa.table(
        {
            "account_id": account_ids(count),
            "name": [name for name, _ in company_names(count, rng)],
            "created_at": pa.array(created, pa.timestamp("us")),
            "seats": seats,
            "plan": plans,
            "segment": segments.tolist(),
            "arr": np.round(prices, 2),
        }
    )


def account_ids(count: int) -> pa.Array:
    return _ids("acc_", 7, count)


def user_ids(count: int) -> pa.Array:
    return _ids("usr_", 8, count)


def _ids(prefix: str, digits: int, count: int) -> pa.Array:
    numbers = pc.utf8_lpad(pc.cast(pa.array(np.arange(count)), pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, numbers, "")


def _users(accounts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Users of each account: a power law from 1 to 2,000 that adds up to twelve an account."""
    quantile = (rng.permutation(accounts) + rng.random(accounts)) / accounts
    size = np.minimum(MOST_SEATS, (1.0 - quantile) ** (-1.0 / _SLOPE))
    wanted = USERS_AN_ACCOUNT * accounts
    scale = wanted / size.sum()
    for _ in range(20):
        scale *= wanted / np.clip(size * scale, 1.0, MOST_SEATS).sum()
    users: NDArray[np.int64] = np.clip(size * scale, 1.0, MOST_SEATS).astype(np.int64)
    return users


def _chances(users: NDArray[np.int64], home: NDArray[np.int32], rng: np.random.Generator) -> Floats:
    """Accounts differ in how much they use, and users within an account differ a lot more."""
    account = rng.lognormal(0.0, 0.3, len(users)) * np.maximum(1.0, users / 8.0) ** -0.15
    chance = account[home] * rng.lognormal(0.0, 0.98, len(home))
    chance[rng.random(len(home)) < 0.02] = 0.0
    return chance.astype(np.float32)


def _scaled(population: Population, events: int, first: date) -> Population:
    """The population with chances that make up the wanted number of events, some of them capped."""
    weight = np.zeros(len(population.users))
    for day in range(REFERENCE_DAYS):
        weight += population.level(day, (first.weekday() + day) % 7)
    wanted = events / EVENTS_A_USER_DAY
    chance = population.chance
    for _ in range(6):
        sums = np.bincount(population.home, weights=chance, minlength=len(weight))
        chance = np.minimum(0.9, chance * (wanted / max(1e-9, float(sums @ weight)))).astype(np.float32)
    population.chance[:] = chance
    return population


EVENTS_A_USER_DAY = 4.4


def _name_tables(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Each mix bends the weights of the names, then lays them out over the 65,536 values of 16 bits."""
    usual = 1.0 / (np.arange(len(EVENT_NAMES)) + 0.8)
    core = np.isin(np.array(EVENT_NAMES), CORE_ACTIONS)
    tables = []
    for _ in range(MIXES):
        weight = usual[rng.permutation(len(usual))] * np.where(core, 1.3, 1.0) * rng.lognormal(0, 0.3, len(usual))
        edges = np.cumsum(weight) / weight.sum()
        tables.append(np.searchsorted(edges, (np.arange(_BINS) + 0.5) / _BINS).astype(np.uint8))
    return np.concatenate(tables)
