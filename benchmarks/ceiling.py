"""What could be found of a simulated company: a detector that knows everything but whose turn it is.

It knows from the simulation how likely each person is to come on each day (their habit, the holidays, the season, the
luck of the week, who has joined and left), what each account does with the product while all is well and on its way
out, how content it is, how answers scatter around that, and the shapes that incidents have and how often each comes.
It asks of each day how much likelier what came since some day before is under any of these shapes than without one, and
raises as many wrong alerts as the rules did. It sees use and words; what facts tell at once (an invoice, a champion who
was deactivated, a pile of tickets) it is not asked about.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from weatherglass.actions.arrays import before, window
from weatherglass.actions.guard import broken_sources
from weatherglass.actions.record import EPOCH, Record
from weatherglass.simulation.accounts import Account, draw_accounts
from weatherglass.simulation.clock import Clock
from weatherglass.simulation.company import Company
from weatherglass.simulation.incidents import AFTER, TELLING, Incident
from weatherglass.simulation.people import draw_people
from weatherglass.simulation.product import CODES, draw_habits
from weatherglass.simulation.stories import cast_stories
from weatherglass.simulation.streams import stream
from weatherglass.simulation.usage import level_by_day
from weatherglass.simulation.workdays import activity_by_day, weekday_bits

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
LEFT = np.array([0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
"""What is left of the use."""
SOUR = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0])
"""How far the mood has gone from its usual to 0.2."""
LONGEST = 160
FELT = frozenset({"decline", "pause", "shrinking", "silence"})
AGAIN = 17
"""Days of rest before the same account is spoken of again: those after which the rules may."""
_AGE = np.arange(LONGEST, dtype=float)
SHAPES: tuple[tuple[float, Floats, Floats], ...] = (
    *((0.02, np.interp(_AGE, [0, 14], [1, low]), 0 * _AGE) for low in (0.05, 0.1, 0.2)),
    *(
        (0.028, np.interp(_AGE - 20, [0, days], [1, 0.12]), np.interp(_AGE, [0, 20 + 0.6 * days], [0, 1]))
        for days in (35, 55, 80, 110, 140)
    ),
    (0.06, np.interp(_AGE, [0, 60], [1, 0.5]), np.interp(_AGE, [0, 60], [0, 0.34])),
)
"""How often it comes to an account in 300 days, the use that is left, and the mood, by the days since it began."""


def ceiling(
    company: Company, read: Record, truth: Sequence[Incident], days: tuple[dt.date, dt.date], wrong: int
) -> frozenset[Incident]:
    """What such a detector finds within seven days when at most `wrong` of its alerts are about nothing."""
    use, words, expected = _evidence(company, read)
    weight = _weighed(use, words)
    less = window(read.people, 7) <= 0.7 * window(expected, 7)
    found: list[frozenset[Incident]] = []
    for shown in (np.ones_like(less), less):
        line_low, line_high = -6.0, 20.0
        best: frozenset[Incident] = frozenset()
        for _ in range(12):
            line = (line_low + line_high) / 2
            hits, misses = _judged(_starts((weight > line) & shown & (read.lifecycle > 0)), read, truth, days)
            if misses > wrong:
                line_low = line
            else:
                line_high, best = line, hits
        found.append(best)
    return max(found, key=len)


def _evidence(company: Company, read: Record) -> tuple[Floats, Floats, Floats]:
    """(LEFT, A, D) and (SOUR, A, D) how much likelier each day is than if all were as usual; (A, D) the usual use."""
    told = {story.key for story in company.stories}
    clock = Clock(company.end, company.days)
    count = len(company.tables["accounts"])
    cast = cast_stories(draw_accounts(count, company.days, company.seed), company.stories, company.days)
    places = {who.account_id: place for place, who in enumerate(read.who)}
    came, said, done = _came(company, read), _said(company, read), _done(company, read)
    shape = (len(read.who), read.days)
    use, words, expected = np.zeros((len(LEFT), *shape)), np.zeros((len(SOUR), *shape)), np.zeros(shape)
    offset = read.first - ((company.end - EPOCH).days - company.days + 1)
    known = slice(max(0, offset), offset + read.days)
    into = slice(max(0, -offset), read.days)
    first = 0
    for account in cast:
        people = draw_people(
            account, clock, first, stream(company.seed, "life", account.number), "two_accounts" in told
        )
        first += len(people.ids)
        place = places[account.account_id]
        here = (people.joined[:, None] <= np.arange(company.days)) & (np.arange(company.days) < people.left[:, None])
        here &= (people.weekdays[:, None] & weekday_bits(clock.first, company.days)) > 0
        usual = np.minimum(0.97, people.chance[:, None] * _usual(account, company, clock)[None, :]) * here
        chance = np.zeros((len(people.ids), read.days))
        chance[:, into] = usual[:, known]
        there = np.zeros(chance.shape, bool)
        for at, user in enumerate(people.ids):
            there[at, came.get(user, [])] = True
        expected[place] = chance.sum(axis=0)
        for at, left in enumerate(LEFT[:-1]):
            odds = np.where(there, np.log(left), np.log((1 - left * chance) / (1 - chance)))
            use[at, place] = np.where(chance > 0, odds, 0.0).sum(axis=0)
        _add_what_was_done(use[:, place], account, company.seed, done[place])
        for day, middle, spread, value in said.get(account.account_id, ()):
            words[:, place, day] += _worded(account, middle, spread, value)
    broken = broken_sources(read).get("events")
    if broken is not None:
        use[:, :, broken] = 0
    return use, words, expected


def _usual(account: Account, company: Company, clock: Clock) -> Floats:
    """(days) the account's use without what became of it."""
    level = level_by_day(account, company.days, stream(company.seed, "usage", account.number))
    knots = account.fate.use
    trend = np.interp(np.arange(company.days), [at for at, _ in knots], [value for _, value in knots])
    if account.fate.kind == "growing":
        trend = np.ones(company.days)
    return np.asarray(level / trend * activity_by_day(clock.first, company.days, account.region))


