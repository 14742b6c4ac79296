"""The rules: pure functions over a record that say on which days an account gives a reason to speak of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

from weatherglass.actions.arrays import Bools, Floats, Ints, before, window
from weatherglass.actions.fading import fading
from weatherglass.actions.fleet import Fleet
from weatherglass.actions.record import Contact, Record
from weatherglass.actions.seen import Said, Seen, begun, latched, until
from weatherglass.config.alerts import AlertRule, Alerts
from weatherglass.reports.wording import count, label

USE = frozenset({"tier_down", "drop", "trend", "dimension_below", "signal_below", "silence", "use_drop", "fading"})
"""Kinds that a gap in the data would look like, too."""
USUAL_DAYS = 84


def seen(rule: AlertRule, record: Record, alerts: Alerts, fleet: Fleet | None = None) -> Seen:
    """What a rule sees in a record, before any discipline but minimum volume and confidence.

    fleet: all accounts, where the record is a part of them.
    """
    found = _KINDS[rule.kind](rule, record, fleet or Fleet(record))
    if rule.kind in USE and rule.dimension != "support_signals":
        enough = enough_volume(record, alerts)
        return Seen(found.starts & enough, found.lasts, found.said)
    return found


def enough_volume(record: Record, alerts: Alerts) -> Bools:
    """Where there is enough use, and enough known of it, for a change to mean something."""
    volume = window(record.activity, min(USUAL_DAYS, record.days)) >= alerts.min_activity
    return np.asarray(volume & (record.confidence >= alerts.min_confidence))


def _stretch(days: int, place: int, record: Record) -> str:
    """Lines are read for weeks, so they say of which days they speak."""
    return f"{count(days, 'day')} to {record.told(place)}"


def _tier_down(rule: AlertRule, record: Record, fleet: Fleet) -> Seen:
    """A shown tier does not flicker; it must also have fallen some points, or a line was passed by a hair."""
    tier, was = record.tier, np.asarray(before(record.tier, 1, -2))
    fallen = np.nan_to_num(own_change(record, rule.days, fleet)) <= -rule.points
    starts = (tier >= 0) & (was >= 0) & (tier < was) & (record.lifecycle > 0) & fallen
    shown = np.where(tier < 0, np.nan, tier.astype(float))
    lasts = latched(starts, was.astype(float), shown, 0.0)

    def said(account: int, day: int) -> str:
        earlier, now = (record.tier_name(account, int(code)) for code in (was[account, day], tier[account, day]))
        return f"fell from {earlier} to {now} on {record.told(day)} (score {record.score[account, day]:.0f})"

    return Seen(np.asarray(starts), lasts, said)


def _tier_up(_rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    tier, was = record.tier, np.asarray(before(record.tier, 1, -2))
    starts = np.asarray((tier >= 0) & (was >= 0) & (tier > was))

    def said(account: int, day: int) -> str:
        return f"rose to {record.tier_name(account, int(tier[account, day]))}"

    return Seen(starts, starts, said)


def own_change(record: Record, days: int, fleet: Fleet) -> Floats:
    """Change of the score over some days, less what the whole fleet lost in them; NaN where either is unscored."""
    lost = np.nan_to_num(fleet.median(("change", days), lambda part: _change(part, days)))
    return np.asarray(_change(record, days) - np.minimum(lost, 0.0)[None, :])


def _change(record: Record, days: int) -> Floats:
    return np.asarray(record.score - np.asarray(before(record.score, days, np.nan)))


def _drop(rule: AlertRule, record: Record, fleet: Fleet) -> Seen:
    change = own_change(record, rule.days, fleet)
    holds = np.asarray((np.nan_to_num(change) <= -rule.points) & (record.lifecycle == 2))
    starts = begun(holds)
    earlier = np.asarray(before(record.score, rule.days, np.nan))

    def said(account: int, day: int) -> str:
        was, now = earlier[account, day], record.score[account, day]
        return f"the score fell from {was:.0f} to {now:.0f} in the {_stretch(rule.days, day, record)}"

    return Seen(starts, latched(starts, np.nan_to_num(earlier), record.score, rule.points / 2), said)


def _trend(rule: AlertRule, record: Record, fleet: Fleet) -> Seen:
    step = max(1, rule.days // 4)
    falls = [np.asarray(before(record.score, step * back, np.nan)) for back in range(5)]
    holds = np.ones(record.score.shape, bool)
    for now, earlier in pairwise(falls):
        holds &= np.nan_to_num(now - earlier, nan=1.0) < 0
    change = own_change(record, step * 4, fleet)
    holds &= (np.nan_to_num(change) <= -rule.points) & (record.lifecycle == 2)
    starts = begun(holds)

    def said(account: int, day: int) -> str:
        lost = falls[4][account, day] - falls[0][account, day]
        return f"the score kept falling, {lost:.0f} points in the {_stretch(step * 4, day, record)}"

    return Seen(starts, latched(starts, np.nan_to_num(falls[4]), record.score, rule.points / 2), said)


def _below(values: Floats, rule: AlertRule, record: Record, what: str) -> Seen:
    low = np.nan_to_num(values, nan=100.0) < rule.below
    # three days of it: a single low day is weather
    holds = low & np.asarray(before(low, 1, 0)) & np.asarray(before(low, 2, 0)) & (record.lifecycle == 2)
    lasts = np.nan_to_num(values, nan=rule.below) < rule.below + 10

    def said(account: int, day: int) -> str:
        return f"{label(what)} was at {values[account, day]:.0f} on {record.told(day)}, below {rule.below:g}"

    return Seen(begun(np.asarray(holds)), np.asarray(lasts), said)


def _dimension(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    return _below(np.asarray(record.dimensions[str(rule.dimension)][:]), rule, record, str(rule.dimension))


def _signal(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    return _below(record.signals[str(rule.signal)], rule, record, str(rule.signal))


def _renewal(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    days = np.arange(record.first, record.last + 1)
    due = np.array([np.inf if one.renewal_day is None else one.renewal_day for one in record.who])
    left = due[:, None] - days[None, :]
    near = (left >= 0) & (left <= rule.days)
    holds = near & (record.tier >= 0) & (record.tier < record.top) & (record.lifecycle == 2)

    def said(account: int, day: int) -> str:
        best = record.tier_name(account, int(record.top[account, day]))
        return f"renews on {record.told(day + int(left[account, day]))} and is not {best}"

    # who is near already when the record begins has been told of before
    return Seen(begun(np.asarray(holds)), np.asarray(holds), said)


def _since(days: Ints, record: Record) -> Floats:
    """(D,) days since the last of some days; infinite before the first."""
    now = np.arange(record.first, record.last + 1)
    place = np.searchsorted(days, now, side="right") - 1
    return np.where(place >= 0, now - np.append(days, 0)[place], np.inf).astype(float)


def _empty(record: Record) -> tuple[Bools, Bools]:
    return np.zeros(record.score.shape, bool), np.zeros(record.score.shape, bool)


def _told(lines: dict[tuple[int, int], str]) -> Said:
    """The line of the last start at or before a day."""
    days: dict[int, list[int]] = {}
    for who, at in sorted(lines):
        days.setdefault(who, []).append(at)

    def said(account: int, day: int) -> str:
        mine = days.get(account, [])
        earlier = bisect_right(mine, day)
        return lines[account, mine[earlier - 1]] if earlier else ""

    return said


def _gone(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    starts, lasts = _empty(record)
    lines: dict[tuple[int, int], str] = {}
    for one in record.contacts:
        account = one.account - record.offset
        place = None if one.gone is None else one.gone - record.first
        if place is None or not 0 <= place < record.days or record.lifecycle[account, place] < 0:
            continue
        starts[account, place] = True
        lasts[account, place : place + rule.days * 2] = True
        lines[account, place] = f"{_role(one)} {one.name or one.user_id} left on {record.told(place)}"
    return Seen(starts, lasts, _told(lines))


def _role(one: Contact) -> str:
    return "the executive sponsor" if one.sponsor else "the champion"


REGULAR = 16
"""Days of the last eight weeks on which somebody was there who is missed when they are not."""


def _silent(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    starts, lasts = _empty(record)
    lines: dict[tuple[int, int], str] = {}
    now = np.arange(record.first, record.last + 1)
    for one in record.contacts:
        account = one.account - record.offset
        since = _since(one.days, record)
        if not len(one.days):
            continue
        # days of activity in the eight weeks that ended with the last
        at = np.where(np.isfinite(since), now - np.where(np.isfinite(since), since, 0), now)
        usual = np.searchsorted(one.days, at, side="right") - np.searchsorted(one.days, at - 56, side="right")
        there = now < one.gone if one.gone is not None else np.ones(record.days, bool)
        # five times their own usual gap: who comes once a week is not silent after four
        holds = (since >= np.maximum(rule.days, 5 * 56 / np.maximum(usual, 1))) & (usual >= REGULAR) & there
        new = begun(holds[None, :])[0]
        starts[account] |= new
        lasts[account] |= holds
        for place in np.flatnonzero(new):
            seen_last = record.told(int(place - since[place]))
            lines[account, int(place)] = f"{_role(one)} {one.name or one.user_id} was last there on {seen_last}"
    return Seen(starts, lasts, _told(lines))


def _payment(_rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    starts, lasts = _empty(record)
    lines: dict[tuple[int, int], str] = {}
    for one in record.invoices:
        account = one.account - record.offset
        place = one.failed - record.first
        until = record.days if one.settled is None else max(0, one.settled - record.first)
        lasts[account, max(0, place) : until] = True
        if 0 <= place < record.days and place < until:
            starts[account, place] = True
            lines[account, place] = f"an invoice of {one.amount:,.2f} is not paid"
    return Seen(starts, lasts, _told(lines))


def _milestone(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    starts, lasts = _empty(record)
    lines: dict[tuple[int, int], str] = {}
    for one in record.milestones:
        account = one.account - record.offset
        place, until = one.due + rule.days - record.first, record.days
        if one.reached is not None:
            until = min(until, max(0, one.reached - record.first))
        until = min(until, max(0, one.due + 60 - record.first))
        lasts[account, max(0, place) : until] = True
        if 0 <= place < until:
            starts[account, place] = True
            due = record.told(one.due - record.first)
            lines[account, place] = f"the milestone {label(one.name)} was due on {due}"
    return Seen(starts, lasts, _told(lines))


def _expansion(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    green = (record.tier == record.top) & (record.tier >= 0) & (record.lifecycle == 2)
    steady = window(green.astype(float), min(rule.days, record.days)) >= rule.days
    users = record.users.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(users / record.seats)
    grown = users >= 1.1 * np.asarray(before(users, rule.days, np.inf))
    holds = steady & (share >= 0.9) & grown & (users >= 5)

    def said(account: int, day: int) -> str:
        users, seats = record.users[account, day], record.seats[account, day]
        best = record.tier_name(account, int(record.top[account, day]))
        return f"{users:.0f} people use {seats:.0f} seats, more than before, and it is steadily {best}"

    return Seen(begun(np.asarray(holds)), np.asarray(green & (share >= 0.8)), said)


def _silence(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    active = record.activity > 0
    days = np.arange(record.days)
    last = np.maximum.accumulate(np.where(active, days[None, :], -1), axis=1)
    gap = np.where(last >= 0, days[None, :] - last, 0)
    # days of activity in the 84 before the last one: how regular it was
    regular = window(active.astype(float), min(USUAL_DAYS, record.days))
    usual = np.take_along_axis(regular, np.maximum(last, 0), axis=1)
    line = np.maximum(rule.days, 4 * USUAL_DAYS / np.maximum(usual, 1))
    holds = (gap >= line) & (usual >= 8)
    back = window(active.astype(float), min(7, record.days)) >= 2

    def said(account: int, day: int) -> str:
        return f"nobody has used the product since {record.told(day - int(gap[account, day]))}"

    starts = begun(np.asarray(holds))
    lasts = until(starts, np.asarray(back))
    return Seen(starts, lasts, said)


def _detractor(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    starts, lasts = _empty(record)
    lines: dict[tuple[int, int], str] = {}
    for one in sorted(record.responses, key=lambda response: response.day):
        account = one.account - record.offset
        place = one.day - record.first
        if not 0 <= place < record.days:
            continue
        if one.score <= 6:
            starts[account, place] = True
            lasts[account, place : place + rule.days] = True
            lines[account, place] = f"an NPS answer of {one.score:.0f} of 10 on {record.told(place)}"
        elif one.score >= 9:
            lasts[account, place:] = False
    return Seen(starts, lasts, _told(lines))


def _use_drop(rule: AlertRule, record: Record, fleet: Fleet) -> Seen:
    """Use of the last 7, 14 and 28 days (or a quarter, a half and all of `days`) against what was usual before them.

    Less by the share asked for, less than the fleet, and by more than the account's own weeks differ.
    """
    usual, spread = _usual_use(record, rule.days)
    holds = np.zeros(record.score.shape, bool)
    for days in (max(1, rule.days // 4), max(1, rule.days // 2), rule.days):
        left = fleet.median(("use", rule.days, days), partial(_left, gap=rule.days, days=days))
        recent = window(record.people, days)
        expected = usual * days * np.where(np.isfinite(left), np.clip(left, 0.1, 1.0), 1.0)[None, :]
        sure = (expected - recent) / np.sqrt(np.maximum(expected * spread, 1e-9))
        holds |= (recent <= (1 - rule.points / 100) * expected) & (sure >= SURE) & (expected >= 3)
    starts = begun(holds & (record.lifecycle > 0))
    half = max(1, rule.days // 2)
    now = window(record.people, half)

    def said(account: int, day: int) -> str:
        lost = 100 * (1 - now[account, day] / max(usual[account, day] * half, 1e-9))
        return f"use was {lost:.0f}% below what was usual, in the {_stretch(half, day, record)}"

    return Seen(starts, latched(starts, usual * half, now, np.asarray(usual * half * rule.points / 200)), said)


SURE = 2.5
"""Standard deviations of the account's own weeks."""