def _came(company: Company, read: Record) -> dict[str, list[int]]:
    """User -> the days on which they came, as places in the record."""
    events = company["events"].select(["user_id", "timestamp", "type"]).to_pandas()
    events = events[events["type"].isin(["track", "page"]) & events["user_id"].notna()]
    days = events["timestamp"].dt.tz_localize(None).astype("datetime64[s]").astype("int64") // 86_400 - read.first
    pairs = set(zip(events["user_id"], days, strict=True))
    found: dict[str, list[int]] = defaultdict(list)
    for user, day in pairs:
        if 0 <= day < read.days:
            found[user].append(int(day))
    return found


Events = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def _done(company: Company, read: Record) -> list[Events]:
    """Of each account the days of its events, as places in the record, and their names, as places in EVENT_NAMES."""
    events = company["events"].select(["account_id", "user_id", "timestamp", "name"]).to_pandas()
    homes = dict(zip(*(company["users"][name].to_pylist() for name in ("user_id", "account_id")), strict=True))
    events["account_id"] = events["account_id"].fillna(events["user_id"].map(homes))
    days = events["timestamp"].dt.tz_localize(None).astype("datetime64[s]").astype("int64") // 86_400 - read.first
    events = events.assign(day=days, code=events["name"].map(CODES), place=events["account_id"].map(read.places))
    events = events[events["code"].notna() & events["place"].notna() & (days >= 0) & (days < read.days)]
    order = np.argsort(events["place"].to_numpy(), kind="stable")
    place, day, code = (events[name].to_numpy().astype(np.int64)[order] for name in ("place", "day", "code"))
    edges = np.searchsorted(place, np.arange(len(read.who) + 1))
    return [(day[low:high], code[low:high]) for low, high in pairwise(edges)]


def _add_what_was_done(use: Floats, account: Account, seed: int, done: Events) -> None:
    """Add to (LEFT, D) how much likelier the names of a day's events are where so much of the use is left."""
    habits = draw_habits(account.plan, stream(seed, "habits", account.number))
    wide, narrow = (np.maximum(np.diff(one, prepend=0.0), 1e-6) for one in (habits.wide, habits.narrow))
    day, code = done
    for at, left in enumerate(LEFT[:-1]):
        other = 0.9 * (1.0 - left)
        odds = np.log((1 - other) + other * narrow / wide)
        # a sign-in begins a session, whatever else is done in it
        odds[CODES["signed_in"]] = 0.0
        use[at] += np.bincount(day, odds[code], use.shape[1])