def _usual_use(record: Record, gap: int) -> tuple[Floats, Floats]:
    """User-days a day in the 84 days before the last `gap`, and how many times more than chance the weeks differ."""
    week = window(record.people, 7)
    weeks = np.stack([np.asarray(before(week, gap + 7 * back, 0.0)) for back in range(USUAL_DAYS // 7)])
    spread = weeks.var(axis=0, ddof=1) / np.maximum(weeks.mean(axis=0), 1e-9)
    return _usual(record, gap), np.maximum(spread, 1.0)


def _usual(record: Record, gap: int) -> Floats:
    return np.asarray(before(window(record.people, USUAL_DAYS), gap, 0.0)) / USUAL_DAYS


def _left(record: Record, gap: int, days: int) -> Floats:
    """What is left of the use, NaN of accounts with little; of the median one, a week off or a gap in the data."""
    recent, expected = window(record.people, days), _usual(record, gap) * days
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(expected >= 8, recent / expected, np.nan)


def _tickets(rule: AlertRule, record: Record, _fleet: Fleet) -> Seen:
    """Many more tickets in some days than were usual, and by more than chance."""
    recent = window(record.tickets, rule.days)
    usual = np.asarray(before(window(record.tickets, USUAL_DAYS), rule.days, 0.0)) / USUAL_DAYS * rule.days
    # four in a week happen by chance to one small account or another of a large fleet
    holds = (recent >= 5) & (recent >= 3 * usual) & (recent - usual >= 4 * np.sqrt(usual + 0.5))

    def said(account: int, day: int) -> str:
        return f"{recent[account, day]:.0f} tickets in the {_stretch(rule.days, day, record)}"

    starts = begun(np.asarray(holds & (record.lifecycle >= 0)))
    return Seen(starts, until(starts, np.asarray(recent <= 2)), said)


_KINDS: dict[str, Callable[[AlertRule, Record, Fleet], Seen]] = {
    "tier_down": _tier_down,
    "tier_up": _tier_up,
    "drop": _drop,
    "trend": _trend,
    "dimension_below": _dimension,
    "signal_below": _signal,
    "renewal": _renewal,
    "contact_gone": _gone,
    "contact_silent": _silent,
    "payment": _payment,
    "milestone": _milestone,
    "expansion": _expansion,
    "silence": _silence,
    "use_drop": _use_drop,
    "fading": fading,
    "tickets": _tickets,
    "detractor": _detractor,
}