Middle = tuple[float, float]
_KINDS: dict[str, tuple[Middle, float]] = {
    "sentiment": ((-1.0, 2.0), 0.25),
    "nps": ((1.2, 8.5), 1.3),
    "csat": ((1.0, 4.4), 0.6),
    "ces": ((1.0, 6.5), 0.8),
    "rated": ((1.2, 4.2), 0.7),
    "attended": ((0.35, 0.62), 0.0),
}
"""What is said in a mood, as the simulation draws it: around a line, with a spread; or yes and no, by a chance."""


def _said(company: Company, read: Record) -> dict[str, list[tuple[int, Middle, float, float]]]:
    """Account -> day, line, spread and value of each thing said."""
    found: dict[str, list[tuple[int, Middle, float, float]]] = defaultdict(list)

    def note(account: str, moment: dt.datetime | None, kind: str, value: object) -> None:
        day = -1 if moment is None else (moment.date() - EPOCH).days - read.first
        if value is not None and 0 <= day < read.days:
            found[account].append((day, *_KINDS[kind], float(str(float(value)))))  # type: ignore[arg-type]

    for row in company["interactions"].to_pylist():
        note(row["account_id"], row["occurred_at"], "sentiment", row["sentiment"])
        note(row["account_id"], row["occurred_at"], "attended", row["attended"])
    for row in company["tickets"].to_pylist():
        note(row["account_id"], row["opened_at"], "sentiment", row["sentiment"])
        note(row["account_id"], row["resolved_at"], "rated", row["csat"])
    for row in company["surveys"].to_pylist():
        note(row["account_id"], row["answered_at"], row["kind"], row["score"])
    return found


def _worded(account: Account, middle: Middle, spread: float, value: float) -> Floats:
    """(SOUR) how much likelier a voice is in each mood than in the usual one."""
    usual = account.fate.mood[0][1]
    moods = usual + SOUR * (np.minimum(0.2, usual) - usual)
    centre = middle[0] + middle[1] * moods
    if spread == 0:
        likely = np.log(np.where(value > 0, centre, 1 - centre))
    else:
        likely = -((value - centre) ** 2) / (2 * spread**2)
    return np.asarray(likely - likely[0])


def _weighed(use: Floats, words: Floats) -> Floats:
    """(A, D) how much likelier the days up to one are if some shape has begun, over all shapes and beginnings."""
    days = use.shape[2]
    total = np.full(use.shape[1:], -np.inf)
    for often, left, mood in SHAPES:
        at_use = np.abs(LEFT[None, :] - left[:, None]).argmin(axis=1)
        at_mood = np.abs(SOUR[None, :] - mood[:, None]).argmin(axis=1)
        for begins in range(days):
            age = np.arange(min(LONGEST, days - begins))
            odds = (use[at_use[age], :, begins + age] + words[at_mood[age], :, begins + age]).T
            stretch = slice(begins, begins + len(age))
            total[:, stretch] = np.logaddexp(total[:, stretch], np.cumsum(odds, axis=1) + np.log(often / 300))
    return total


def _starts(holds: Bools) -> Bools:
    """The days on which it would speak: not again while it goes on, nor soon after."""
    starts, last = np.zeros_like(holds), np.full(holds.shape[0], -AGAIN)
    earlier = np.asarray(before(holds, 1, 0))
    for day in range(holds.shape[1]):
        starts[:, day] = holds[:, day] & ~earlier[:, day] & (day - last >= AGAIN)
        last = np.where(holds[:, day], day, last)
    return starts


def _judged(
    starts: Bools, read: Record, truth: Sequence[Incident], days: tuple[dt.date, dt.date]
) -> tuple[frozenset[Incident], int]:
    """The incidents found within a week, and the alerts that are about nothing."""
    mine: dict[str, list[Incident]] = defaultdict(list)
    for incident in truth:
        mine[incident.account_id].append(incident)
    first, last = ((day - EPOCH).days - read.first for day in days)
    hits: set[Incident] = set()
    misses = 0
    for place, who in enumerate(read.who):
        gone = read.days if who.left is None else who.left - read.first
        for at in np.flatnonzero(starts[place, first : min(last + 1, max(gone, first))]) + first:
            day = read.date(int(at))
            about = [one for one in mine[who.account_id] if one.begins <= day <= one.ends + dt.timedelta(days=AFTER)]
            misses += not any(one.kind in TELLING["health"] for one in about)
            hits |= {one for one in about if one.kind in FELT and day <= one.plain + WEEK}
    return frozenset(one for one in hits if days[0] + WEEK <= one.plain <= days[1] - WEEK), misses


WEEK = dt.timedelta(days=7)
